// Newoaks AI: docs/vendors/newoaks.md says what it sends and how it signs. Called at start-up.
#pragma once

#include <memory>

#include <chathook/vendor.hpp>

namespace chathook::vendors {

extern const VendorFacts newoaks_facts;

std::unique_ptr<Vendor> make_newoaks(VendorSettings settings);

}  // namespace chathook::vendors
