#include "admin/desk.hpp"

#include <pthread.h>
#include <signal.h>

namespace chathook::admin {

Desk::Desk() {
    // Signals are for the thread that waits for them.
    ::sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { context_.run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_setname_np(thread_.native_handle(), "admin-desk");
}

void Desk::close() {
    open_.reset();
    if (thread_.joinable()) thread_.join();
}

}  // namespace chathook::admin
