// The doctor's looks at one part of a request each: header, form, time, body. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "verify/doctor.hpp"

namespace chathook::verify {

// Where a signature stands in the request, and how whoever sends such a header signs.
struct SignatureSource {
    std::string_view name;   // of the header
    std::string_view value;  // not empty
    const NamedRules* rules;
};

// The signatures under the vendor's own header; if there are none, those under another vendor's or a similar
// one. At most sources_max.
inline constexpr std::size_t sources_max = 4;
std::vector<SignatureSource> signature_sources(const Patient& patient);

Finding examine_header(const Patient& patient, const std::vector<SignatureSource>& sources);
Finding examine_form(const Patient& patient, const std::vector<SignatureSource>& sources);
// Nothing for vendors that sign no time.
std::optional<Finding> examine_time(const Patient& patient, const std::vector<SignatureSource>& sources);
Finding examine_body(const Patient& patient);

// What the head says of the body's length; none if nothing, nonsense or several things.
std::optional<std::size_t> content_length(const Request& request);

// Whether the body is compressed, which chathookd refuses before it looks at the signature.
bool is_encoded(const Request& request) noexcept;

// The fields whose name speaks of a time stamp, such as X-Wonderchat-Timestamp. At most two.
std::vector<Field> time_fields(const Request& request);

}  // namespace chathook::verify
