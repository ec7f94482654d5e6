// What a service manager hands over and wants to be told, by the protocols of sd_notify(3),
// sd_listen_fds(3) and sd_watchdog_enabled(3), which are stable and which other managers speak too. The
// environment is read at each call; nothing changes it after the start. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathook {

// Tells it `state`, lines such as "READY=1". Nothing where no manager wants to know; errors are not reported,
// because there is nobody to hear of them.
void notify_service_manager(std::string_view state) noexcept;

// How long it waits for a "WATCHDOG=1" before it ends the process; nothing if it does not wait.
std::optional<std::chrono::microseconds> watchdog_patience() noexcept;

struct InheritedSocket {
    int descriptor;
    std::string name;  // FileDescriptorName= of its unit; "unknown" where there is none
};

// The sockets that it opened for this process, which are not inherited any further from now on.
std::vector<InheritedSocket> inherited_sockets();

}  // namespace chathook
