// TLS over another stream. After the handshake it is used like any other stream. Used on its connection's
// thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream.hpp"
#include "net/tls.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace chathook::net {

class TlsStream final : public Stream {
public:
    // `received`: bytes already read from `plain` that belong to TLS.
    TlsStream(std::unique_ptr<Stream> plain, const TlsContext& context, std::string_view received);
    ~TlsStream() override;

    // True: done. Otherwise `error` is would_block (wait until ready to read), or the handshake has failed
    // and the client, if it speaks TLS, has been sent the reason.
    bool try_handshake(error_code& error);

    // Why the handshake failed, in a few words; empty: the client went away.
    std::string failure() const;

    // The underlying stream, after a failed handshake. This object must not be used afterwards.
    std::unique_ptr<Stream> take_plain() noexcept { return std::move(plain_); }

    std::size_t try_read(boost::asio::mutable_buffer into, error_code& error) override;
    std::size_t try_write(std::string_view first, std::string_view second, error_code& error) override;
    Awaitable<> ready(Direction direction, error_code& error) override;
    void acknowledge() noexcept override { plain_->acknowledge(); }
    bool has_input() const noexcept override;
    void cancel() noexcept override;
    void shutdown_send() noexcept override;  // with a close_notify
    void close() noexcept override;          // likewise, where the last write was whole

private:
    struct Link;  // OpenSSL's view of the underlying stream
    enum class Wait { none, read, write };

    std::size_t write_some(std::string_view bytes, error_code& error);
    error_code judge(int result, Wait& wait);
    void say_goodbye() noexcept;

    std::unique_ptr<Stream> plain_;
    ::ssl_st* ssl_;
    std::vector<char> input_;  // [input_begin_, size) was read ahead and is not yet taken by OpenSSL
    std::size_t input_begin_ = 0;
    std::string joined_;
    Wait read_wait_ = Wait::none;  // what the last read, and the last write, is waiting for
    Wait write_wait_ = Wait::none;
    bool ended_ = false;   // the underlying stream has ended or failed
    bool broken_ = false;  // TLS itself has failed: nothing more is said
    bool said_goodbye_ = false;
};

}  // namespace chathook::net
