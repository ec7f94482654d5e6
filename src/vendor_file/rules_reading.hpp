// Reads `verify`: how a vendor signs. What would let a forger in is an error, with its line and the reason
// (the table in docs/vendor-files.md). One thread.
#pragma once

#include "chathook/scheme_rules.hpp"
#include "vendor_file/texts.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

// The rules view `texts`. They count only if no error was found.
verify::SchemeRules read_rules(const yaml::Place& at, Texts& texts);

}  // namespace chathook::vendor_file
