#include "verify/signed_text.hpp"

#include <algorithm>
#include <utility>

#include "support/form_text.hpp"

namespace chathook::verify {

std::optional<std::string> sorted_form(std::string_view body) {
    auto read = read_form(body);
    if (!read) return std::nullopt;
    FormFields& fields = *read;
    std::ranges::sort(fields);
    const auto twice = std::ranges::unique(fields);
    fields.erase(twice.begin(), twice.end());
    std::string text;
    for (const auto& [name, value] : fields) text.append(name).append(value);
    return text;
}

SignedText::SignedText(const SchemeRules& rules, const Claim& claim, std::string_view body,
                       std::string_view url) {
    if (rules.text.empty()) parts_.push_back(body);
    for (const TextPart& part : rules.text) {
        switch (part.kind) {
            case TextPart::Kind::literal: parts_.push_back(part.text); break;
            case TextPart::Kind::body: parts_.push_back(body); break;
            case TextPart::Kind::time: parts_.push_back(claim.time_text); break;
            case TextPart::Kind::id: parts_.push_back(claim.id); break;
            case TextPart::Kind::method: parts_.push_back(claim.request->method); break;
            case TextPart::Kind::url: parts_.push_back(url); break;
            case TextPart::Kind::header:
                parts_.push_back(header(claim.request->fields, part.text).value);
                break;
            case TextPart::Kind::form: {
                auto form = sorted_form(body);
                complete_ = complete_ && form.has_value();
                if (form) form_ = std::move(*form);
                parts_.push_back(form_);
                break;
            }
        }
    }
}

}  // namespace chathook::verify
