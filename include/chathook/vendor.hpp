// One sender of webhooks, as configured on one source. Immutable once made and pure: no I/O, no clock, no
// log, so it is tested with literals and shared by all connections. docs/adding-a-vendor.md walks through
// writing one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/error.hpp"
#include "chathook/normalized.hpp"
#include "chathook/now.hpp"
#include "chathook/reply.hpp"
#include "chathook/request.hpp"
#include "chathook/secret.hpp"
#include "chathook/verified.hpp"

namespace chathook {

// A genuine body of one vendor event, from the vendor's own page where it prints one. Literals; live for
// ever.
struct Sample {
    std::string_view name;  // "leads.submit": what `chathookd send --sample` takes
    std::string_view type;  // the normalized type it becomes
    std::string_view body;
};

// What a vendor's documentation says, for `chathookd vendors`, `samples` and the docs. Literals; live for
// ever.
struct VendorFacts {
    std::string_view name;              // "lynn": the word in the configuration
    std::string_view title;             // "Lynn"
    std::string_view signature_header;  // "x-lynn-hmac-sha256"
    std::string_view algorithm;         // "HMAC-SHA256"
    std::string_view encoding;          // "hex or base64"
    std::string_view signed_text;       // "raw body"
    bool signs_stringified = false;     // the JSON.stringify form, where the raw body was not what was signed
    bool signs_time = false;            // signs a time in a header: timestamp_tolerance applies by default
    bool dates_body = false;  // the body holds a time: timestamp_tolerance applies if the source sets it
    std::span<const Sample> samples;
};

// What the configuration says of one source. Its factory takes it once, at start-up.
struct VendorSettings {
    std::vector<Secret> secrets;  // at least one, none empty; checked by the configuration
    std::optional<std::chrono::seconds> timestamp_tolerance;  // none: the vendor's default, which may be none
};

// A header line that a genuine sender would add.
struct SignedHeader {
    std::string name;
    std::string value;
};

class Vendor {
public:
    virtual ~Vendor() = default;

    virtual const VendorFacts& facts() const noexcept = 0;

    // Proves that the sender holds a live secret. Fails with one of the *_signature errors or
    // stale_timestamp. Takes the same time whichever secret matches and wherever a wrong MAC differs.
    virtual Result<Verified> verify(const Request& request, const Now& now) const = 0;

    // Like verify(), but for one form alone. verify() tries raw and, if that is a wrong_signature,
    // stringified, which takes many times longer. `content` is for a raw body: if it is unread, but its time
    // has to be read, the result is body_too_large.
    virtual Result<Verified> verify_form(const Request& request, const Now& now, Verified::Form form,
                                         Verified::Content content = Verified::Content::read) const = 0;

    // The time that timestamp_tolerance is checked against, as the request claims it: proved only if verify()
    // succeeded or failed with stale_timestamp. nullopt if there is none.
    virtual std::optional<Instant> claimed_time(const Request& request) const = 0;

    // Reads the neutral fields out of a verified body. Total: an event never seen before is `unrecognized`,
    // not an error. The result points into `verified`.
    virtual Normalized normalize(const Verified& verified) const = 0;

    // The answers that this vendor's own sample code gives. One refusal for every reason.
    virtual Reply accepted() const = 0;
    virtual Reply refused() const = 0;

    // The headers a genuine sender would send with `body`, signed with the first secret. `timestamp` stands
    // in the signed text as given, for vendors that sign one; empty: `now` in the vendor's form.
    virtual std::vector<SignedHeader> sign(std::string_view body, std::string_view timestamp,
                                           Instant now) const = 0;
};

}  // namespace chathook
