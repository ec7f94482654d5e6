// The only maker of a Verified, and only a Scheme that has just proved the signature may ask for one. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chathook/time.hpp"
#include "chathook/verified.hpp"

namespace chathook::verify {

class Scheme;

// Parses the text that was signed, once, and binds it to what proved it.
class Seal {
    friend class Scheme;

    struct Proof {
        std::size_t secret_index = 0;
        std::string_view signed_time;
        std::optional<Instant> signed_at;
    };

    // The raw bytes were signed.
    static Verified raw(std::string_view raw, const Proof& proof);

    // `text`, the JSON.stringify form of `raw`, was signed: it is what is acted on.
    static Verified stringified(std::string_view raw, std::string text, const Proof& proof);

    // The body tells that time, and it was held to ours.
    static void date(Verified& verified, Instant signed_at) { verified.signed_at_ = signed_at; }
};

}  // namespace chathook::verify
