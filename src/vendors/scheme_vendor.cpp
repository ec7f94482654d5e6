#include "vendors/scheme_vendor.hpp"

#include <string>

namespace chathook::vendors {
namespace {

verify::SchemeRules with_header(verify::SchemeRules rules, std::string_view header) {
    rules.header = header;
    return rules;
}

Reply reply(unsigned status, std::string_view content_type, std::string_view body) {
    Reply answer;
    answer.status = status;
    answer.content_type = content_type;
    answer.body = std::string(body);
    return answer;
}

}  // namespace

SchemeVendor::SchemeVendor(const VendorFacts& facts, verify::SchemeRules rules,
                           const VendorSettings& settings)
    : facts_(facts), scheme_(with_header(rules, facts.signature_header), settings) {}

Result<Verified> SchemeVendor::verify(const Request& request, const Now& now) const {
    return scheme_.verify(request, now);
}

Result<Verified> SchemeVendor::verify_form(const Request& request, const Now& now, Verified::Form form,
                                           Verified::Content content) const {
    return scheme_.verify_form(request, now, form, content);
}

std::optional<Instant> SchemeVendor::claimed_time(const Request& request) const {
    return scheme_.claimed_time(request);
}

std::vector<SignedHeader> SchemeVendor::sign(std::string_view body, std::string_view timestamp,
                                             Instant now) const {
    return scheme_.sign(body, timestamp, now);
}

const verify::SchemeRules* rules_of(const Vendor& vendor) noexcept {
    const auto* signing = dynamic_cast<const SchemeVendor*>(&vendor);
    return signing == nullptr ? nullptr : &signing->rules();
}

Reply json_reply(unsigned status, std::string_view body) { return reply(status, "application/json", body); }

Reply text_reply(unsigned status, std::string_view body) {
    return reply(status, "text/plain; charset=utf-8", body);
}

}  // namespace chathook::vendors
