// A shared secret in memory: never copied, never printed, kept out of swap and core dumps, wiped on
// destruction. Immutable after construction; any thread may read.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "chathook/time.hpp"

namespace chathook {

class SecretBytes {
public:
    SecretBytes() = default;

    // Copies `bytes` into pages of its own (mlock and MADV_DONTDUMP where the system allows); the caller
    // wipes its source.
    explicit SecretBytes(std::string_view bytes);
    ~SecretBytes();
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;

    // The bytes themselves, for a MAC. Not zero-terminated; valid while this lives.
    std::string_view view() const noexcept { return {data_, size_}; }
    bool empty() const noexcept { return size_ == 0; }

    // Whether both hold the same bytes, in a time that depends on the sizes alone. For comparing two readings
    // of a configuration: a signature is compared as a MAC, never as a secret.
    friend bool operator==(const SecretBytes& a, const SecretBytes& b) noexcept;

private:
    void wipe() noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
};

struct Secret {
    SecretBytes bytes;
    std::optional<Instant> not_after;  // expires at this instant; none: never

    friend bool operator==(const Secret&, const Secret&) = default;
};

}  // namespace chathook
