#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <new>

namespace chathook::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_ahead_bytes = 4096;  // the records of a typical webhook in one system call
constexpr std::size_t record_bytes = 16384;     // RFC 8446, 5.1

}  // namespace

// A BIO whose data is the TlsStream.
struct TlsStream::Link {
    static int read(::BIO* bio, char* to, int wanted) {
        TlsStream& self = *static_cast<TlsStream*>(::BIO_get_data(bio));
        ::BIO_clear_retry_flags(bio);
        const auto size = static_cast<std::size_t>(std::max(wanted, 0));
        if (self.input_begin_ == self.input_.size()) {
            if (size >= read_ahead_bytes) return result(self, bio, to, size);
            self.input_.resize(read_ahead_bytes);
            const int got = result(self, bio, self.input_.data(), self.input_.size());
            self.input_.resize(static_cast<std::size_t>(std::max(got, 0)));
            self.input_begin_ = 0;
            if (got <= 0) return got;
        }
        const std::size_t taken = std::min(size, self.input_.size() - self.input_begin_);
        std::memcpy(to, self.input_.data() + self.input_begin_, taken);
        self.input_begin_ += taken;
        return static_cast<int>(taken);
    }

    static int result(TlsStream& self, ::BIO* bio, char* to, std::size_t size) {
        error_code error;
        const std::size_t got = self.plain_->try_read(asio::buffer(to, size), error);
        if (!error) return static_cast<int>(got);
        if (error == asio::error::would_block) {
            ::BIO_set_retry_read(bio);
        } else {
            self.ended_ = true;
        }
        return -1;
    }

    static int write(::BIO* bio, const char* from, int size) {
        TlsStream& self = *static_cast<TlsStream*>(::BIO_get_data(bio));
        ::BIO_clear_retry_flags(bio);
        error_code error;
        const std::size_t sent =
            self.plain_->try_write({from, static_cast<std::size_t>(std::max(size, 0))}, {}, error);
        if (sent > 0 || !error) return static_cast<int>(sent);
        if (error == asio::error::would_block) {
            ::BIO_set_retry_write(bio);
        } else {
            self.ended_ = true;
        }
        return -1;
    }

    static long control(::BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static ::BIO_METHOD* make_method() {
        ::BIO_METHOD* method = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
        if (method == nullptr) throw std::bad_alloc();
        ::BIO_meth_set_read(method, read);
        ::BIO_meth_set_write(method, write);
        ::BIO_meth_set_ctrl(method, control);
        return method;
    }

    static ::BIO* make(TlsStream& stream) {
        static const std::unique_ptr<::BIO_METHOD, decltype(&::BIO_meth_free)> method(make_method(),
                                                                                      &::BIO_meth_free);
        ::BIO* bio = ::BIO_new(method.get());
        if (bio == nullptr) throw std::bad_alloc();
        ::BIO_set_data(bio, &stream);
        ::BIO_set_init(bio, 1);
        return bio;
    }
};

TlsStream::TlsStream(std::unique_ptr<Stream> plain, const TlsContext& context, std::string_view received)
    : plain_(std::move(plain)), ssl_(::SSL_new(context.get())), input_(received.begin(), received.end()) {
    if (ssl_ == nullptr) throw std::bad_alloc();
    ::BIO* link = Link::make(*this);
    ::SSL_set_bio(ssl_, link, link);
    ::SSL_set_accept_state(ssl_);
}

TlsStream::~TlsStream() { ::SSL_free(ssl_); }

bool TlsStream::try_handshake(error_code& error) {
    ::ERR_clear_error();
    const int result = ::SSL_do_handshake(ssl_);
    if (result == 1) {
        error = {};
        read_wait_ = Wait::none;
        return true;
    }
    error = judge(result, read_wait_);
    return false;
}

std::string TlsStream::failure() const {
    const long verified = ::SSL_get_verify_result(ssl_);
    if (verified != X509_V_OK) return ::X509_verify_cert_error_string(verified);
    const char* reason = ::ERR_reason_error_string(::ERR_peek_error());
    return ended_ || reason == nullptr ? std::string() : reason;
}

// Translates OpenSSL's result of an operation that did not succeed.
error_code TlsStream::judge(int result, Wait& wait) {
    switch (::SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ: wait = Wait::read; return asio::error::would_block;
        case SSL_ERROR_WANT_WRITE: wait = Wait::write; return asio::error::would_block;
        case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
        default: break;
    }
    broken_ = true;
    if (ended_) return asio::error::eof;
    return asio::error::connection_aborted;
}

std::size_t TlsStream::try_read(asio::mutable_buffer into, error_code& error) {
    ::ERR_clear_error();
    std::size_t got = 0;
    const int result = ::SSL_read_ex(ssl_, into.data(), into.size(), &got);
    if (result != 1) {
        error = judge(result, read_wait_);
        return 0;
    }
    error = {};
    read_wait_ = Wait::none;
    return got;
}

// A head and its body share a record if they fit. A retry must join them again: OpenSSL wants the same bytes.
std::size_t TlsStream::try_write(std::string_view first, std::string_view second, error_code& error) {
    if (!first.empty() && !second.empty() && first.size() + second.size() <= record_bytes) {
        joined_.assign(first).append(second);
        return write_some(joined_, error);
    }
    const std::size_t taken = write_some(first, error);
    return taken < first.size() || error ? taken : taken + write_some(second, error);
}

std::size_t TlsStream::write_some(std::string_view bytes, error_code& error) {
    error = {};
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        ::ERR_clear_error();
        std::size_t sent = 0;
        const int result = ::SSL_write_ex(ssl_, bytes.data() + taken, bytes.size() - taken, &sent);
        if (result != 1) {
            error = judge(result, write_wait_);
            return taken;
        }
        write_wait_ = Wait::none;
        taken += sent;
    }
    return taken;
}

// Waits on the underlying stream, unless there are decrypted or buffered bytes to read already.
Awaitable<> TlsStream::ready(Direction direction, error_code& error) {
    error = {};
    Direction beneath = direction;
    if (direction == Direction::write) {
        if (write_wait_ == Wait::read) beneath = Direction::read;
    } else if (read_wait_ == Wait::write) {
        beneath = Direction::write;
    } else if (read_wait_ == Wait::none && (::SSL_pending(ssl_) > 0 || input_begin_ < input_.size())) {
        co_return;
    }
    co_await plain_->ready(beneath, error);
}

bool TlsStream::has_input() const noexcept {
    return ::SSL_pending(ssl_) > 0 || input_begin_ < input_.size() || (plain_ && plain_->has_input());
}

void TlsStream::cancel() noexcept {
    if (plain_) plain_->cancel();
}

void TlsStream::shutdown_send() noexcept {
    say_goodbye();
    plain_->shutdown_send();
}

void TlsStream::close() noexcept {
    if (!plain_) return;
    say_goodbye();
    plain_->close();
}

// A close_notify cannot be sent behind half a record.
void TlsStream::say_goodbye() noexcept {
    if (broken_ || ended_ || said_goodbye_ || write_wait_ != Wait::none) return;
    said_goodbye_ = true;
    if (::SSL_is_init_finished(ssl_) == 0) return;
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_);
}

}  // namespace chathook::net
