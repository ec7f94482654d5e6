// The signature doctor: which part of a signed request fails, and which common cause explains it. Only for
// interactive use (`chathookd explain`), never in the daemon: its texts would help a forger. They contain no
// secret, no computed MAC and no MAC that was sent. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/error.hpp>
#include <chathook/reply.hpp>
#include <chathook/request.hpp>
#include <chathook/time.hpp>
#include <chathook/vendor.hpp>

namespace chathook::doctor {

struct Patient {
    const VendorDefinition& vendor;             // the vendor whose way of signing is expected
    std::span<const VendorDefinition> vendors;  // all known vendors, including this one
    const VendorSettings& settings;             // the secrets and the tolerance, as configured for a source
    const Request& request;                     // header fields and body
    Instant now;
};

enum class Outcome : unsigned char { ok, wrong, cannot_tell };

struct Finding {
    std::string_view
        part;  // "header", "token", "form", "time", "id", "body", "signature", "account", "handshake"
    Outcome outcome = Outcome::cannot_tell;
    std::string text;
    std::string hint;  // empty if there is nothing to correct
};

// A combination under which the signature would have been valid.
struct Cause {
    std::vector<std::string> names;  // "body:newline-added", "secret:trimmed"; one or two
    std::string text;
    std::vector<std::string> hints;
};

struct Diagnosis {
    std::optional<Errc> refusal;  // the reason for which the daemon would refuse the request; none: accepted
    std::optional<Reply> handshake;  // the answer, if the request is a handshake and no event
    std::vector<Finding> findings;
    std::vector<std::string_view> neighbours;  // names of other vendors by whose rules the signature is right
    std::vector<Cause> causes;  // empty if no common cause matches, or the findings explain everything
};

Diagnosis diagnose(const Patient& patient);

}  // namespace chathook::doctor
