// Limits how often one client may fail verification before it is told to wait. Only failures are counted and
// limited; a correctly signed request never is. Fixed memory; any thread; the time is passed in.
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

    // Counts a failure of `client`, an address as text. Returns nothing if it is within the rate, else how
    // long the client should wait, and then counts nothing. An IPv6 client is its /64. A client that is not
    // an address (a proxy on a UNIX socket that names none) is not limited.
    std::optional<std::chrono::seconds> over(std::string_view client, Time now);

    // Whether one more failure of `client` would be over the rate; counts nothing.
    bool spent(std::string_view client, Time now);

private:
    // A token bucket, stored as the moment at which it will be full again; a full one need not be stored.
    struct Bucket {
        std::uint64_t client = 0;
        Time full_at = Time::min();
    };

    using Row = std::vector<Bucket>::iterator;
    Row row_of(std::uint64_t client) noexcept;
    Bucket& bucket_of(std::uint64_t client);

    const std::chrono::nanoseconds interval_;  // in which one token is added
    const std::chrono::nanoseconds depth_;     // until an empty bucket is full
    const std::uint64_t seed_;                 // so that nobody can choose addresses that share a row
    std::mutex mutex_;
    std::vector<Bucket> buckets_;
};

}  // namespace chathook::ingest
