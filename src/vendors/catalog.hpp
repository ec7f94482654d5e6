// All built-in vendors: the only place where a new one is registered. Called at start-up and by the command
// line; any thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <chathook/vendor.hpp>

#include "verify/vendor.hpp"

namespace chathook::vendors {

// In the order in which the command line lists them.
std::span<const std::string_view> vendor_names() noexcept;

// The definition of the vendor of that name; null if there is no such vendor.
const VendorDefinition* find_vendor(std::string_view name) noexcept;

// Makes the vendor of that name for one source; null if there is no such vendor. Takes the settings, so that
// the secrets are wiped once their keys are prepared.
std::unique_ptr<verify::Vendor> make_vendor(std::string_view name, VendorSettings settings);

}  // namespace chathook::vendors
