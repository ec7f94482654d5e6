#include "ingest/failure_limit.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <random>
#include <string>

namespace chathook::ingest {

namespace {

constexpr std::size_t row_size = 8;
constexpr std::size_t rows = FailureLimit::clients_max / row_size;
constexpr std::size_t address_text_max = 64;

// IPv4 clients use the range of IPv6 multicast, which is never a source address.
constexpr std::uint64_t ipv4_space = 0xffffffff00000000;

std::optional<std::uint64_t> key_of(std::string_view client) {
    if (client.empty() || client.size() > address_text_max) return std::nullopt;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(client), error);
    if (error) return std::nullopt;
    if (address.is_v4()) return ipv4_space | address.to_v4().to_uint();
    const auto bytes = address.to_v6().to_bytes();
    std::uint64_t network = 0;
    for (std::size_t i = 0; i < 8; ++i) network = network << 8 | bytes[i];
    return network;
}

std::uint64_t random_seed() {
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32 | device();
}

// The finalizer of SplitMix64: every bit of the input affects every bit of the result.
std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

}  // namespace

FailureLimit::FailureLimit(FailureRate rate)
    : interval_(std::chrono::nanoseconds(std::chrono::minutes(1)) /
                static_cast<std::int64_t>(rate.per_minute)),
      depth_(interval_ * static_cast<std::int64_t>(rate.burst)),
      seed_(random_seed()),
      buckets_(clients_max) {}

std::optional<std::chrono::seconds> FailureLimit::over(std::string_view client, Time now) {
    const auto key = key_of(client);
    if (!key) return std::nullopt;
    const std::lock_guard lock(mutex_);
    Bucket& bucket = bucket_of(*key);
    const Time full_at = std::max(bucket.full_at, now) + interval_;
    if (full_at - now > depth_) return std::chrono::ceil<std::chrono::seconds>(full_at - now - depth_);
    bucket.full_at = full_at;
    return std::nullopt;
}

bool FailureLimit::spent(std::string_view client, Time now) {
    const auto key = key_of(client);
    if (!key) return false;
    const std::lock_guard lock(mutex_);
    const Row row = row_of(*key);
    const Row row_end = row + static_cast<std::ptrdiff_t>(row_size);
    const auto found = std::find_if(row, row_end, [&](const Bucket& b) { return b.client == *key; });
    return found != row_end && std::max(found->full_at, now) + interval_ - now > depth_;
}

FailureLimit::Row FailureLimit::row_of(std::uint64_t client) noexcept {
    return buckets_.begin() + static_cast<std::ptrdiff_t>(mixed(client ^ seed_) % rows * row_size);
}

// The client's own bucket, or else the fullest one of its row, which is replaced at the least loss.
FailureLimit::Bucket& FailureLimit::bucket_of(std::uint64_t client) {
    const Row row = row_of(client);
    const Row row_end = row + static_cast<std::ptrdiff_t>(row_size);
    const auto found = std::find_if(row, row_end, [&](const Bucket& b) { return b.client == client; });
    if (found != row_end) return *found;
    const auto emptiest = std::min_element(
        row, row_end, [](const Bucket& a, const Bucket& b) { return a.full_at < b.full_at; });
    *emptiest = {client, Time::min()};
    return *emptiest;
}

}  // namespace chathook::ingest
