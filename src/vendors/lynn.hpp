// Lynn: docs/vendors/lynn.md says what it sends and how it signs. Called at start-up.
#pragma once

#include <memory>

#include <chathook/vendor.hpp>

namespace chathook::vendors {

extern const VendorFacts lynn_facts;

std::unique_ptr<Vendor> make_lynn(VendorSettings settings);

}  // namespace chathook::vendors
