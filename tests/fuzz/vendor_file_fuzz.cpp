// A vendor file is read or refused, whatever its text is. One that is taken proves what it signs itself,
// refuses another body, and makes valid events of any body. The input is the file, a NUL byte and the body.
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "normalize/cloud_event.hpp"
#include "vendor_file/trial.hpp"
#include "verify/vendor.hpp"

using namespace chathook;
using fuzz::require;

namespace {

constexpr Instant now{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";  // in every form of a MAC's key
constexpr std::string_view id = "0193a5f0-7c00-7000-8000-000000000001";

Request request_of(std::string_view body, const std::vector<SignedHeader>& headers,
                   std::vector<Field>& fields) {
    for (const SignedHeader& header : headers) fields.push_back({header.name, header.value});
    Request request;
    request.method = "POST";
    request.fields = fields;
    request.body = body;
    return request;
}

void require_valid(const Normalized& normalized, const Verified& verified) {
    const auto event = normalize::make_event(normalized, verified, "source", "desk", std::string(id), now);
    require(nlohmann::json::accept(event->line()));
    require(event->original() == verified.body());
}

void read_events(const verify::Vendor& vendor, const Verified& verified) {
    require_valid(vendor.normalize(verified), verified);
    const BodyReader::Parts parts = vendor.split(verified);
    require(parts.all.size() <= 1000);
    const char* end = verified.body().data();
    for (const BodyReader::Part& part : parts.all) {
        const std::string_view bytes = part.proved.body();
        require(bytes.data() >= end);
        end = bytes.data() + bytes.size();
        require_valid(part.normalized, part.proved);
    }
    require(end <= verified.body().data() + verified.body().size());
}

// Rules under which a body may be refused although it is signed.
bool may_refuse(const verify::SchemeRules& rules) {
    using Kind = verify::TextPart::Kind;
    return !rules.expected.empty() || rules.dates_body() || rules.signs(Kind::form) ||
           rules.signs(Kind::id) || rules.signs(Kind::header) || rules.signs_time() ||
           !rules.time.name.empty() || rules.has_token_in_body();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view text = input.substr(0, input.find('\0'));
    const std::string body(text.size() < input.size() ? input.substr(text.size() + 1) : std::string_view());
    yaml::Findings findings;
    const auto trial = vendor_file::try_file("desk", text, findings);
    if (trial.file == nullptr || findings.errors() != 0) return 0;
    const VendorDefinition& definition = trial.file->definition();
    if (definition.rules.kind == verify::Kind::public_key) return 0;
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(secret), std::nullopt});
    settings.public_url = "https://hooks.example.com/desk";
    const verify::Vendor vendor(definition, settings);

    const auto headers = vendor.sign(body, "", now);
    std::vector<Field> fields, others;
    const auto verified = vendor.verify(request_of(body, headers, fields), now);
    require(verified.has_value() || may_refuse(definition.rules));
    if (verified) read_events(vendor, *verified);
    if (definition.rules.kind == verify::Kind::hmac &&
        !definition.rules.signs(verify::TextPart::Kind::form)) {
        require(!vendor.verify(request_of(body + "x", headers, others), now).has_value());
    }
    return 0;
}
