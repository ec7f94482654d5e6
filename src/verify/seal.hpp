// The only code that constructs a Verified; only Scheme, after proving the signature, may call it. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "chathook/request.hpp"
#include "chathook/time.hpp"
#include "chathook/verified.hpp"

namespace chathook::verify {

class Scheme;

// Parses the signed text, once, and binds it to the proof.
class Seal {
    friend class Scheme;

    struct Proof {
        std::size_t secret_index = 0;
        std::string_view signed_time;
        std::optional<Instant> signed_at;
        std::string_view signed_id = {};
        std::span<const Field> fields = {};
    };

    // The raw bytes were signed.
    static Verified raw(std::string_view raw, const Proof& proof);

    // The sender is known by a token in the body: `text`, the body without it, is all that is used from here
    // on.
    static Verified without_token(std::string text, const Proof& proof);

    // The raw bytes were signed, but they are not parsed.
    static Verified unread(std::string_view raw, const Proof& proof);

    // `text`, the JSON.stringify form of `raw`, was signed: only `text` is used from here on.
    static Verified stringified(std::string_view raw, std::string text, const Proof& proof);

    friend Verified part_of(const Verified& whole, std::string_view bytes);

    static void keep_form(Verified& verified, std::string form) { verified.signed_form_ = std::move(form); }

    // Records the time found in the body, after it was compared with the local clock.
    static void date(Verified& verified, Instant signed_at) { verified.signed_at_ = signed_at; }
};

// A value inside of a verified body, as if it were a body of its own: it is proved with the whole. `bytes`
// are a part of whole.body(), which outlives the result.
Verified part_of(const Verified& whole, std::string_view bytes);

}  // namespace chathook::verify
