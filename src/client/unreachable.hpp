// Explains why a command got no answer, and the fix. One thread.
#pragma once

#include <string>

namespace chathook::client {

// `error` is the errno of connect(2) to the UNIX socket at `path`.
std::string why_unreachable(const std::string& path, int error);

}  // namespace chathook::client
