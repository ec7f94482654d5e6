// One open listening socket, and how an Endpoint becomes one. Opened at start-up by one thread, then used on
// the accepting thread only.
#pragma once

#include <string>

#include "http/server.hpp"

namespace chathook::http {

// Closes what it holds.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int value) noexcept : value_(value) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;

    int get() const noexcept { return value_; }
    explicit operator bool() const noexcept { return value_ >= 0; }
    int release() noexcept;
    void reset() noexcept;

private:
    int value_ = -1;
};

struct Listener {
    Descriptor socket;      // non-blocking, listening
    std::string address;    // as Server::bound_addresses() says it
    std::string unix_path;  // to be removed when it closes; empty: none
};

// Throws std::runtime_error with a sentence that names the address.
Listener open_listener(const Endpoint& endpoint);

}  // namespace chathook::http
