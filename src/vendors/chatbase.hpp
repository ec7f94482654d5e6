// Chatbase: docs/vendors/chatbase.md says what it sends and how it signs. A constant; any thread.
#pragma once

#include <chathook/vendor.hpp>

namespace chathook::vendors {

extern const VendorDefinition chatbase;

}  // namespace chathook::vendors
