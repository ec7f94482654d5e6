#include "support/desk.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "support/threads.hpp"

namespace chathook {

Desk::Desk(const char* thread_name, int niceness) {
    thread_ = start_thread(thread_name, [this, niceness] {
        // Linux has a niceness for each thread (setpriority(2), BUGS).
        if (niceness != 0) ::setpriority(PRIO_PROCESS, static_cast<::id_t>(::gettid()), niceness);
        context_.run();
    });
}

void Desk::close() {
    open_.reset();
    if (thread_.joinable()) thread_.join();
}

}  // namespace chathook
