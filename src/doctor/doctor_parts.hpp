// The doctor's examination of each part of a request: header, form, time, body. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "doctor/doctor.hpp"

namespace chathook::doctor {

// A signature in the request, and the vendor that sends such a header.
struct SignatureSource {
    std::string_view name;   // of the header
    std::string_view value;  // not empty
    const VendorDefinition* vendor;
};

// The signatures in the vendor's own header; if there are none, those in another vendor's header or in one
// with a similar name. At most sources_max.
inline constexpr std::size_t sources_max = 4;
std::vector<SignatureSource> signature_sources(const Patient& patient);

Finding examine_header(const Patient& patient, const std::vector<SignatureSource>& sources);
Finding examine_token_in_body(const Patient& patient);
Finding examine_form(const Patient& patient, const std::vector<SignatureSource>& sources);
// nullopt for vendors that do not sign a time.
std::optional<Finding> examine_time(const Patient& patient, const std::vector<SignatureSource>& sources);
Finding examine_body(const Patient& patient);

// What is wrong with the ids and other headers that are signed beside the body; empty if nothing is.
std::vector<Finding> examine_signed_headers(const Patient& patient);

// The body's length according to the head; nullopt if it is absent, repeated or invalid.
std::optional<std::size_t> content_length(const Request& request);

// Whether the body is compressed, which chathookd refuses before it looks at the signature.
bool is_encoded(const Request& request) noexcept;

// The fields whose name suggests a timestamp, such as X-Wonderchat-Timestamp. At most two.
std::vector<Field> time_fields(const Request& request);

}  // namespace chathook::doctor
