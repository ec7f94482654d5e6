// Memory for a secret that is being decoded or changed. One thread.
#pragma once

#include <openssl/crypto.h>

#include <cstddef>
#include <string>

namespace chathook::verify {

// A text that its destructor wipes. All memory is reserved at once, because growing would leave a copy
// behind.
class WipedText {
public:
    explicit WipedText(std::size_t bytes_max) { text.reserve(bytes_max); }
    ~WipedText() { OPENSSL_cleanse(text.data(), text.capacity()); }
    WipedText(const WipedText&) = delete;
    WipedText& operator=(const WipedText&) = delete;

    std::string text;  // of at most bytes_max
};

}  // namespace chathook::verify
