#include "vendor_file/signed_text_reading.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "vendor_file/words.hpp"

namespace chathook::vendor_file {
namespace {

using Part = verify::TextPart::Kind;
using verify::TextPart;

constexpr std::array placeholders{std::pair("body", Part::body), std::pair("time", Part::time),
                                  std::pair("id", Part::id),     std::pair("method", Part::method),
                                  std::pair("url", Part::url),   std::pair("form", Part::form)};
constexpr std::string_view header_begin = "header:";
constexpr std::string_view wanted =
    "write {body}, {time}, {id}, {method}, {url}, {form} or {header:NAME}, and other characters as they are";

bool is_forbidden(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

std::optional<TextPart> placeholder(std::string_view name, Texts& texts) {
    if (name.starts_with(header_begin) && is_header_name(name.substr(header_begin.size()))) {
        return TextPart{Part::header, texts.keep(std::string(name.substr(header_begin.size())))};
    }
    for (const auto& [word, kind] : placeholders) {
        if (name == word) return TextPart{kind};
    }
    return std::nullopt;
}

}  // namespace

std::vector<TextPart> read_signed_text(const yaml::Place& at, Texts& texts) {
    const std::string* const scalar = at.scalar("the text that is signed");
    if (scalar == nullptr) return {};
    const std::string& written = *scalar;
    if (written.empty()) {
        at.error("is empty; leave it out where the body alone is signed");
        return {};
    }
    if (std::ranges::any_of(written, is_forbidden)) {
        at.error(
            "contains a control character other than a line feed or a tab, which are written \"\\n\" and "
            "\"\\t\"");
        return {};
    }
    if (written.find("\\n") != written.npos || written.find("\\t") != written.npos) {
        at.warning(
            "holds a backslash and a letter; a line feed or a tab is written \"\\n\" or \"\\t\", in double "
            "quotation marks");
    }
    std::vector<TextPart> parts;
    for (std::string_view rest = written; !rest.empty();) {
        const std::size_t brace = rest.find_first_of("{}");
        if (brace > 0) parts.push_back({Part::literal, texts.keep(std::string(rest.substr(0, brace)))});
        if (brace == rest.npos) break;
        const std::size_t end = rest.find('}', brace);
        const auto part = rest[brace] == '{' && end != rest.npos
                              ? placeholder(rest.substr(brace + 1, end - brace - 1), texts)
                              : std::nullopt;
        if (!part) {
            at.error("has braces that are no part of the signed text; " + std::string(wanted));
            return {};
        }
        parts.push_back(*part);
        rest.remove_prefix(end + 1);
    }
    if (parts.size() <= parts_max) return parts;
    at.error("has " + std::to_string(parts.size()) + " parts; at most " + std::to_string(parts_max) +
             " are possible");
    return {};
}

}  // namespace chathook::vendor_file
