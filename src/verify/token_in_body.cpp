#include "verify/token_in_body.hpp"

#include <algorithm>

#include "ecma/document.hpp"
#include "verify/timestamp.hpp"

namespace chathook::verify {
namespace {

// The token as it stands in the body, without its quotation marks; empty if there is none. A body with
// invalid UTF-8 is parsed as a corrected copy, in which places are not the body's.
std::string_view written_token(std::string_view body, const JsonDocument* document,
                               std::span<const std::string_view> path) {
    if (document == nullptr) return {};
    const Json value = at_path(document->root(), path);
    const std::string_view written = value.source();
    const bool in_body = written.data() >= body.data() && written.data() < body.data() + body.size();
    if (!in_body || value.text().empty()) return {};
    return written.substr(1, written.size() - 2);
}

}  // namespace

std::optional<std::string> token_in_body(std::string_view body, std::span<const std::string_view> path) {
    const auto document = JsonDocument::parse_bytes(body);
    if (written_token(body, document.get(), path).empty()) return std::nullopt;
    return std::string(at_path(document->root(), path).text());
}

std::optional<std::string> body_without_token(std::string_view body, std::span<const std::string_view> path) {
    const auto document = JsonDocument::parse_bytes(body);
    const std::string_view token = written_token(body, document.get(), path);
    if (token.empty()) return std::nullopt;
    // Inside of texts alone: a number with the same digits is not the token.
    std::string masked(body);
    bool in_text = false;
    for (std::size_t at = 0; at < masked.size(); ++at) {
        if (in_text && body.substr(at, token.size()) == token) {
            std::fill_n(masked.begin() + static_cast<std::ptrdiff_t>(at), token.size(), '*');
            at += token.size() - 1;
        } else if (body[at] == '"') {
            in_text = !in_text;
        } else if (in_text && body[at] == '\\') {
            ++at;
        }
    }
    return masked;
}

}  // namespace chathook::verify
