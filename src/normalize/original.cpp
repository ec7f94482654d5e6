#include "normalize/original.hpp"

#include <algorithm>
#include <cstddef>

#include "ecma/document.hpp"

namespace chathook::normalize {
namespace {

bool has_line_breaks(std::string_view text) noexcept {
    return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

}  // namespace

Original plan_original(const Verified& verified) noexcept {
    const JsonDocument* document = verified.document();
    if (document == nullptr || document->max_depth() > nesting_max) return {};

    // The parser views valid UTF-8 in place. It drops a byte order mark and replaces invalid bytes; then only
    // what it read can stand in the event.
    const std::string_view text = document->text();
    const bool unchanged = text.data() == verified.body().data() && text.size() == verified.body().size();
    return {true, unchanged && !has_line_breaks(text), text};
}

void append_on_one_line(std::string& out, std::string_view json) {
    const auto start = static_cast<std::ptrdiff_t>(out.size());
    out += json;
    if (!has_line_breaks(json)) return;
    std::replace(out.begin() + start, out.end(), '\n', ' ');
    std::replace(out.begin() + start, out.end(), '\r', ' ');
}

}  // namespace chathook::normalize
