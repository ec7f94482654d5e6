// Knowrithm: docs/vendors/knowrithm.md says what it sends and how it signs. Called at start-up.
#pragma once

#include <memory>

#include <chathook/vendor.hpp>

namespace chathook::vendors {

extern const VendorFacts knowrithm_facts;

std::unique_ptr<Vendor> make_knowrithm(VendorSettings settings);

}  // namespace chathook::vendors
