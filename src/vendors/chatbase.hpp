// Chatbase: docs/vendors/chatbase.md says what it sends and how it signs. Called at start-up.
#pragma once

#include <memory>

#include <chathook/vendor.hpp>

namespace chathook::vendors {

extern const VendorFacts chatbase_facts;

std::unique_ptr<Vendor> make_chatbase(VendorSettings settings);

}  // namespace chathook::vendors
