#include "store/rejection_table.hpp"

#include <string_view>

namespace chathook::store {
namespace {

// Of one transaction. Deleted pages are overwritten, so it writes as many bytes as it frees.
constexpr std::size_t forgotten_max = 256;
constexpr std::uint64_t forgotten_bytes_max = 1 << 20;

}  // namespace

RejectionTable::RejectionTable(Database& database, const JournalSettings& settings)
    : database_(database),
      keep_(settings.rejections_keep),
      age_(settings.rejections_age),
      insert_(database,
              "INSERT INTO rejections(received, source, reason, status, client, header_names, body_sha256, "
              "body_size, raw, counted_from) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
      forget_(database, "DELETE FROM rejections WHERE number = ?1"),
      last_too_many_(database, "SELECT number FROM rejections ORDER BY number DESC LIMIT 1 OFFSET ?1"),
      oldest_(database,
              "SELECT number, coalesce(counted_from, received), coalesce(length(raw), 0) FROM rejections "
              "ORDER BY number LIMIT ?1") {}

void RejectionTable::record(std::span<const Rejection> rejections, Instant now) {
    for (const Rejection& rejection : rejections) {
        const std::string_view sha256(reinterpret_cast<const char*>(rejection.body_sha256.data()),
                                      rejection.body_sha256.size());
        insert_.execute(rejection.received.time_since_epoch().count(), rejection.source, rejection.reason,
                        rejection.status, rejection.client, rejection.header_names, Blob{sha256},
                        rejection.body_size, Blob{rejection.raw}, now.time_since_epoch().count());
    }
    too_many_ = true;
    forget_surplus(now);
}

std::size_t RejectionTable::forget(std::span<const std::uint64_t> numbers) {
    std::size_t forgotten = 0;
    for (const std::uint64_t number : numbers) {
        forget_.execute(number);
        forgotten += static_cast<std::size_t>(database_.changes());
    }
    return forgotten;
}

// From the oldest on, up to the first that may stay.
std::vector<std::uint64_t> RejectionTable::surplus(Instant now) {
    std::uint64_t last_too_many = 0;
    if (too_many_) {
        Rows rows = last_too_many_.run(keep_);
        if (rows.next()) last_too_many = rows.number(0);
    }
    too_many_ = last_too_many > 0;
    std::vector<std::uint64_t> numbers;
    std::uint64_t bytes = 0;
    for (Rows rows = oldest_.run(forgotten_max); bytes < forgotten_bytes_max && rows.next();) {
        const Instant counted_from{std::chrono::microseconds(rows.integer(1))};
        if (rows.number(0) > last_too_many && now - counted_from <= age_) break;
        numbers.push_back(rows.number(0));
        bytes += rows.number(2);
    }
    return numbers;
}

bool RejectionTable::has_surplus(Instant now) { return !surplus(now).empty(); }

void RejectionTable::forget_surplus(Instant now) { forget(surplus(now)); }

}  // namespace chathook::store
