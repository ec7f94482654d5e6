// The common base of all vendors with a shared secret: the signature is one verify::Scheme. A vendor module
// derives from this and adds the fields of its bodies and its answers. Immutable; any thread.
#pragma once

#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "verify/scheme.hpp"

namespace chathook::vendors {

class SchemeVendor : public Vendor {
public:
    // `facts` outlives the vendor. `rules.header` is taken from the facts, so that `chathookd vendors` prints
    // the header that is checked.
    SchemeVendor(const VendorFacts& facts, verify::SchemeRules rules, const VendorSettings& settings);

    const VendorFacts& facts() const noexcept final { return facts_; }
    Result<Verified> verify(const Request& request, const Now& now) const final;
    Result<Verified> verify_form(const Request& request, const Now& now, Verified::Form form,
                                 Verified::Content content) const final;
    std::optional<Instant> claimed_time(const Request& request) const final;
    std::vector<SignedHeader> sign(std::string_view body, std::string_view timestamp,
                                   Instant now) const final;

    const verify::SchemeRules& rules() const noexcept { return scheme_.rules(); }

private:
    const VendorFacts& facts_;
    verify::Scheme scheme_;
};

// How `vendor` signs, valid as long as `vendor`; null if it is not a SchemeVendor.
const verify::SchemeRules* rules_of(const Vendor& vendor) noexcept;

// Answers in the forms that the vendors' samples use.
Reply json_reply(unsigned status, std::string_view body);
Reply text_reply(unsigned status, std::string_view body);

inline constexpr std::string_view success_body = R"({"status":"success"})";
inline constexpr std::string_view refused_body = R"({"error":"invalid signature"})";

}  // namespace chathook::vendors
