#include "store/rejection_table.hpp"

#include <string_view>

namespace chathook::store {

RejectionTable::RejectionTable(Database& database)
    : database_(database),
      insert_(database,
              "INSERT INTO rejections(received, source, reason, status, client, header_names, body_sha256, "
              "body_size, raw, counted_from) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
      forget_(database, "DELETE FROM rejections WHERE number = ?1"),
      before_newest_(database, "SELECT number FROM rejections ORDER BY number DESC LIMIT 1 OFFSET ?1"),
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
}

std::size_t RejectionTable::forget(std::span<const std::uint64_t> numbers) {
    std::size_t forgotten = 0;
    for (const std::uint64_t number : numbers) {
        forget_.execute(number);
        forgotten += static_cast<std::size_t>(database_.changes());
    }
    return forgotten;
}

std::uint64_t RejectionTable::last_before_newest(std::size_t keep) {
    Rows rows = before_newest_.run(keep);
    return rows.next() ? rows.number(0) : 0;
}

void RejectionTable::visit_oldest(std::size_t rows_max, const VisitRow<RetainedRejection>& visit) {
    for (Rows rows = oldest_.run(rows_max); rows.next();) {
        if (!visit({rows.number(0), rows.instant(1), rows.number(2)})) return;
    }
}

}  // namespace chathook::store
