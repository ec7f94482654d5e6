#include "support/memory_policy.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace chathook {

// Setting M_MMAP_THRESHOLD also stops glibc from raising it (mallopt(3)). Smaller allocations are not worth
// two system calls and the page faults.
void set_memory_policy() noexcept {
#if defined(__GLIBC__)
    constexpr int own_pages_bytes = 256 * 1024;
    constexpr int kept_at_end_bytes = 1024 * 1024;
    constexpr int heaps_max = 8;
    ::mallopt(M_MMAP_THRESHOLD, own_pages_bytes);
    ::mallopt(M_TRIM_THRESHOLD, kept_at_end_bytes);
    ::mallopt(M_ARENA_MAX, heaps_max);
#endif
}

}  // namespace chathook
