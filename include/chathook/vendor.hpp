// A sender of webhooks, as data: how it signs, what its bodies say and which answers it expects.
// verify/vendor.hpp makes of it what a source is configured with. docs/adding-a-vendor.md walks through
// writing one. Plain values; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/handshake.hpp"
#include "chathook/normalized.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/secret.hpp"
#include "chathook/verified.hpp"

namespace chathook {

// A genuine body of one vendor event, from the vendor's own page where it prints one.
struct Sample {
    std::string_view name;  // "leads.submit": what `chathookd send --sample` takes
    std::string_view type;  // the normalized type it becomes, or handshake_type; of several events "a, b"
    std::string_view body;
    std::span<const std::string_view> types = {};  // of its events, in their order, where the file lists them
};

// The type of a sample that is no event but a handshake.
inline constexpr std::string_view handshake_type = "handshake";

// An answer as the vendor's own sample code gives it.
struct VendorAnswer {
    unsigned status = 200;
    std::string_view content_type = "application/json";
    std::string_view body = "";
};

// Reads the neutral fields out of a verified body. Pure and total: an event never seen before is
// `unrecognized`, not an error. The result points into `verified` or at what lives as long as the reader.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    virtual Normalized normalize(const Verified& verified) const = 0;

    // One of the events of a body, proved by the proof of the whole.
    struct Part {
        Verified proved;        // of its bytes, which are a part of the whole body
        Normalized normalized;  // points into `proved` and the whole
    };

    // What the body is read as if this vendor sends several events in one request.
    struct Parts {
        std::vector<Part> all;       // in the order of the body, 1,000 at most. Empty: the body is one event
        bool leaves_a_rest = false;  // something in the body is in none of them
    };
    virtual Parts split(const Verified&) const { return {}; }

    // Whether split() can give anything.
    virtual bool splits() const noexcept { return false; }
};

// Whoever makes a definition keeps it in its place, with all that its views point into, until the last vendor
// made from it and the last answer of that vendor are gone. The shipped ones live as long as the program.
struct VendorDefinition {
    std::string_view name = "";               // "lynn": the word in the configuration
    std::string_view title = "";              // "Lynn"
    std::string_view docs = "";               // address of the vendor's page on its signature; may be empty
    std::span<const std::string> notes = {};  // what is not signed, what contradicts; sentences for people
    std::string_view fingerprint = "";        // of the text that says all this: 16 hexadecimal digits
    verify::SchemeRules rules = {};
    std::span<const Sample> samples = {};
    std::span<const std::string_view> types = {};  // that its events become, besides `unrecognized`
    std::span<const Handshake> handshakes = {};

    const BodyReader* reader = nullptr;

    VendorAnswer accepted = {};
    VendorAnswer refused = {};  // one refusal for every reason

    // This vendor sends what was refused once never again.
    bool never_repeats_refusals = false;
};

// What the configuration says of one source. Taken once, at start-up.
struct VendorSettings {
    std::vector<Secret> secrets;  // at least one, none empty; checked by the configuration
    std::optional<std::chrono::seconds> timestamp_tolerance;  // none: the vendor's default, which may be none
    std::string public_url = {};    // of this source, as the vendor calls it; for vendors that sign it
    SecretBytes verify_token = {};  // of the vendor's GET when the webhook is set up; empty: GETs are refused

    // What the body must say, as ExpectedText with a JSON pointer: the configuration has checked it.
    struct Expected {
        std::string pointer;
        std::string text;
    };
    std::vector<Expected> expect = {};
};

// A header line that a genuine sender would add.
struct SignedHeader {
    std::string name;
    std::string value;
};

}  // namespace chathook
