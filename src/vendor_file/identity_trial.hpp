// Judges the `identity` of a vendor file by its samples: an event that counts as the repeat of another one is
// lost, and one that is told by its whole body is delivered again with every change of it. One thread.
#pragma once

#include "vendor_file/vendor_file.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

// Warns at the places of `root`, from which `file` was read without an error.
void judge_identity(const VendorFile& file, const yaml::Place& root);

}  // namespace chathook::vendor_file
