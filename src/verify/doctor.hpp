// The signature doctor: which part of a signed request fails, and which usual cause explains it. For people
// at their desk (`chathookd explain`), never for the daemon: what it says would help a forger. Nothing that
// it says holds a secret, a MAC it computed, or the one that was sent. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/request.hpp>
#include <chathook/time.hpp>
#include <chathook/vendor.hpp>

#include "verify/scheme.hpp"

namespace chathook::verify {

struct NamedRules {
    std::string_view vendor;
    SchemeRules rules;
};

struct Patient {
    const NamedRules& vendor;             // whose way of signing is expected
    std::span<const NamedRules> vendors;  // all that are known, this one included
    const VendorSettings& settings;       // the secrets and the tolerance, as a source would have them
    const Request& request;               // its fields and its body
    Instant now;
};

enum class Outcome : unsigned char { ok, wrong, cannot_tell };

struct Finding {
    std::string_view part;  // "header", "form", "time", "body", "signature"
    Outcome outcome = Outcome::cannot_tell;
    std::string text;
    std::string mend;  // empty where nothing is to be mended
};

// A combination under which the signature would have been right.
struct Cause {
    std::vector<std::string> names;  // "body:newline-added", "secret:trimmed"; one or two
    std::string text;
    std::vector<std::string> mends;
};

struct Diagnosis {
    std::optional<Errc> refusal;  // what the daemon would refuse the request for; none: it is accepted
    std::vector<Finding> findings;
    std::vector<Cause> causes;  // none if no usual cause matches, or a finding says it all
};

Diagnosis diagnose(const Patient& patient);

}  // namespace chathook::verify
