// The server side of TLS: certificate, key, authorities, and what is negotiated. Loaded at start-up and on
// reload by one thread, then used by all network threads.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "net/tls_files.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace chathook::net {

// The file, what is wrong with it and the fix; nothing of the key's content.
struct TlsProblem {
    enum class File { certificate, key, client_ca };
    File file = File::certificate;
    std::string message;
};

// Shared by the connections that began with it, so that it may be replaced at any time.
using TlsContext = std::shared_ptr<::ssl_ctx_st>;

std::variant<TlsContext, TlsProblem> load_tls(const TlsFiles& files);

// The context for new connections; null: no TLS. Any thread.
class CurrentTls {
public:
    TlsContext get() const {
        const std::lock_guard lock(mutex_);
        return context_;
    }
    void set(TlsContext context) {
        const std::lock_guard lock(mutex_);
        context_.swap(context);
    }

private:
    mutable std::mutex mutex_;  // held for the copy of one pointer
    TlsContext context_;
};

}  // namespace chathook::net
