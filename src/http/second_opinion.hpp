// Cross-checks a head with Beast. A request is served only if Beast's parser, too, accepts the bytes and
// reads the same framing out of them as the gate did. Pure; any thread.
#pragma once

#include <string_view>

#include "http/gate.hpp"

namespace chathook::http {

// `bytes` is the complete head that `head` was read from.
bool beast_agrees(std::string_view bytes, const GateLimits& limits, const Head& head);

}  // namespace chathook::http
