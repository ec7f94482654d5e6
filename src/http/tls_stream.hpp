// TLS around another stream. The handshake comes first, then it is a stream like any other. Used on its
// connection's thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/stream.hpp"
#include "http/tls.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace chathook::http {

class TlsStream final : public Stream {
public:
    // `received` is what has been read from `plain` already and belongs to TLS.
    TlsStream(std::unique_ptr<Stream> plain, const TlsContext& context, std::string_view received);
    ~TlsStream() override;

    // True: done. Else `error` is would_block (wait until ready to read), or the handshake has failed and the
    // client was told why, if it speaks TLS.
    bool try_handshake(error_code& error);

    // Why the handshake failed, in a few words; empty: the client went away.
    std::string failure() const;

    // The stream underneath, when the handshake has failed. This one is of no use then.
    std::unique_ptr<Stream> take_plain() noexcept { return std::move(plain_); }

    std::size_t try_read(boost::asio::mutable_buffer into, error_code& error) override;
    std::size_t try_write(std::string_view first, std::string_view second, error_code& error) override;
    Awaitable<> ready(Direction direction, error_code& error) override;
    void cancel() noexcept override;
    void shutdown_send() noexcept override;  // with a close_notify
    void close() noexcept override;          // likewise, where the last write was whole

private:
    struct Link;  // OpenSSL's view of the stream underneath
    enum class Wait { none, read, write };

    std::size_t write_some(std::string_view bytes, error_code& error);
    error_code judge(int result, Wait& wait);
    void say_goodbye() noexcept;

    std::unique_ptr<Stream> plain_;
    ::ssl_st* ssl_;
    std::vector<char> input_;  // [input_begin_, size) was read ahead and is not yet taken by OpenSSL
    std::size_t input_begin_ = 0;
    std::string joined_;
    Wait read_wait_ = Wait::none;  // what the last try to read, and to write, is waiting for
    Wait write_wait_ = Wait::none;
    bool ended_ = false;   // the stream underneath has ended or failed
    bool broken_ = false;  // TLS itself has failed: nothing more is said
    bool said_goodbye_ = false;
};

}  // namespace chathook::http
