// The files that TLS is served with. Plain values.
#pragma once

#include <filesystem>

namespace chathook::net {

struct TlsFiles {
    std::filesystem::path certificate;  // PEM: the certificate, then its chain
    std::filesystem::path key;          // PEM, without a passphrase
    std::filesystem::path client_ca;    // PEM; empty: no client certificate asked for, else one is required
};

}  // namespace chathook::net
