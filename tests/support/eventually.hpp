// Waits for what another thread brings about. Any thread.
#pragma once

#include <chrono>
#include <thread>

namespace chathook::test {

// Polls until the condition holds; false if it does not within ten seconds.
template <class Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace chathook::test
