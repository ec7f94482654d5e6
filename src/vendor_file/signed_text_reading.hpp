// Reads the template of the signed text: "{time}.{body}". One thread.
#pragma once

#include <string_view>
#include <vector>

#include "chathook/scheme_rules.hpp"
#include "vendor_file/texts.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

inline constexpr std::size_t parts_max = 16;  // of a template

// The parts; none, and an error at the place, if it is not a template.
std::vector<verify::TextPart> read_signed_text(const yaml::Place& at, Texts& texts);

}  // namespace chathook::vendor_file
