#include "store/group_table.hpp"

namespace chathook::store {

GroupTable::GroupTable(Database& database)
    : database_(database),
      insert_lines_(database, "INSERT INTO lines(first, data) VALUES(?1, ?2)"),
      insert_records_(database, "INSERT INTO records(first, data) VALUES(?1, ?2)"),
      lines_of_(database, "SELECT data FROM lines WHERE first = ?1"),
      groups_(
          database,
          "SELECT first, data FROM lines WHERE first >= coalesce((SELECT max(first) FROM lines WHERE first "
          "BETWEEN 0 AND ?1), 0) AND first <= ?2 ORDER BY first"),
      behind_(
          database,
          "SELECT l.first, l.data, r.first IS NOT NULL FROM lines l LEFT JOIN records r ON r.first = l.first "
          "WHERE l.first > ?1 ORDER BY l.first LIMIT ?2"),
      records_of_(database,
                  "SELECT r.first, r.data, length(l.data) FROM records r LEFT JOIN lines l ON "
                  "l.first = r.first WHERE r.first <= ?1 ORDER BY r.first DESC LIMIT 1"),
      has_records_(database, "SELECT 1 FROM records WHERE first = ?1"),
      update_records_(database, "UPDATE records SET data = ?2 WHERE first = ?1"),
      delete_records_(database, "DELETE FROM records WHERE first = ?1"),
      delete_lines_(database, "DELETE FROM lines WHERE first = ?1") {}

void GroupTable::append(std::uint64_t first, std::string_view lines, std::string_view records) {
    insert_lines_.execute(first, Blob{lines});
    insert_records_.execute(first, Blob{records});
}

void GroupTable::append_long(std::uint64_t first, std::string_view lines, const AroundRaw& around,
                             std::string_view raw) {
    insert_lines_.execute(first, Blob{lines});
    insert_records_.execute(first, Zeros{around.before.size() + raw.size() + around.behind.size()});
    BlobWriter data(database_, "records", "data", first);
    for (const std::string_view piece :
         {std::string_view(around.before), raw, std::string_view(around.behind)})
        data.write(piece);
}

bool GroupTable::has_records(std::uint64_t first) {
    Rows rows = has_records_.run(first);
    return rows.next();
}

void GroupTable::rewrite(std::uint64_t first, std::string_view records) {
    update_records_.execute(first, Blob{records});
}
void GroupTable::forget_records(std::uint64_t first) { delete_records_.execute(first); }
void GroupTable::forget_lines(std::uint64_t first) { delete_lines_.execute(first); }

}  // namespace chathook::store
