// A session's bodies: into the buffer when it has the room, else into a string of their own.
#include <algorithm>
#include <utility>

#include "http/chunked.hpp"
#include "http/session.hpp"

namespace chathook::http {
namespace {

// A long body gets memory as it comes, and only that counts as in flight: an announced length costs nothing.
constexpr std::size_t first_bytes = 16 * 1024;
constexpr std::size_t growth_bytes = 64 * 1024;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// Fills in request.body if there is none or all of it came behind its head, as a webhook's mostly does.
bool Session::body_has_come(Request& request) {
    if (!head_.has_body()) return true;
    const std::uint64_t length = head_.content_length.value_or(0);
    if (head_.chunked || length > shared_.limits.body || length > end_ - body_at_ || !take_inflight(length)) {
        return false;
    }
    request.body = {buffer_.data() + body_at_, static_cast<std::size_t>(length)};
    next_ = body_at_ + request.body.size();
    return true;
}

// Waits for the body and fills in request.body. False: refused or broken off, the connection is to be closed.
Awaitable<bool> Session::receive_body(Request& request) {
    body_.clear();
    const std::uint64_t length = head_.content_length.value_or(0);
    if (length > shared_.limits.body) co_return co_await refuse_body(request, {413, "body_too_large"});
    const bool buffered = !head_.chunked && length <= buffer_.size() - body_at_;
    if (!has_inflight(length) || (buffered && !take_inflight(length))) {
        co_return co_await refuse_body(request, {503, "too_much_in_flight"});
    }
    set_deadline(shared_.limits.body_timeout);
    const bool nothing_yet = end_ == body_at_;
    if (head_.expect_continue && nothing_yet && !co_await send(continue_line, {})) co_return false;
    if (head_.chunked) {
        if (!co_await receive_chunked(request)) co_return false;
        request.body = body_;
    } else if (buffered) {
        while (end_ - body_at_ < length) {
            const std::size_t size = co_await read_into(buffer_.data() + end_, buffer_.size() - end_);
            if (size == 0) co_return co_await refuse_unread_body(request);
            end_ += size;
        }
        request.body = {buffer_.data() + body_at_, static_cast<std::size_t>(length)};
        next_ = body_at_ + request.body.size();
    } else {
        if (!co_await receive_sized(request, length)) co_return false;
        request.body = body_;
    }
    co_return true;
}

// Reads not a byte more than the body.
Awaitable<bool> Session::receive_sized(const Request& request, std::uint64_t length) {
    body_.assign(buffer_.data() + body_at_, end_ - body_at_);
    next_ = end_;
    std::size_t filled = body_.size();
    while (filled < length) {
        if (filled == body_.size()) {
            const std::size_t step = std::clamp(filled, first_bytes, growth_bytes);
            const std::uint64_t size = std::min<std::uint64_t>(length, filled + step);
            if (!take_inflight(size - held_))
                co_return co_await refuse_body(request, {503, "too_much_in_flight"});
            body_.resize(static_cast<std::size_t>(size));
        }
        const std::size_t size = co_await read_into(body_.data() + filled, body_.size() - filled);
        if (size == 0) co_return co_await refuse_unread_body(request);
        filled += size;
    }
    co_return true;
}

// The chunked bytes pass through the buffer behind the head; what follows the body stays there.
Awaitable<bool> Session::receive_chunked(const Request& request) {
    ChunkedDecoder decoder(shared_.limits.body);
    while (true) {
        std::string_view input(buffer_.data() + body_at_, end_ - body_at_);
        const auto state = decoder.feed(input, body_);
        if (state == ChunkedDecoder::State::bad) co_return co_await refuse_body(request, {400, "bad_chunk"});
        if (state == ChunkedDecoder::State::too_large)
            co_return co_await refuse_body(request, {413, "body_too_large"});
        if (!take_inflight(body_.size() - held_))
            co_return co_await refuse_body(request, {503, "too_much_in_flight"});
        if (state == ChunkedDecoder::State::done) {
            next_ = end_ - input.size();
            co_return true;
        }
        end_ = body_at_;
        const std::size_t size = co_await read_into(buffer_.data() + end_, buffer_.size() - end_);
        if (size == 0) co_return co_await refuse_unread_body(request);
        end_ += size;
    }
}

Awaitable<bool> Session::refuse_unread_body(const Request& request) {
    if (!expired_) co_return false;
    co_return co_await refuse_body(request, {408, "body_timeout"});
}

// After an answer that did not want the body: true when it has come already, so that the connection can go
// on.
bool Session::skip_buffered_body() noexcept {
    if (head_.chunked || head_.content_length.value_or(0) > end_ - body_at_) return false;
    next_ = body_at_ + static_cast<std::size_t>(head_.content_length.value_or(0));
    return true;
}

// Whether there would be room now.
bool Session::has_inflight(std::uint64_t bytes) const noexcept {
    return shared_.inflight_bytes.load() + bytes <= shared_.limits.inflight_bytes;
}

bool Session::take_inflight(std::uint64_t bytes) noexcept {
    const std::uint64_t before = shared_.inflight_bytes.fetch_add(bytes);
    if (before + bytes > shared_.limits.inflight_bytes) {
        shared_.inflight_bytes.fetch_sub(bytes);
        return false;
    }
    held_ += bytes;
    return true;
}

void Session::give_back() noexcept {
    shared_.inflight_bytes.fetch_sub(std::exchange(held_, 0));
    if (body_.capacity() > growth_bytes) body_ = std::string();
}

}  // namespace chathook::http
