#include "inspection/inspect.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include "disk/disk_error.hpp"
#include "disk/files.hpp"
#include "disk/recovery.hpp"
#include "format/group_tables.hpp"
#include "format/owed.hpp"
#include "format/record.hpp"
#include "format/request_reader.hpp"
#include "format/requests.hpp"
#include "format/runs.hpp"
#include "format/sink_sets.hpp"
#include "sqlite/sqlite.hpp"
#include "store/request_table.hpp"
#include "store/schema.hpp"
#include "store/upgrade.hpp"
#include "store/words.hpp"
#include "support/error_text.hpp"
#include "support/file_descriptor.hpp"

namespace chathook::inspection {
namespace {

using namespace store;  // this room reads what that one wrote

namespace fs = std::filesystem;

// Keeps a daemon from starting meanwhile, and detects a running one even if its lock file was removed. A
// journal without a lock file was never opened by a daemon.
class SharedLock {
public:
    explicit SharedLock(const fs::path& directory) {
        take(directory, O_DIRECTORY, directory);
        take(directory / "lock", 0, directory);
        take(directory / "journal.sqlite", 0, directory);
    }

private:
    void take(const fs::path& file, int flags, const fs::path& directory) {
        Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | flags));
        if (!descriptor && errno == ENOENT) return;
        if (!descriptor) {
            throw OpenError(ExitCode::io_error, "cannot open " + file.string() + ": " + error_text(errno));
        }
        // Must come before SQLite opens anything: see support/file_descriptor.hpp.
        const bool is_database = file.extension() == ".sqlite";
        if (is_database && !disk::has_separate_locks(descriptor.get())) return;
        if (!disk::lock_file(descriptor.get(), LOCK_SH, file)) {
            throw OpenError(ExitCode::already_running, "the journal in " + directory.string() +
                                                           " is in use by a chathookd; stop it first");
        }
        held_.push_back(std::move(descriptor));
    }

    std::vector<Descriptor> held_;
};

class PrivateCopy {
public:
    PrivateCopy(const fs::path& database, bool with_log) {
        std::string name = (fs::temp_directory_path() / "chathook-verify-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw OpenError(ExitCode::io_error, "cannot create " + name + ": " + error_text(errno));
        }
        directory_ = name;
        try {
            fs::copy_file(database, file());
            if (with_log) fs::copy_file(disk::log_of(database), disk::log_of(file()));
        } catch (const fs::filesystem_error& error) {
            remove();
            throw OpenError(ExitCode::io_error, std::string("cannot copy the journal to look into it: ") +
                                                    error.what() + "; set TMPDIR to where there is room");
        }
    }
    ~PrivateCopy() { remove(); }
    PrivateCopy(const PrivateCopy&) = delete;
    PrivateCopy& operator=(const PrivateCopy&) = delete;

    fs::path file() const { return directory_ / "journal.sqlite"; }

private:
    void remove() noexcept {
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }
    fs::path directory_;
};

void check_integrity(Database& database, Inspection& found) {
    Statement check(database, "PRAGMA integrity_check(20)");
    for (Rows rows = check.run(); rows.next();) {
        if (rows.bytes(0) != "ok") found.integrity.emplace_back(rows.bytes(0));
    }
}

SinkSets read_sets(Database& database, Inspection& found) {
    SinkSets sets;
    for (const std::uint32_t number : sets.load(database.handle())) {
        found.integrity.push_back("which sinks set " + std::to_string(number) +
                                  " has is not as it was written");
    }
    return sets;
}

// Retention deletes lines in order, a group at a time, and keeps groups with an event that is still kept. So
// sequences missing behind a group without an event were not removed by it, unless a time of receipt was once
// in the future.
void read_ledger(Database& database, const SinkSets& sets, Inspection& found) {
    Statement ledger(database,
                     "SELECT l.seq, l.received, e.seq IS NOT NULL, l.routed, l.key, l.first, l.masked "
                     "FROM ledger l LEFT JOIN events e ON e.seq = l.seq ORDER BY l.seq");
    std::uint64_t before = 0;
    std::uint64_t group_before = 0;
    std::int64_t received_before = 0;
    bool event_before = true;  // whatever came before the first line was removed
    for (Rows rows = ledger.run(); rows.next();) {
        const std::uint64_t sequence = rows.number(0);
        const Instant received{std::chrono::microseconds(rows.integer(1))};
        const Routes routes{rows.number(3), rows.integer(6) != 0};
        if (!is_whole({sequence, received, routes, {}}, rows.bytes(4)) || !sets.knows(routes))
            found.bad_checksums.add(sequence);
        const bool forgettable = event_before || received_before > rows.integer(1);
        if (forgettable) {
            found.forgotten += sequence - before - 1;
        } else {
            for (std::uint64_t gone = before + 1; gone < sequence; ++gone) found.gaps.add(gone);
        }
        if (found.lines++ == 0) found.oldest = sequence;
        found.newest = before = sequence;
        if (std::exchange(group_before, rows.number(5)) != group_before) event_before = false;
        received_before = rows.integer(1);
        event_before = event_before || rows.integer(2) != 0;
    }
}

// Which sinks received which events, according to the journal.
class Deliveries {
public:
    Deliveries(Database& database, const SinkSets& sets, const std::vector<Inspection::Sink>& sinks)
        : sets_(sets), sinks_(sinks) {
        Statement owed(database, "SELECT sink, seq, state, flags FROM owed");
        for (Rows rows = owed.run(); rows.next();) {
            const Standing at{true, true, static_cast<OwedState>(rows.number(2)),
                              static_cast<unsigned>(rows.number(3))};
            if (!has_got(at)) not_delivered_.emplace(rows.number(0), rows.number(1));
        }
    }

    SinkSet of(std::uint64_t sequence, Routes routes) const {
        SinkSet delivered;
        for (const Inspection::Sink& sink : sinks_) {
            if (!sets_.contains(routes, sink.number) || !sink.settled.contains(sequence)) continue;
            if (!not_delivered_.contains({sink.number, sequence})) delivered.insert(sink.number);
        }
        return delivered;
    }

private:
    using Place = std::pair<std::uint64_t, std::uint64_t>;  // sink, sequence

    const SinkSets& sets_;
    const std::vector<Inspection::Sink>& sinks_;
    std::set<Place> not_delivered_;
};

void read_events(Database& database, const SinkSets& sets, Inspection& found, const Visitor& visit) {
    const auto deliveries =
        visit ? std::make_optional<Deliveries>(database, sets, found.sinks) : std::nullopt;
    Statement events(database,
                     "SELECT " + std::string(record_columns) +
                         ", e.seq FROM events e LEFT JOIN ledger l ON l.seq = e.seq ORDER BY e.seq");
    constexpr int column_event_sequence = column_raw + 1;
    for (Rows rows = events.run(); rows.next(); ++found.events) {
        const std::uint64_t sequence = rows.number(column_sequence);
        if (sequence == 0) {
            found.without_line.add(rows.number(column_event_sequence));
            continue;
        }
        const auto event = read_record(rows);
        if (!event) {
            found.bad_checksums.add(sequence);
        } else if (visit) {
            const Routes routes{rows.number(column_routed), rows.integer(column_masked) != 0};
            visit({sequence, deliveries->of(sequence, routes), *event, found.sinks});
        }
    }
}

// Each dead letter and each event that is due again needs its record.
void read_owed(Database& database, Inspection& found) {
    Statement all(database,
                  "SELECT o.sink, o.seq, e.seq IS NOT NULL, o.state FROM owed o LEFT JOIN events e ON "
                  "e.seq = o.seq WHERE o.state IN (2, 3) ORDER BY o.seq");
    for (Rows rows = all.run(); rows.next();) {
        if (rows.integer(2) == 0) found.missing.add(rows.number(1));
        if (rows.number(0) >= found.sinks.size()) continue;
        Inspection::Sink& sink = found.sinks[rows.number(0)];
        ++(static_cast<OwedState>(rows.number(3)) == OwedState::dead ? sink.dead : sink.again);
    }
}

// Each run of settled events has its own checksum.
void read_runs(Database& database, Inspection& found) {
    Statement runs(database, "SELECT sink, first, last, checksum FROM passed ORDER BY sink, first");
    std::set<std::uint64_t> damaged;
    for (Rows rows = runs.run(); rows.next();) {
        const std::uint64_t number = rows.number(0);
        if (number >= found.sinks.size()) {
            found.integrity.emplace_back("the progress of a sink that is not known");
            continue;
        }
        Inspection::Sink& sink = found.sinks[number];
        const std::uint64_t first = rows.number(1), last = rows.number(2);
        sink.settled.load(first, last);
        const bool whole = rows.number(3) == run_checksum(sink.number, sink.name, first, last);
        if (!whole && damaged.insert(number).second)
            found.integrity.push_back("how far sink " + sink.name +
                                      " has settled events is not as it was written");
    }
}

void read_sinks(Database& database, const SinkSets& sets, Inspection& found) {
    Statement sinks(database, "SELECT number, name FROM sinks ORDER BY number");
    for (Rows rows = sinks.run(); rows.next();) {
        Inspection::Sink& sink = found.sinks.emplace_back();
        sink.number = static_cast<unsigned>(rows.number(0));
        sink.name = rows.bytes(1);
    }
    read_runs(database, found);
    Statement lines(
        database,
        "SELECT l.seq, e.seq IS NOT NULL, l.routed, l.masked FROM ledger l LEFT JOIN events e ON e.seq = "
        "l.seq ORDER BY l.seq");
    for (Rows rows = lines.run(); rows.next();) {
        for (Inspection::Sink& sink : found.sinks) {
            const Routes routes{rows.number(2), rows.integer(3) != 0};
            if (!sets.contains(routes, sink.number) || sink.settled.contains(rows.number(0))) continue;
            ++sink.waiting;
            if (rows.integer(1) == 0) found.missing.add(rows.number(0));
        }
    }
}

// Whether an erasure of an event would find the request, in which it stands as a repeated one.
bool names_its_repeats(Statement& repeats, const format::RequestHead& head) {
    std::set<std::uint64_t> named, repeated;
    for (Rows rows = repeats.run(head.first); rows.next();) named.insert(rows.number(0));
    for (const format::RequestPart& part : head.parts) {
        if (part.is(format::RequestPart::repeated)) repeated.insert(part.sequence);
    }
    return named == repeated;
}

// Lines may be gone, a group at a time; of a request that is stored one event is stored, too.
void read_requests(Database& database, Inspection& found) {
    if (!format::has_requests(database)) return;
    Statement all(database,
                  "SELECT r.first, r.last, r.data, EXISTS(SELECT 1 FROM events e WHERE e.seq >= r.first AND "
                  "e.seq <= r.last) FROM requests r ORDER BY r.first");
    Statement repeats(database, "SELECT seq FROM repeats WHERE first = ?1");
    std::uint64_t before = 0;
    for (Rows rows = all.run(); rows.next(); ++found.requests) {
        const std::uint64_t first = rows.number(0), last = rows.number(1);
        const auto row = format::read_request(first, last, rows.bytes(2));
        const bool fits = first > before && last <= found.newest && rows.integer(3) != 0;
        if (!row || !fits || !names_its_repeats(repeats, row->head)) found.bad_requests.add(first);
        before = last;
    }
    if (found.requests > 0 && database.value_of("SELECT count(*) FROM needs WHERE feature = '" +
                                                std::string(requests_feature) + "'") == "0")
        found.integrity.emplace_back("it has requests of several events, which its table needs does not say");
    if (database.value_of("SELECT count(*) FROM repeats WHERE first NOT IN (SELECT first FROM requests)") !=
        "0")
        found.integrity.emplace_back("repeated events of a request that is not stored");
}

void require_journal(Database& database, const fs::path& file) {
    if (database.value_of("PRAGMA application_id") != std::to_string(application_id)) {
        throw OpenError(ExitCode::io_error, file.string() + " is no journal");
    }
    require_format(database, file);
}

bool says_damage(const SqliteError& error) noexcept {
    const int primary = error.code() & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

void read_all(const fs::path& file, const std::string& opened, Inspection& found, const Visitor& visit) {
    try {
        Database database(opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reader_busy_timeout);
        database.execute("PRAGMA mmap_size=0");
        format::know_group_tables(database);
        require_journal(database, file);
        check_integrity(database, found);
        const SinkSets sets = read_sets(database, found);
        read_ledger(database, sets, found);
        read_sinks(database, sets, found);
        read_events(database, sets, found, visit);
        read_owed(database, found);
        read_requests(database, found);
        found.rejections = std::stoull(database.value_of("SELECT count(*) FROM rejections"));
    } catch (const SqliteError& error) {
        if (!says_damage(error)) {
            throw OpenError(ExitCode::io_error, "cannot read " + file.string() + ": " + error.what());
        }
        found.integrity.emplace_back(error.what());
    }
}

// Whether it is a journal that a daemon would upgrade. What cannot be read is told by those who read it next.
bool is_of_former_format(const fs::path& file) {
    try {
        Database database(unchanging_uri(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reader_busy_timeout);
        return database.value_of("PRAGMA user_version") == std::to_string(former_schema_version);
    } catch (const SqliteError&) {
        return false;
    }
}

// A journal of the format before is read as the next start will find it.
void upgrade_copy(const fs::path& copy, Inspection& found) {
    try {
        Database database(copy, SQLITE_OPEN_READWRITE, writer_busy_timeout);
        if (database.value_of("PRAGMA user_version") != std::to_string(former_schema_version)) return;
        format::know_group_tables(database);
        upgrade(database);
    } catch (const SqliteError& error) {
        if (!says_damage(error)) {
            throw OpenError(ExitCode::io_error,
                            "cannot read a copy of the journal: " + std::string(error.what()));
        }
        found.integrity.emplace_back(error.what());
    }
}

}  // namespace

void Inspection::Findings::add(std::uint64_t sequence) {
    ++count;
    if (first.size() < sequences_max) first.push_back(sequence);
}

bool Inspection::damaged() const {
    return log.verdict == disk::WalReport::Verdict::damaged || log_missing || !integrity.empty() ||
           gaps.count > 0 || missing.count > 0 || bad_checksums.count > 0 || without_line.count > 0 ||
           bad_requests.count > 0;
}

Inspection inspect(const fs::path& directory, const Visitor& visit) {
    const fs::path file = directory / "journal.sqlite";
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        throw OpenError(ExitCode::io_error, "there is no journal in " + directory.string() + ": no " +
                                                file.filename().string() +
                                                (error ? " (" + error.message() + ")" : ""));
    }
    const SharedLock lock(directory);
    Inspection found;
    found.log = disk::scan_log(file);
    found.log_missing = disk::missing_log(file, disk::log_state_of(directory));
    const auto log_bytes = fs::file_size(disk::log_of(file), error);
    const bool has_log = !error && log_bytes > 0;
    if (!has_log && !is_of_former_format(file)) {
        read_all(file, unchanging_uri(file), found, visit);
        return found;
    }
    const PrivateCopy copy(file, has_log);
    upgrade_copy(copy.file(), found);
    read_all(file, copy.file(), found, visit);
    return found;
}

}  // namespace chathook::inspection
