#include "http/request_reader.hpp"

#include <utility>

#include "http/second_opinion.hpp"
#include "support/clock.hpp"

namespace chathook::http {

namespace asio = boost::asio;

RequestReader::RequestReader(Connection& connection)
    : connection_(connection), shared_(connection.home().shared), room_(shared_.bodies) {}

bool RequestReader::refuse(Refusal refusal) {
    refusal_ = refusal;
    return false;
}

Awaitable<bool> RequestReader::receive_head() {
    net::ReadBuffer& buffer = connection_.buffer();
    client_ = connection_.peer_text();
    head_.method = {};
    empty_line_taken_ = false;
    skip_empty_line();
    connection_.set_idle(buffer.empty());
    const bool first = connection_.requests() == 0;  // its deadline runs from the accept
    if (!first) {
        connection_.set_deadline(buffer.empty() ? shared_.limits.idle_timeout
                                                : shared_.limits.header_timeout);
    }
    // Entered after a handshake: its request may come until the cut.
    const bool late = shared_.drained.load();
    HeadProgress progress;
    while (true) {
        if (skip_empty_line()) {
            if (const auto refusal = find_head_end(buffer.received(), shared_.gate, progress)) {
                co_return refuse(*refusal);
            }
            if (progress.size != 0) break;
            if (connection_.idle() && !first) connection_.set_deadline(shared_.limits.header_timeout);
            connection_.set_idle(false);
            connection_.acknowledge();
        }
        if (buffer.empty()) buffer.rest();
        error_code error;
        const bool over = connection_.idle() && !late && shared_.drained.load() && !connection_.has_input();
        if (!over) co_await connection_.ready_to_read(error);
        if (over || error || connection_.expired() || !read_more_of_head()) {
            if (connection_.expired() && !connection_.idle()) co_return refuse({408, "header_timeout"});
            co_return false;
        }
    }
    connection_.set_idle(false);
    body_at_ = next_ = buffer.begin() + progress.size;
    constexpr std::size_t room_for_chunks = 1024;
    buffer.make_room_behind(body_at_, room_for_chunks);
    co_return read_both_ways(buffer.received().substr(0, progress.size));
}

bool RequestReader::read_both_ways(std::string_view bytes) {
    if (const auto refusal = read_head(bytes, shared_.gate, head_)) return refuse(*refusal);
    if (!beast_agrees(bytes, shared_.gate, head_)) return refuse({400, "parsers_disagree"});
    find_client();
    return true;
}

// RFC 9112, 2.2: some clients send a CRLF behind a body. One is skipped before the next request, never before
// the first. True: the buffer is to be read as a head.
bool RequestReader::skip_empty_line() noexcept {
    constexpr std::string_view empty_line = "\r\n";
    net::ReadBuffer& buffer = connection_.buffer();
    if (connection_.requests() > 0 && !empty_line_taken_) {
        if (buffer.received() == empty_line.substr(0, 1)) return false;  // the next byte decides
        empty_line_taken_ = buffer.received().starts_with(empty_line);
        if (empty_line_taken_) buffer.done_until(buffer.begin() + empty_line.size());
    }
    return !buffer.empty();
}

// Appends what can be read now to the buffer. False: the peer ended, or the connection failed.
bool RequestReader::read_more_of_head() {
    connection_.make_room();
    error_code error;
    const std::size_t got = connection_.try_read(connection_.buffer().room(), error);
    if (!error) connection_.buffer().came(got);
    return !error || error == asio::error::would_block;
}

void RequestReader::find_client() {
    const auto& peer = connection_.peer();
    if (peer && !shared_.trusted.contains(*peer)) return;
    if (const auto client = client_address(shared_.trusted, peer, head_.fields)) {
        client_text_ = client->to_string();
        client_ = client_text_;
    }
}

Request RequestReader::begin_request() {
    Request request;
    request.method = head_.method;
    request.path = head_.path;
    request.query = head_.query;
    request.fields = head_.fields;
    request.client = client_;
    request.received = now();
    request.hold = this;
    connection_.count_request();
    return request;
}

}  // namespace chathook::http
