#include "support/form_text.hpp"

#include <algorithm>

#include "support/ascii.hpp"

namespace chathook {
namespace {

// Decodes %-escapes and '+'. False for an incomplete escape.
bool decode(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at] == '+' ? ' ' : text[at];
            continue;
        }
        if (at + 2 >= text.size()) return false;
        const int high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
        if (high < 0 || low < 0) return false;
        out += static_cast<char>(high << 4 | low);
        at += 2;
    }
    return true;
}

}  // namespace

std::optional<FormFields> read_form(std::string_view text) {
    FormFields fields;
    while (!text.empty()) {
        const std::string_view field = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), field.size() + 1));
        if (field.empty()) continue;
        if (fields.size() == form_fields_max) return std::nullopt;
        const std::size_t equals = std::min(field.find('='), field.size());
        auto& [name, value] = fields.emplace_back();
        if (!decode(field.substr(0, equals), name)) return std::nullopt;
        if (!decode(field.substr(std::min(equals + 1, field.size())), value)) return std::nullopt;
    }
    return fields;
}

const std::string* single_field(const FormFields& fields, std::string_view name) noexcept {
    const auto named = [&](const auto& field) { return field.first == name; };
    if (std::ranges::count_if(fields, named) != 1) return nullptr;
    return &std::ranges::find_if(fields, named)->second;
}

}  // namespace chathook
