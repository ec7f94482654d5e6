#include "support/threads.hpp"

#include <pthread.h>

namespace chathook {
namespace {

constexpr std::size_t name_bytes_max = 15;

}  // namespace

SignalsBlocked::SignalsBlocked() noexcept {
    ::sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void name_this_thread(std::string_view name) noexcept {
    char text[name_bytes_max + 1] = {};
    name.copy(text, name_bytes_max);
    ::pthread_setname_np(::pthread_self(), text);
}

}  // namespace chathook
