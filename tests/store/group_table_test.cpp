#include "store/group_table.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "disk/files.hpp"
#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook::store;
using chathook::Instant;
using chathook::format::around_raw;
using chathook::journal::test::recently;

namespace {

using Sequences = std::vector<std::uint64_t>;

constexpr std::string_view key = "sixteen bytes...";

// A journal's tables and groups in them, which need not be those of events.
struct Groups {
    static std::string lines_of(std::uint64_t first, std::size_t count) {
        std::string lines;
        for (std::size_t at = 0; at < count; ++at) LineGroup::append(lines, {first + at, recently, {}, key});
        return lines;
    }
    static StoredRecord record_of(std::string_view id) {
        StoredRecord record;
        record.id = id;
        return record;
    }
    void append(std::uint64_t first, std::size_t count) {
        RecordGroupWriter records;
        for (std::size_t at = 0; at < count; ++at)
            records.add(first + at, record_of(std::to_string(first + at)));
        table.append(first, lines_of(first, count), records.finish(first));
    }
    // The sequences and ids of records in the group of this sequence.
    std::string records_of(std::uint64_t sequence) {
        std::string found;
        const bool any = table.visit_records_of(sequence, [&](const RecordGroup& group) {
            for (std::size_t at = 0; at < group.size(); ++at)
                found += std::to_string(group.sequence(at)) + "=" + std::string(group.record(at)->id) + " ";
        });
        return any ? found : "none";
    }
    Sequences groups(std::uint64_t from, std::uint64_t to) {
        Sequences firsts;
        table.visit_lines(from, to, [&](const LineGroup& group) { firsts.push_back(group.first()); });
        return firsts;
    }

    chathook::test::TempDirectory directory;
    Database database = open_for_writing(chathook::disk::DirectoryLock(directory.path()).database_file());
    GroupTable table{database};
};

}  // namespace

TEST_CASE("groups of lines are found by the sequences that they have, in order") {
    Groups on;
    CHECK(on.groups(0, past_the_newest).empty());
    on.append(1, 3);
    on.append(4, 1);
    on.append(9, 5);
    CHECK(on.groups(0, past_the_newest) == Sequences{1, 4, 9});
    CHECK(on.groups(1, 3) == Sequences{1});
    CHECK(on.groups(3, 4) == Sequences{1, 4});
    CHECK(on.groups(12, 40) == Sequences{9});
    std::size_t lines = 0;
    CHECK(on.table.visit_lines_of(9, [&](const LineGroup& group) {
        lines = group.size();
        CHECK(group.line(4).whole);
        CHECK(group.line(4).line.sequence == 13);
    }));
    CHECK(lines == 5);
    CHECK_FALSE(on.table.visit_lines_of(10, [](const LineGroup&) { FAIL("there is none"); }));
}

TEST_CASE("groups are listed behind one, with whether they have records, as many as are wanted") {
    Groups on;
    on.append(1, 3);
    on.append(4, 1);
    on.append(5, 2);
    on.table.forget_records(4);
    const auto listed = [&](std::uint64_t after, std::size_t rows_max, std::size_t wanted) {
        std::string all;
        on.table.visit_groups(after, rows_max, [&](const LineGroup& group, bool has_records) {
            all += std::to_string(group.first()) + (has_records ? "+ " : "- ");
            return --wanted > 0;
        });
        return all;
    };
    CHECK(listed(0, 10, 10) == "1+ 4- 5+ ");
    CHECK(listed(1, 10, 10) == "4- 5+ ");
    CHECK(listed(0, 2, 10) == "1+ 4- ");
    CHECK(listed(0, 10, 1) == "1+ ");
    CHECK(listed(5, 10, 10).empty());
}

TEST_CASE("records are found by any sequence of their group, rewritten and forgotten") {
    Groups on;
    CHECK(on.records_of(1) == "none");
    on.append(1, 3);
    on.append(4, 2);
    CHECK(on.records_of(2) == "1=1 2=2 3=3 ");
    CHECK(on.records_of(5) == "4=4 5=5 ");
    RecordGroupWriter fewer;
    fewer.add(3, Groups::record_of("3"));
    on.table.rewrite(1, fewer.finish(1));
    CHECK(on.records_of(1) == "3=3 ");
    on.table.forget_records(4);
    CHECK(on.table.has_records(1));
    CHECK_FALSE(on.table.has_records(4));
    CHECK_FALSE(on.table.has_records(3));
    CHECK(on.groups(0, past_the_newest) == Sequences{1, 4});
    on.table.forget_lines(4);
    CHECK(on.groups(0, past_the_newest) == Sequences{1});
}

TEST_CASE("a long record that is written in pieces is one that was written at once") {
    Groups on;
    const std::string raw(300'000, 'r');
    StoredRecord record = Groups::record_of("long");
    record.raw = raw;
    on.database.execute("BEGIN");
    on.table.append_long(7, Groups::lines_of(7, 1), around_raw(7, record), raw);
    on.database.execute("COMMIT");
    RecordGroupWriter at_once;
    at_once.add(7, record);
    const std::string expected(at_once.finish(7));
    Statement stored(on.database, "SELECT data FROM records WHERE first = 7");
    Rows rows = stored.run();
    REQUIRE(rows.next());
    CHECK((rows.bytes(0) == expected));
}
