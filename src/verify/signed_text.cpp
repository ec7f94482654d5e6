#include "verify/signed_text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "verify/encoding.hpp"

namespace chathook::verify {
namespace {

// Decodes %-escapes and '+'. False for an incomplete escape.
bool decode_form_text(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at] == '+' ? ' ' : text[at];
            continue;
        }
        std::uint8_t byte = 0;
        if (at + 2 >= text.size() || !decode_hex(text.substr(at + 1, 2), {&byte, 1})) return false;
        out += static_cast<char>(byte);
        at += 2;
    }
    return true;
}

}  // namespace

std::optional<std::string> sorted_form(std::string_view body) {
    std::vector<std::pair<std::string, std::string>> fields;
    while (!body.empty()) {
        const std::string_view field = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), field.size() + 1));
        if (field.empty()) continue;
        if (fields.size() == form_fields_max) return std::nullopt;
        const std::size_t equals = std::min(field.find('='), field.size());
        auto& [name, value] = fields.emplace_back();
        if (!decode_form_text(field.substr(0, equals), name)) return std::nullopt;
        if (!decode_form_text(field.substr(std::min(equals + 1, field.size())), value)) return std::nullopt;
    }
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
