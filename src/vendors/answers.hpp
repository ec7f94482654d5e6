// Answers that several vendors' samples share. Literals; any thread.
#pragma once

#include <chathook/vendor.hpp>

namespace chathook::vendors {

inline constexpr VendorAnswer success{.body = R"({"status":"success"})"};
inline constexpr VendorAnswer plain_ok{.content_type = "text/plain; charset=utf-8", .body = "OK"};

constexpr VendorAnswer invalid_signature(unsigned status) {
    return {.status = status, .body = R"({"error":"invalid signature"})"};
}

}  // namespace chathook::vendors
