// How often one client may fail verification before it is told to wait. Only failures are counted and only
// failures are held back: whoever signs correctly is never asked. Fixed memory; any thread; the time is
// handed in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace chathook::ingest {

struct FailureRate {
    std::uint64_t burst = 60;  // at once
    std::uint64_t per_minute = 60;
};

class FailureLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::size_t clients_max = 4096;  // remembered at a time

    explicit FailureLimit(FailureRate rate);

    // A failure of `client`, an address as text. Nothing: it is within the rate, and was counted. Else it is
    // not, and this is how long the client should wait. An IPv6 client is its /64. What is no address (a
    // proxy on a UNIX socket that names nobody) is not limited.
    std::optional<std::chrono::seconds> over(std::string_view client, Time now);

    // Whether one more failure of `client` would be over the rate; counts nothing.
    bool spent(std::string_view client, Time now);

private:
    // A bucket of tokens as the one moment at which it will be full again; a full one is as good as none.
    struct Bucket {
        std::uint64_t client = 0;
        Time full_at = Time::min();
    };

    using Row = std::vector<Bucket>::iterator;
    Row row_of(std::uint64_t client) noexcept;
    Bucket& bucket_of(std::uint64_t client);

    const std::chrono::nanoseconds interval_;  // in which one token comes back
    const std::chrono::nanoseconds depth_;     // all of them
    const std::uint64_t seed_;                 // so that nobody can choose addresses that share a row
    std::mutex mutex_;
    std::vector<Bucket> buckets_;
};

}  // namespace chathook::ingest
