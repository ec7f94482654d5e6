// The two large tables, `lines` and `records`: every statement that writes them or reads them as groups. What
// becomes of an event needs no more of a group than these functions, so groups can be kept elsewhere without
// another change (docs/decisions/0007-what-is-owed.md). SQL sees their events as rows of `ledger` and
// `events` (format/group_tables.hpp). Changes are part of the caller's transaction. Writer thread only;
// throws SqliteError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

class GroupTable {
public:
    explicit GroupTable(Database& database);

    // Stores a new group; `first` is above that of every other.
    void append(std::uint64_t first, std::string_view lines, std::string_view records);
    // The same for a group of one event whose raw bytes are long: they are not copied.
    void append_long(std::uint64_t first, std::string_view lines, const AroundRaw& around,
                     std::string_view raw);

    // Calls `visit(group)` with the lines of the group that begins with `first`; false: there is none.
    template <class Visit>
    bool visit_lines_of(std::uint64_t first, const Visit& visit) {
        Rows rows = lines_of_.run(first);
        if (!rows.next()) return false;
        visit(LineGroup(first, rows.bytes(0)));
        return true;
    }

    // Calls `visit(group)` with each group of lines that may have a sequence of `from` to `to`, in ascending
    // order.
    template <class Visit>
    void visit_lines(std::uint64_t from, std::uint64_t to, const Visit& visit) {
        for (Rows rows = groups_.run(from, to); rows.next();) visit(LineGroup(rows.number(0), rows.bytes(1)));
    }

    // Calls `visit(group, has_records)` with the lines of at most `rows_max` groups behind the one that
    // begins with `after`, until it answers false.
    template <class Visit>
    void visit_groups(std::uint64_t after, std::size_t rows_max, const Visit& visit) {
        for (Rows rows = behind_.run(after, rows_max); rows.next();) {
            if (!visit(LineGroup(rows.number(0), rows.bytes(1)), rows.integer(2) != 0)) return;
        }
    }

    // Calls `visit(group)` with the records of the last group that begins with `sequence` or before it;
    // false: there is none.
    template <class Visit>
    bool visit_records_of(std::uint64_t sequence, const Visit& visit) {
        Rows rows = records_of_.run(sequence);
        if (!rows.next()) return false;
        visit(RecordGroup(rows.number(0), static_cast<std::size_t>(rows.number(2)) / line_bytes,
                          rows.bytes(1)));
        return true;
    }
    // Whether the group that begins with `first` has records.
    bool has_records(std::uint64_t first);

    // Replaces the records of the group.
    void rewrite(std::uint64_t first, std::string_view records);
    void forget_records(std::uint64_t first);
    void forget_lines(std::uint64_t first);

private:
    Database& database_;
    Statement insert_lines_, insert_records_, lines_of_, groups_, behind_, records_of_, has_records_,
        update_records_, delete_records_, delete_lines_;
};

}  // namespace chathook::store
