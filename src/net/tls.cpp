#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <optional>
#include <string_view>

namespace chathook::net {
namespace {

using File = TlsProblem::File;

// Mozilla's "intermediate" without finite-field Diffie-Hellman. TLS 1.3's suites are all good.
constexpr const char* ciphers_of_tls_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* groups = "X25519:prime256v1:secp384r1";
constexpr std::string_view session_context = "chathookd";

std::string reason() {
    const char* text = ::ERR_reason_error_string(::ERR_peek_last_error());
    return text == nullptr ? "OpenSSL gives no reason" : text;
}

TlsProblem problem(File file, const std::filesystem::path& path, const std::string& what) {
    return {file, "'" + path.string() + "' " + what};
}

// RFC 7301, 3.2: a client that offers protocols, but not ours, gets an alert (no_application_protocol).
int select_protocol(::SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    if (::SSL_select_next_proto(&found, size, ours, sizeof ours - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

// Replaces OpenSSL's default, which would prompt on the terminal.
int no_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

void set_rules(::SSL_CTX* context) {
    ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    ::SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    ::SSL_CTX_set_cipher_list(context, ciphers_of_tls_1_2);
    ::SSL_CTX_set1_groups_list(context, groups);
    ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                    SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    // Sessions are resumed by tickets, which cost no memory here. Their keys are dropped with the context, so
    // that an old session cannot bypass a change of client_ca.
    ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(session_context.data()),
                                     static_cast<unsigned>(session_context.size()));
}

std::optional<TlsProblem> use_certificate(::SSL_CTX* context, const TlsFiles& files) {
    if (::SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) == 1) return std::nullopt;
    return problem(File::certificate, files.certificate,
                   "holds no usable certificate: " + reason() + "; name a PEM file with the chain");
}

std::optional<TlsProblem> use_key(::SSL_CTX* context, const TlsFiles& files) {
    bool asked = false;
    ::SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    ::SSL_CTX_set_default_passwd_cb_userdata(context, &asked);
    const bool used = ::SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
    ::SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    if (used && ::SSL_CTX_check_private_key(context) == 1) return std::nullopt;
    if (asked) {
        return problem(
            File::key, files.key,
            "is locked by a passphrase, which nobody is there to type; unlock it with: openssl pkey");
    }
    // With a certificate in place, OpenSSL refuses the key of another one while loading it.
    const int code = ERR_GET_REASON(::ERR_peek_last_error());
    if (code == X509_R_KEY_VALUES_MISMATCH || code == X509_R_KEY_TYPE_MISMATCH) {
        return problem(
            File::key, files.key,
            "is not the key of the certificate '" + files.certificate.string() + "'; renew both together");
    }
    return problem(File::key, files.key, "holds no usable key: " + reason() + "; name a PEM file");
}

std::optional<TlsProblem> use_client_ca(::SSL_CTX* context, const TlsFiles& files) {
    if (files.client_ca.empty()) return std::nullopt;
    STACK_OF(X509_NAME)* names = ::SSL_load_client_CA_file(files.client_ca.c_str());
    if (names == nullptr || ::SSL_CTX_load_verify_locations(context, files.client_ca.c_str(), nullptr) != 1) {
        const std::string why = reason();
        ::sk_X509_NAME_pop_free(names, ::X509_NAME_free);
        return problem(File::client_ca, files.client_ca,
                       "holds no usable certificate: " + why + "; name a PEM file with the authorities");
    }
    ::SSL_CTX_set_client_CA_list(context, names);  // owns them now
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return std::nullopt;
}

}  // namespace

std::variant<TlsContext, TlsProblem> load_tls(const TlsFiles& files) {
    ::ERR_clear_error();
    const TlsContext context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    set_rules(context.get());
    for (const auto use : {use_certificate, use_key, use_client_ca}) {
        auto found = use(context.get(), files);
        ::ERR_clear_error();
        if (found) return *std::move(found);
    }
    return context;
}

}  // namespace chathook::net
