// The functions that read the bodies of the first five vendors before these were files: what the files must
// still give. Pure; any thread.
#pragma once

#include <string_view>

#include <chathook/normalized.hpp>
#include <chathook/verified.hpp>

namespace chathook::test {

Normalized former_reading(std::string_view vendor, const Verified& verified);

}  // namespace chathook::test
