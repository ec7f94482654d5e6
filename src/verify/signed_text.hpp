// The text that a sender signed, put together from its parts. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "chathook/scheme_rules.hpp"
#include "verify/claim.hpp"

namespace chathook::verify {

// The parts, in order. They point into the claim's request, the body, the rules, the URL and this.
class SignedText {
public:
    // The text of the rules, with `body` in its place; `url` is the source's own.
    SignedText(const SchemeRules& rules, const Claim& claim, std::string_view body, std::string_view url);
    SignedText(const SignedText&) = delete;
    SignedText& operator=(const SignedText&) = delete;

    // False if the body is not the form (application/x-www-form-urlencoded) that is signed.
    explicit operator bool() const noexcept { return complete_; }

    std::span<const std::string_view> parts() const noexcept { return {parts_.data(), parts_.size()}; }

private:
    boost::container::small_vector<std::string_view, 8> parts_;
    std::string form_;
    bool complete_ = true;
};

// Every name and its value, decoded, sorted by names and then by values (bytes), one behind the other, and
// equal ones once, as Twilio signs a form (twilio.com/docs/usage/security, twilio-node's webhooks.ts).
// nullopt if the text is no such form (support/form_text.hpp).
std::optional<std::string> sorted_form(std::string_view body);

}  // namespace chathook::verify
