#include "support/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace chathook {

bool forbid_core_dumps() noexcept {
#ifdef CHATHOOK_CORE_DUMPS
    return false;
#else
    const rlimit none{0, 0};
    const bool limited = setrlimit(RLIMIT_CORE, &none) == 0;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && limited;
#endif
}

}  // namespace chathook
