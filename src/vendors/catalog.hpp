// All vendors that are built in: the one place where a new one is entered. Called at start-up and by the
// command line; any thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <chathook/vendor.hpp>

namespace chathook::vendors {

// In the order in which they are listed to people.
std::span<const std::string_view> vendor_names() noexcept;

// The vendor of that name for one source; null if there is none.
std::unique_ptr<Vendor> make_vendor(std::string_view name, VendorSettings settings);

// What is documented of the vendor of that name; null if there is none.
const VendorFacts* find_facts(std::string_view name) noexcept;

}  // namespace chathook::vendors
