// How a fuzz target says that something does not hold: by ending the process, which libFuzzer notices and
// keeps the input of.
#pragma once

#include <cstdlib>

namespace chathook::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace chathook::fuzz
