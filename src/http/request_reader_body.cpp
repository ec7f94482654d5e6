// A request's body: read into the buffer if it fits, else into a string of its own.
#include <boost/asio/post.hpp>

#include <algorithm>
#include <span>
#include <utility>

#include "http/chunked.hpp"
#include "http/request_reader.hpp"
#include "support/clock.hpp"
#include "support/free_memory.hpp"

namespace chathook::http {

namespace asio = boost::asio;

namespace {

// A long body gets memory as it arrives, and only that counts as in flight: an announced length costs
// nothing. Beyond growth_bytes, room for all the rest is taken at once, so that bodies that have it can
// finish: otherwise many bodies waiting for their next step could hold all the room, and none would end.
constexpr std::size_t first_bytes = 16 * 1024;
constexpr std::size_t growth_bytes = 64 * 1024;
constexpr Refusal no_room{503, "too_much_in_flight"};
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

bool RequestReader::body_has_come(Request& request) {
    if (!head_.has_body()) return true;
    const std::string_view come = connection_.buffer().from(body_at_);
    const std::uint64_t length = head_.content_length.value_or(0);
    if (head_.chunked || length > shared_.limits.body || length > come.size()) return false;
    request.body = come.substr(0, static_cast<std::size_t>(length));
    next_ = body_at_ + request.body.size();
    return true;
}

Awaitable<bool> RequestReader::receive_body(Request& request) {
    net::ReadBuffer& buffer = connection_.buffer();
    body_.clear();
    body_whole_ = false;
    connection_.go_on();
    const std::uint64_t length = head_.content_length.value_or(0);
    if (length > shared_.limits.body) co_return refuse({413, "body_too_large"});
    const bool buffered = !head_.chunked && length <= buffer.memory_from(body_at_).size();
    connection_.set_deadline(shared_.limits.body_timeout);
    const bool nothing_yet = buffer.end() == body_at_;
    if (head_.expect_continue && nothing_yet && !co_await connection_.send(continue_line, {})) {
        co_return false;
    }
    if (buffered) {
        while (buffer.from(body_at_).size() < length) {
            const std::size_t size = co_await connection_.read_more(buffer.room());
            if (size == 0) co_return refuse_unread_body();
            buffer.came(size);
        }
        request.body = buffer.from(body_at_).substr(0, static_cast<std::size_t>(length));
        next_ = body_at_ + request.body.size();
        co_return true;
    }
    bool whole = false;
    if (head_.chunked) {
        whole = co_await receive_chunked();
    } else {
        whole = co_await receive_sized(length);
    }
    if (!whole) co_return false;
    request.body = body_;
    body_whole_ = true;
    room_.finished();
    co_return true;
}

// Reads no byte beyond the body.
Awaitable<bool> RequestReader::receive_sized(std::uint64_t length) {
    net::ReadBuffer& buffer = connection_.buffer();
    body_.assign(buffer.from(body_at_));
    next_ = buffer.end();
    std::size_t filled = body_.size();
    while (filled < length) {
        if (filled == body_.size()) {
            const bool is_long = filled >= growth_bytes;
            const std::size_t step = std::clamp(filled, first_bytes, growth_bytes);
            const std::uint64_t size = std::min<std::uint64_t>(
                length, is_long ? filled + step : std::min(filled + step, growth_bytes));
            const std::uint64_t needed = is_long ? length : size;
            // Before room for the rest is taken, another piece must arrive: a body that stops here takes no
            // room for what it announced.
            const std::span<char> aside = buffer.memory_from(body_at_);
            std::size_t ahead = 0;
            if (is_long && needed > room_.held()) {
                const std::size_t wanted = std::min<std::size_t>(aside.size(), length - filled);
                ahead = co_await connection_.read_more(aside.first(wanted));
                if (ahead == 0) co_return refuse_unread_body();
            }
            bool room = try_room(needed);
            if (!room) room = co_await wait_for_room(needed);
            if (!room) co_return refuse(no_room);
            body_.reserve(static_cast<std::size_t>(needed));
            body_.resize(std::max(static_cast<std::size_t>(size), filled + ahead));
            std::copy_n(aside.data(), ahead, body_.data() + filled);
            filled += ahead;
            if (filled == length) break;
        }
        const std::span<char> rest(body_.data() + filled, body_.size() - filled);
        const std::size_t size = co_await connection_.read_more(rest);
        if (size == 0) co_return refuse_unread_body();
        filled += size;
        room_.has_come(filled, about_steady_now());
    }
    co_return true;
}

// The chunked bytes pass through the buffer behind the head; what follows the body stays there.
Awaitable<bool> RequestReader::receive_chunked() {
    net::ReadBuffer& buffer = connection_.buffer();
    ChunkedDecoder decoder(shared_.limits.body);
    while (true) {
        std::string_view input = buffer.from(body_at_);
        const std::uint64_t most = std::min<std::uint64_t>(body_.size() + input.size(), shared_.limits.body);
        if (most > shared_.limits.read_buffer_bytes) {
            bool room = try_room(most);
            if (!room) room = co_await wait_for_room(most);
            if (!room) co_return refuse(no_room);
        }
        const auto state = decoder.feed(input, body_);
        if (state == ChunkedDecoder::State::bad) co_return refuse({400, "bad_chunk"});
        if (state == ChunkedDecoder::State::too_large) co_return refuse({413, "body_too_large"});
        if (state == ChunkedDecoder::State::done) {
            next_ = buffer.end() - input.size();
            co_return true;
        }
        buffer.drop_from(body_at_);
        const std::size_t size = co_await connection_.read_more(buffer.room());
        if (size == 0) co_return refuse_unread_body();
        buffer.came(size);
        if (room_.begun()) room_.has_come(body_.size(), about_steady_now());
    }
}

bool RequestReader::refuse_unread_body() {
    if (connection_.interrupted()) return refuse(no_room);
    if (!connection_.expired()) return false;
    return refuse({408, "body_timeout"});
}

bool RequestReader::skip_body() noexcept {
    const std::size_t come = connection_.buffer().from(body_at_).size();
    if (head_.chunked || head_.content_length.value_or(0) > come) return false;
    next_ = body_at_ + static_cast<std::size_t>(head_.content_length.value_or(0));
    return true;
}

std::uint64_t RequestReader::body_size() const noexcept {
    return head_.content_length.value_or(body_.size());
}

// Room is needed only for a body that does not fit into the connection's own buffer.
bool RequestReader::try_room(std::uint64_t bytes) {
    if (bytes <= room_.held()) return true;
    if (!room_.begun()) {
        std::weak_ptr<RequestReader> weak = connection_.keep(*this);
        room_.begin(share_key(client_),
                    [weak = std::move(weak), executor = connection_.home().context.get_executor()]() mutable {
                        std::shared_ptr<RequestReader> reader = weak.lock();
                        if (!reader) return;
                        asio::post(executor, [reader = std::move(reader)] { reader->end_body(); });
                    });
    }
    return room_.try_take(bytes - room_.held());
}

// Waits for room for `bytes` in total. Nothing is read meanwhile, so this time does not count against
// body_timeout. False: there was no room, and the client has to try again.
Awaitable<bool> RequestReader::wait_for_room(std::uint64_t bytes) {
    const auto begun = Connection::Clock::now();
    const auto left = connection_.deadline() - begun;
    connection_.no_deadline();
    const bool taken = co_await room_.take(bytes - room_.held(), begun + shared_.limits.body_timeout);
    connection_.set_deadline(std::chrono::duration_cast<std::chrono::milliseconds>(left));
    co_return taken;
}

// Runs after BodyRoom asked to end the body. By then the body may be complete, and is kept.
void RequestReader::end_body() noexcept {
    if (room_.begun() && !body_whole_) connection_.interrupt();
}

void RequestReader::proved() noexcept {
    room_.proved();
    free_body();
}

std::string RequestReader::hand_over() noexcept { return std::exchange(body_, std::string()); }

// The memory is freed before its count, so that no other body is given memory still in use.
void RequestReader::give_back() noexcept {
    free_body();
    room_.give_back();
}

void RequestReader::free_body() noexcept {
    if (body_.capacity() > shared_.limits.read_buffer_bytes) drop_body();
}

void RequestReader::drop_body() noexcept { free_memory(body_); }

}  // namespace chathook::http
