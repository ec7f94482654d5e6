// Divides the process's file descriptors, so that connections of strangers leave enough for deliveries, the
// journal and the admin address. Used at start-up; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/config.hpp"

namespace chathook::daemon {

struct DescriptorShares {
    std::uint64_t connections;        // of the public address; at most server.limits.connections, at least 1
    std::uint64_t admin_connections;  // at least 4
    std::uint64_t wanted;             // RLIMIT_NOFILE with which `connections` is as configured
};

// The soft limit on open files (RLIMIT_NOFILE); nothing where there is none.
std::optional<std::uint64_t> descriptor_limit() noexcept;

// How many connections the configured sinks keep at most.
std::uint64_t deliveries_at_once(const std::vector<config::Sink>& sinks);

// `limit`: descriptors that the process may have. `connections`: server.limits.connections. Where even the
// daemon's own files hardly fit, a quarter of the limit is left to connections.
DescriptorShares share_descriptors(std::optional<std::uint64_t> limit, std::uint64_t connections,
                                   std::uint64_t deliveries) noexcept;

}  // namespace chathook::daemon
