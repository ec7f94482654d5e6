// Reads `verify` and `expect`: how a vendor signs. What would let a forger in is an error, with its line and
// the reason (the table in docs/vendor-files.md). One thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/scheme_rules.hpp"
#include "vendor_file/texts.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

// The rules view `texts`. They count only if no error was found.
verify::SchemeRules read_rules(const yaml::Place& at, Texts& texts);

// The headers that are part of the signed text: as {header:NAME}, {id} or {time}.
std::vector<std::string> signed_headers(const verify::SchemeRules& rules);

// What the body must say; none if the place is absent.
std::span<const verify::ExpectedText> read_expected(const yaml::Place& at, Texts& texts);

// The name of a header, or the steps of a pointer into the body; empty, and an error at the place, if it is
// none.
std::string_view read_header_name(const yaml::Place& at, Texts& texts);
std::span<const std::string_view> read_path(const yaml::Place& at, Texts& texts);

}  // namespace chathook::vendor_file
