// A blocking TLS client that exposes everything the server sends: versions, protocols, certificates, alerts
// and the close_notify. Gives up after ten seconds. One thread.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/raw_client.hpp"

namespace chathook::http::test {

struct TlsOffer {
    std::filesystem::path ca;           // the authorities that it trusts; empty: any
    std::filesystem::path certificate;  // PEM, with the key in `key`; empty: none
    std::filesystem::path key;
    int version_max = TLS1_3_VERSION;
    std::string protocols = "\x08http/1.1";  // ALPN's wire form; empty: none offered
};

class TlsClient {
public:
    // Performs the handshake at once, after sending `first` in the clear; see failure().
    TlsClient(const std::string& address, const TlsOffer& offer, std::string_view first = "")
        : TlsClient(RawClient(address), offer, first) {}

    // Performs the handshake over an open connection.
    TlsClient(RawClient connected, const TlsOffer& offer, std::string_view first = "")
        : client_(std::move(connected)), context_(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free) {
        client_.send(first);
        ::SSL_CTX_set_security_level(context_.get(), 0);  // so that TLS 1.1 can be offered
        ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        ::SSL_CTX_set_max_proto_version(context_.get(), offer.version_max);
        if (!offer.ca.empty()) {
            ::SSL_CTX_load_verify_locations(context_.get(), offer.ca.c_str(), nullptr);
            ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
        }
        if (!offer.certificate.empty()) {
            ::SSL_CTX_use_certificate_chain_file(context_.get(), offer.certificate.c_str());
            ::SSL_CTX_use_PrivateKey_file(context_.get(), offer.key.c_str(), SSL_FILETYPE_PEM);
        }
        if (!offer.protocols.empty()) {
            ::SSL_CTX_set_alpn_protos(context_.get(),
                                      reinterpret_cast<const unsigned char*>(offer.protocols.data()),
                                      static_cast<unsigned>(offer.protocols.size()));
        }
        ssl_.reset(::SSL_new(context_.get()));
        ::SSL_set_fd(ssl_.get(), client_.descriptor());
        ::ERR_clear_error();
        if (::SSL_connect(ssl_.get()) != 1) note_failure();
    }

    // Why the handshake or the last read failed, in OpenSSL's words; "end" if the connection just ended.
    const std::string& failure() const { return failure_; }

    bool send(std::string_view bytes) {
        return failure_.empty() && ::SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
                                       static_cast<int>(bytes.size());
    }

    // Reads until `text` has come; false when the connection ends before.
    bool read_until(std::string_view text) {
        while (received_.find(text) == std::string::npos) {
            if (!more()) return false;
        }
        return true;
    }

    // Reads an answer that ends with `end`.
    std::string ask(std::string_view request, std::string_view end) {
        send(request);
        read_until(end);
        return std::exchange(received_, {});
    }

    std::string read_to_end() {
        while (more()) {
        }
        return std::exchange(received_, {});
    }

    bool got_close_notify() const { return got_close_notify_; }
    std::string version() const { return ::SSL_get_version(ssl_.get()); }

    std::string protocol() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        ::SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }

    // The subject of the server's certificate, such as "/CN=server".
    std::string subject() const {
        const std::unique_ptr<::X509, decltype(&::X509_free)> certificate(
            ::SSL_get1_peer_certificate(ssl_.get()), ::X509_free);
        std::array<char, 256> text{};
        if (!certificate) return {};
        return ::X509_NAME_oneline(::X509_get_subject_name(certificate.get()), text.data(), text.size());
    }

private:
    bool more() {
        if (!failure_.empty()) return false;
        std::array<char, 16384> bytes{};
        ::ERR_clear_error();
        const int size = ::SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
        if (size > 0) {
            received_.append(bytes.data(), static_cast<std::size_t>(size));
            return true;
        }
        got_close_notify_ = ::SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN;
        if (!got_close_notify_) note_failure();
        return false;
    }

    void note_failure() {
        if (errno == EAGAIN) throw std::runtime_error("the server neither answered nor closed");
        const char* reason = ::ERR_reason_error_string(::ERR_peek_error());
        failure_ = reason == nullptr ? "end" : reason;
    }

    RawClient client_;
    std::unique_ptr<::SSL_CTX, decltype(&::SSL_CTX_free)> context_;
    std::unique_ptr<::SSL, decltype(&::SSL_free)> ssl_{nullptr, ::SSL_free};
    std::string received_;
    std::string failure_;
    bool got_close_notify_ = false;
};

}  // namespace chathook::http::test
