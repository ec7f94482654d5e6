#include "daemon/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace chathook::daemon {
namespace {

// Each may buffer admin::window_bytes of an answer.
constexpr std::uint64_t admin_connections_max = 512;
constexpr std::uint64_t admin_connections_min = 4;
constexpr std::uint64_t admin_part = 8;  // of the limit: one in so many

// The journal and its readers, event loops, listening sockets, files of sinks.
constexpr std::uint64_t own_descriptors = 64;

}  // namespace

std::optional<std::uint64_t> descriptor_limit() noexcept {
    struct rlimit files {};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return std::nullopt;
    return files.rlim_cur;
}

std::uint64_t deliveries_at_once(const std::vector<config::Sink>& sinks) {
    std::uint64_t connections = 0;
    for (const config::Sink& sink : sinks) {
        if (sink.settings.has("concurrency")) connections += sink.settings.number("concurrency");
    }
    return connections;
}

DescriptorShares share_descriptors(std::optional<std::uint64_t> limit, std::uint64_t connections,
                                   std::uint64_t deliveries) noexcept {
    const std::uint64_t wanted_without_admin = connections + deliveries + own_descriptors;
    const std::uint64_t wanted_by_admin =
        std::min(admin_connections_max, wanted_without_admin / (admin_part - 1) + 1);
    DescriptorShares shares{.connections = connections,
                            .admin_connections = admin_connections_max,
                            .wanted = wanted_without_admin + wanted_by_admin};
    if (!limit) return shares;
    shares.admin_connections = std::clamp(*limit / admin_part, admin_connections_min, admin_connections_max);
    const std::uint64_t kept = shares.admin_connections + deliveries + own_descriptors;
    const std::uint64_t rest = *limit > kept ? *limit - kept : 0;
    shares.connections = std::clamp<std::uint64_t>(std::max(rest, *limit / 4), 1, connections);
    return shares;
}

}  // namespace chathook::daemon
