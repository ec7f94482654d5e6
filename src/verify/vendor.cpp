#include "verify/vendor.hpp"

namespace chathook::verify {

Reply Vendor::accepted() const { return reply_of(definition_.accepted); }

Reply Vendor::refused() const { return reply_of(definition_.refused); }

}  // namespace chathook::verify
