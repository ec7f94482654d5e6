// What comes before a connection's first request: the proxy's word on whom it connects, then TLS. All of it
// counts against the first head's deadline.
#include <utility>

#include "http/proxy_header.hpp"
#include "http/session.hpp"
#include "http/tls_stream.hpp"
#include "support/log.hpp"

namespace chathook::http {

namespace {

constexpr std::string_view proxy_refused = "PROXY header refused";

}  // namespace

// False: the connection is to be closed.
Awaitable<bool> Session::enter() {
    const bool from_network = peer_.has_value();  // before a proxy says otherwise
    set_deadline(shared_.limits.header_timeout);
    if (shared_.proxy_protocol && !co_await receive_proxy_header()) co_return false;
    TlsContext tls = shared_.tls.get();
    if (!tls || !from_network) co_return true;
    co_return co_await shake_hands(std::move(tls));
}

Awaitable<bool> Session::receive_proxy_header() {
    if (peer_ && !shared_.trusted.contains(*peer_)) {
        complain(shared_.proxies_refused, proxy_refused, "its sender is not one of trusted_proxies");
        co_return false;
    }
    ProxyHeader header;
    while (true) {
        if (shared_.stopping.load()) co_return false;
        make_room();
        const std::size_t size = co_await read_into(buffer_.data() + end_, buffer_.size() - end_);
        if (size == 0) co_return false;
        end_ += size;
        header = read_proxy_header(received());
        if (header.state != ProxyHeader::State::more) break;
    }
    if (header.state == ProxyHeader::State::bad) {
        complain(shared_.proxies_refused, proxy_refused, "it is none");
        co_await linger();
        co_return false;
    }
    begin_ = header.size;
    if (header.client) {
        peer_ = header.client;
        peer_text_ = peer_->to_string();
    }
    co_return true;
}

Awaitable<bool> Session::shake_hands(TlsContext context) {
    auto stream = std::make_unique<TlsStream>(std::move(stream_), context, received());
    TlsStream& tls = *stream;
    stream_ = std::move(stream);
    begin_ = end_ = 0;
    error_code error;
    while (!tls.try_handshake(error)) {
        if (error != boost::asio::error::would_block) {
            if (const std::string why = tls.failure(); !why.empty()) {
                complain(shared_.handshakes_failed, "TLS handshake failed", why);
            }
            stream_ = tls.take_plain();
            co_await linger();
            co_return false;
        }
        if (shared_.stopping.load()) co_return false;
        co_await stream_->ready(Stream::Direction::read, error);
        if (error || expired_) co_return false;
    }
    co_return true;
}

void Session::complain(LogPace& pace, std::string_view what, std::string_view why) {
    const std::uint64_t times = pace.due(Clock::now());
    if (times == 0) return;
    log(LogLevel::warning, what,
        {{"why", std::string(why)}, {"client", peer_text_}, {"times", std::to_string(times)}});
}

}  // namespace chathook::http
