#include "verify/vendor.hpp"

#include <string>

namespace chathook::verify {
namespace {

Reply reply_of(const VendorAnswer& answer) {
    Reply reply;
    reply.status = answer.status;
    reply.content_type = answer.content_type;
    reply.body = std::string(answer.body);
    return reply;
}

}  // namespace

Reply Vendor::accepted() const { return reply_of(definition_.accepted); }

Reply Vendor::refused() const { return reply_of(definition_.refused); }

}  // namespace chathook::verify
