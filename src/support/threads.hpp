// How every thread of the daemon starts. Any thread.
#pragma once

#include <concepts>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <signal.h>

namespace chathook {

// Threads that start while this lives have all signals blocked: those are handled by the main thread alone. A
// write to a closed pipe is the error EPIPE there, in libcurl and OpenSSL too.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept;
    ~SignalsBlocked();
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    ::sigset_t before_{};
};

// What top -H and a debugger show of the calling thread: the first 15 bytes (pthread_setname_np(3)).
void name_this_thread(std::string_view name) noexcept;

// Runs `body`, which may take a std::stop_token, on a thread of that name without signals. Throws
// std::system_error when the system starts none.
template <class Body>
std::jthread start_thread(std::string name, Body body) {
    const SignalsBlocked blocked;
    return std::jthread(
        [name = std::move(name), body = std::move(body)](const std::stop_token& stop) mutable {
            name_this_thread(name);
            if constexpr (std::invocable<Body&, const std::stop_token&>) {
                body(stop);
            } else {
                body();
            }
        });
}

}  // namespace chathook
