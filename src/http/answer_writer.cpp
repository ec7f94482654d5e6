#include "http/answer_writer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <array>
#include <exception>
#include <optional>
#include <utility>

#include "support/clock.hpp"

namespace chathook::http {

namespace asio = boost::asio;

namespace {

// A body up to this size is copied behind its head: copying costs less than passing the kernel two pieces.
constexpr std::size_t copied_bytes_max = 4096;

}  // namespace

void AnswerWriter::begin(const Reply& reply, const Framing& framing) {
    out_.clear();
    append_head(out_, reply, framing, connection_.home().date.at(about_now()));
}

bool AnswerWriter::answer_at_once(const Reply& reply, const Head& asked, bool close) {
    Framing framing;
    framing.body_bytes = reply.body.size();
    framing.close = close;
    framing.keep_alive_named = asked.version == 10;
    framing.idle_timeout = shared_.announced_idle;
    begin(reply, framing);
    const bool bare = asked.method == "HEAD" || !may_have_body(reply.status);
    const bool copied = !bare && reply.body.size() <= copied_bytes_max;
    if (copied) out_.append(reply.body);
    unsent_head_ = out_;
    unsent_body_ = bare || copied ? std::string_view() : std::string_view(reply.body);
    error_code error;
    return connection_.send_some(unsent_head_, unsent_body_, error);
}

Awaitable<bool> AnswerWriter::refuse(Refusal refusal, const Head& asked) {
    Reply reply = refusal_reply(refusal.status, refusal.reason);
    if (refusal.status == 405) reply.allow = shared_.allow;
    if (refusal.status == 503) reply.retry_after = std::chrono::seconds(1);
    Framing framing;
    framing.body_bytes = reply.body.size();
    framing.close = true;
    begin(reply, framing);
    if (asked.method != "HEAD") out_.append(reply.body);
    connection_.set_idle(false);
    connection_.set_deadline(shared_.limits.write_timeout);
    return connection_.send(out_, {});
}

Awaitable<bool> AnswerWriter::stream(const Reply& reply, const Head& asked) {
    Framing framing;
    framing.body = asked.version == 11 ? Framing::Body::chunked : Framing::Body::until_closed;
    framing.close = true;
    begin(reply, framing);
    const bool begun = co_await connection_.send(out_, {});
    if (!begun || asked.method == "HEAD") co_return false;

    streaming_ = true;
    asio::co_spawn(
        connection_.home().context.get_executor(),
        [self = connection_.keep(*this)] { return self->watch_client(); }, asio::detached);
    const bool chunked = framing.body == Framing::Body::chunked;
    const bool whole = co_await send_pieces(*reply.stream, chunked);
    streaming_ = false;
    if (client_left_ || !whole) co_return false;
    if (!chunked) co_return true;
    co_return co_await connection_.send(last_chunk, {});
}

// True: sent until the stream's end, or until the server stopped.
Awaitable<bool> AnswerWriter::send_pieces(BodyStream& pieces, bool chunked) {
    const auto executor = connection_.home().context.get_executor();
    while (!client_left_ && !shared_.stopping.load()) {
        connection_.no_deadline();
        std::optional<std::string> piece;
        try {
            piece = co_await asio::co_spawn(executor, pieces.next(),
                                            asio::bind_cancellation_slot(stream_end_.slot(), use_awaitable));
        } catch (const std::exception&) {
            co_return shared_.stopping.load();  // cancelled by a stop, or failed: then no end is sent
        }
        if (!piece) break;
        if (piece->empty()) continue;
        out_ = chunked ? chunk_head(piece->size()) : std::string();
        if (chunked) piece->append(chunk_tail);
        const bool sent = co_await connection_.send(out_, *piece);
        if (sent) continue;
        if (connection_.expired()) pieces.not_read();
        co_return false;
    }
    co_return true;
}

void AnswerWriter::end_stream() noexcept {
    if (streaming_) stream_end_.emit(asio::cancellation_type::terminal);
}

void AnswerWriter::client_has_left() noexcept {
    client_left_ = true;
    end_stream();
}

// While an answer streams, the client has nothing to say except that it leaves. Anything it sends is dropped.
Awaitable<> AnswerWriter::watch_client() {
    std::array<char, 512> dropped{};
    error_code error;
    while (streaming_) {
        co_await connection_.ready_to_read(error);
        if (!streaming_) break;
        if (!error) connection_.try_read(dropped, error);
        if (!error || error == asio::error::would_block) continue;
        client_has_left();
        break;
    }
}

}  // namespace chathook::http
