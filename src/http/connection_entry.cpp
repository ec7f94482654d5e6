// What comes before a connection's first request: the PROXY header, then the TLS handshake. Both count
// against the first head's deadline.
#include <utility>

#include "http/connection.hpp"
#include "net/proxy_header.hpp"
#include "net/tls_stream.hpp"
#include "support/log.hpp"

namespace chathook::http {

namespace {

constexpr LogKey proxy_refused = "proxy_header_refused";

}  // namespace

Awaitable<bool> Connection::enter() {
    const bool from_network = peer_.has_value();  // before a PROXY header replaces peer_
    set_deadline(shared_.limits.header_timeout);
    if (shared_.proxy_protocol && !co_await receive_proxy_header()) co_return false;
    net::TlsContext tls = shared_.tls.get();
    if (!tls || !from_network) co_return true;
    co_return co_await shake_hands(std::move(tls));
}

Awaitable<bool> Connection::receive_proxy_header() {
    if (peer_ && !shared_.trusted.contains(*peer_)) {
        complain(shared_.proxies_refused, proxy_refused, "its sender is not one of trusted_proxies");
        co_return false;
    }
    net::ProxyHeader header;
    while (true) {
        make_room();
        const std::size_t size = co_await read_into(buffer_.room());
        if (size == 0) co_return false;
        idle_ = false;
        buffer_.came(size);
        header = net::read_proxy_header(buffer_.received());
        if (header.state != net::ProxyHeader::State::more) break;
    }
    if (header.state == net::ProxyHeader::State::bad) {
        complain(shared_.proxies_refused, proxy_refused, "it is none");
        co_await linger();
        co_return false;
    }
    buffer_.done_until(header.size);
    if (header.client) {
        peer_ = header.client;
        peer_text_ = peer_->to_string();
    }
    co_return true;
}

Awaitable<bool> Connection::shake_hands(net::TlsContext context) {
    auto stream = std::make_unique<net::TlsStream>(std::move(stream_), context, buffer_.received());
    net::TlsStream& tls = *stream;
    stream_ = std::move(stream);
    buffer_.clear();
    error_code error;
    while (!tls.try_handshake(error)) {
        if (error != boost::asio::error::would_block) {
            if (const std::string why = tls.failure(); !why.empty()) {
                complain(shared_.handshakes_failed, "tls_handshake_failed", why);
            }
            stream_ = tls.take_plain();
            co_await linger();
            co_return false;
        }
        co_await stream_->ready(net::Stream::Direction::read, error);
        if (error || expired_) co_return false;
        idle_ = false;
    }
    co_return true;
}

void Connection::complain(LogPace& pace, LogKey what, std::string_view why) {
    const std::uint64_t times = pace.due(Clock::now());
    if (times == 0) return;
    log(LogLevel::warning, what,
        {{"reason", std::string(why)}, {"client", peer_text_}, {"times", std::to_string(times)}});
}

}  // namespace chathook::http
