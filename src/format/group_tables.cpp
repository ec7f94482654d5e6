#include "format/group_tables.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/groups.hpp"
#include "format/raw_row.hpp"
#include "format/sink_sets.hpp"

// See sqlite.org/vtab.html. Functions that SQLite calls must not throw: if there is no memory, the program
// ends.
namespace chathook::format {
namespace {

static_assert(line_bytes == 36, "stands in a statement below");

enum class Which : int { up_to, after, before };

// Reads groups of one table. The bytes of a group are valid until the next one is read or the read is ended.
class Fetcher {
public:
    Fetcher(sqlite3* database, const char* columns) : database_(database), columns_(columns) {}
    ~Fetcher() {
        for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    }
    Fetcher(const Fetcher&) = delete;
    Fetcher& operator=(const Fetcher&) = delete;

    // SQLITE_ROW: row() returns the group. SQLITE_DONE: there is none. Otherwise an error code.
    int fetch(Which which, std::uint64_t sequence) {
        let_go();
        sqlite3_stmt*& statement = statements_[static_cast<std::size_t>(which)];
        if (statement == nullptr) {
            static constexpr std::array conditions{" WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
                                                   " WHERE first > ?1 ORDER BY first LIMIT 1",
                                                   " WHERE first < ?1 ORDER BY first DESC LIMIT 1"};
            const std::string sql =
                std::string("SELECT ") + columns_ + conditions[static_cast<std::size_t>(which)];
            const int prepared = sqlite3_prepare_v3(database_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                                                    &statement, nullptr);
            if (prepared != SQLITE_OK) return prepared;
        }
        current_ = statement;
        sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(sequence));
        return sqlite3_step(statement);
    }

    sqlite3_stmt* row() const noexcept { return current_; }

    // Ends the read, after which row() is no longer valid.
    void let_go() noexcept {
        if (current_ != nullptr) sqlite3_reset(std::exchange(current_, nullptr));
    }

private:
    sqlite3* database_;
    const char* columns_;
    std::array<sqlite3_stmt*, 3> statements_{};
    sqlite3_stmt* current_ = nullptr;
};

void answer(sqlite3_context* context, std::uint64_t number) {
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(number));
}
// Does not copy: a group's bytes are valid until the cursor moves, which is as long as SQLite needs them.
void answer_text(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void answer_blob(sqlite3_context* context, std::string_view bytes) {
    sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_STATIC);
}

struct Ledger {
    using Group = LineGroup;
    static constexpr const char* name = "ledger";
    static constexpr const char* schema =
        "CREATE TABLE x(seq INTEGER, received INTEGER, routed INTEGER, key BLOB, first INTEGER HIDDEN, "
        "masked INTEGER HIDDEN)";
    static constexpr const char* columns = "first, data FROM lines";

    static Group group(sqlite3_stmt* row) { return {number_in(row, 0), blob_in(row, 1)}; }
    static std::uint64_t last(const Group& group) { return group.size() == 0 ? group.first() : group.last(); }
    static std::size_t place_of(const Group& group, std::uint64_t sequence) {
        const std::uint64_t first = group.first();
        return sequence <= first
                   ? 0
                   : static_cast<std::size_t>(std::min<std::uint64_t>(sequence - first, group.size()));
    }
    static void column(sqlite3_context* context, const Group& group, std::size_t at, int column) {
        const StoredLine stored = group.line(at);
        switch (column) {
            case 1: return sqlite3_result_int64(context, stored.line.received.time_since_epoch().count());
            case 2: return answer(context, stored.line.routes.word);
            case 3: return answer_blob(context, group.sealed(at));
            case 4: return answer(context, group.first());
            default: return answer(context, stored.line.routes.masked ? 1 : 0);
        }
    }
};

struct Events {
    using Group = RecordGroup;
    static constexpr const char* name = "events";
    static constexpr const char* schema =
        "CREATE TABLE x(seq INTEGER, checksum INTEGER, original_at INTEGER, original_size INTEGER, "
        "source TEXT, vendor TEXT, type TEXT, vendor_type TEXT, id TEXT, json TEXT, raw BLOB)";
    static constexpr const char* columns =
        "first, data, (SELECT length(l.data) / 36 FROM lines l WHERE l.first = records.first) FROM records";

    static Group group(sqlite3_stmt* row) { return {number_in(row, 0), number_in(row, 2), blob_in(row, 1)}; }
    static std::uint64_t last(const Group& group) { return group.last(); }
    static std::size_t place_of(const Group& group, std::uint64_t sequence) {
        return group.place_of(sequence);
    }
    static void column(sqlite3_context* context, const Group& group, std::size_t at, int column) {
        const auto record = group.record(at);
        if (!record) return;  // NULL
        switch (column) {
            case 1: return answer(context, record->checksum);
            case 2: return answer(context, record->original_at);
            case 3: return answer(context, record->original_size);
            case 4: return answer_text(context, record->source);
            case 5: return answer_text(context, record->vendor);
            case 6: return answer_text(context, record->type);
            case 7: return answer_text(context, record->vendor_type);
            case 8: return answer_text(context, record->id);
            case 9: return answer_text(context, record->json);
            default:
                if (!record->raw.empty()) answer_blob(context, record->raw);
        }
    }
};

// Bits for the limits that a scan has; the arguments are in this order.
enum Plan : int { exactly = 1, above = 2, from = 4, below = 8, up_to = 16, descending = 32 };

template <class Of>
class Table : public sqlite3_vtab {
public:
    explicit Table(sqlite3* database) : sqlite3_vtab{}, database_(database) {}

    std::unique_ptr<Fetcher> fetcher() {
        if (idle_.empty()) return std::make_unique<Fetcher>(database_, Of::columns);
        auto fetcher = std::move(idle_.back());
        idle_.pop_back();
        return fetcher;
    }
    void give_back(std::unique_ptr<Fetcher> fetcher) {
        fetcher->let_go();
        idle_.push_back(std::move(fetcher));
    }

private:
    sqlite3* database_;
    std::vector<std::unique_ptr<Fetcher>> idle_;  // prepared statements of cursors that are closed
};

template <class Of>
class Cursor : public sqlite3_vtab_cursor {
public:
    explicit Cursor(Table<Of>& table) : sqlite3_vtab_cursor{}, table_(table), fetcher_(table.fetcher()) {}
    ~Cursor() { table_.give_back(std::move(fetcher_)); }
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    int filter(int plan, int count, sqlite3_value** values) {
        lowest_ = 0;
        highest_ = INT64_MAX;
        descending_ = (plan & descending) != 0;
        at_end_ = false;
        for (int at = 0; at < count; ++at) {
            if (sqlite3_value_type(values[at]) == SQLITE_NULL) at_end_ = true;
        }
        int next = 0;
        const auto value = [&] { return sqlite3_value_int64(values[next++]); };
        if ((plan & exactly) != 0) lowest_ = highest_ = value();
        if ((plan & above) != 0) {
            const std::int64_t limit = value();
            at_end_ = at_end_ || limit == INT64_MAX;
            lowest_ = at_end_ ? limit : limit + 1;
        }
        if ((plan & from) != 0) lowest_ = value();
        if ((plan & below) != 0) highest_ = std::max<std::int64_t>(value(), 0) - 1;
        if ((plan & up_to) != 0) highest_ = value();
        lowest_ = std::max<std::int64_t>(lowest_, 0);
        if (lowest_ > highest_) at_end_ = true;
        if (at_end_) return SQLITE_OK;
        const auto start = static_cast<std::uint64_t>(descending_ ? highest_ : lowest_);
        // If events are read one by one, the group is usually the current one.
        if (!holds(start)) {
            if (const int result = read(Which::up_to, start); result != SQLITE_OK) return result;
        }
        if (!group_ && descending_) return SQLITE_OK;
        if (!group_) {
            if (const int result = read(Which::after, start); result != SQLITE_OK || at_end_) return result;
        }
        at_end_ = false;
        place_ = Of::place_of(*group_, start);
        if (!descending_) return settle();
        // place_ is the first one that is not below `start`; the wanted one is that or the one before.
        const bool is_it = place_ < group_->size() && group_->sequence(place_) == start;
        return is_it ? check() : step_down();
    }

    int next() {
        if (descending_) return step_down();
        ++place_;
        return settle();
    }

    bool at_end() const noexcept { return at_end_; }
    std::uint64_t sequence() const noexcept { return group_->sequence(place_); }
    void column(sqlite3_context* context, int column) const {
        if (column == 0) return answer(context, sequence());
        Of::column(context, *group_, place_, column);
    }

private:
    bool holds(std::uint64_t sequence) const noexcept {
        return group_ && group_->first() <= sequence && sequence <= Of::last(*group_);
    }

    // Reads a group; afterwards group_ is empty if there is none. A group in a wrong place comes from a
    // damaged page, and is an error because a scan could find it again and again.
    int read(Which which, std::uint64_t sequence) {
        group_.reset();
        const int result = fetcher_->fetch(which, sequence);
        at_end_ = result != SQLITE_ROW;
        if (result != SQLITE_ROW) return result == SQLITE_DONE ? SQLITE_OK : result;
        group_.emplace(Of::group(fetcher_->row()));
        const std::uint64_t first = group_->first();
        const bool fits = which == Which::up_to
                              ? first <= sequence
                              : (which == Which::after) == (first > sequence) && first != sequence;
        if (fits) return SQLITE_OK;
        at_end_ = true;
        return SQLITE_CORRUPT_VTAB;
    }

    // Moves place_ up to the next record that exists.
    int settle() {
        while (place_ >= group_->size()) {
            if (Of::last(*group_) >= static_cast<std::uint64_t>(highest_)) {
                at_end_ = true;
                return SQLITE_OK;
            }
            const std::uint64_t first = group_->first();
            if (const int result = read(Which::after, first); result != SQLITE_OK || at_end_) return result;
            place_ = 0;
        }
        return check();
    }

    int step_down() {
        while (place_ == 0) {
            const std::uint64_t first = group_->first();
            if (const int result = read(Which::before, first); result != SQLITE_OK || at_end_) return result;
            place_ = group_->size();
        }
        --place_;
        return check();
    }

    int check() {
        const auto sequence = static_cast<std::int64_t>(this->sequence());
        at_end_ = sequence < lowest_ || sequence > highest_;
        return SQLITE_OK;
    }

    Table<Of>& table_;
    std::unique_ptr<Fetcher> fetcher_;
    std::optional<typename Of::Group> group_;
    std::size_t place_ = 0;
    std::int64_t lowest_ = 0, highest_ = 0;
    bool descending_ = false;
    bool at_end_ = true;
};

template <class Of>
Cursor<Of>& cursor_of(sqlite3_vtab_cursor* cursor) noexcept {
    return *static_cast<Cursor<Of>*>(cursor);
}

template <class Of>
int connect(sqlite3* database, void*, int, const char* const*, sqlite3_vtab** table, char**) noexcept {
    const int result = sqlite3_declare_vtab(database, Of::schema);
    if (result == SQLITE_OK) *table = std::make_unique<Table<Of>>(database).release();
    return result;
}

template <class Of>
int disconnect(sqlite3_vtab* table) noexcept {
    const std::unique_ptr<Table<Of>> gone(static_cast<Table<Of>*>(table));
    return SQLITE_OK;
}

// Tells SQLite which limits of `seq` a scan uses, and in which order it returns rows.
int best_index(sqlite3_vtab*, sqlite3_index_info* info) noexcept {
    std::array<int, 3> used{-1, -1, -1};  // exactly; from below; from above
    int plan = 0;
    for (int at = 0; at < info->nConstraint; ++at) {
        const auto& constraint = info->aConstraint[at];
        if (constraint.usable == 0 || constraint.iColumn > 0) continue;
        const auto use = [&](std::size_t slot, int bit) {
            if (used[slot] >= 0) return;
            used[slot] = at;
            plan |= bit;
        };
        switch (constraint.op) {
            case SQLITE_INDEX_CONSTRAINT_EQ: use(0, exactly); break;
            case SQLITE_INDEX_CONSTRAINT_GT: use(1, above); break;
            case SQLITE_INDEX_CONSTRAINT_GE: use(1, from); break;
            case SQLITE_INDEX_CONSTRAINT_LT: use(2, below); break;
            case SQLITE_INDEX_CONSTRAINT_LE: use(2, up_to); break;
            default: break;
        }
    }
    if ((plan & exactly) != 0) {
        plan = exactly;
        used[1] = used[2] = -1;
        info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    }
    int argument = 0;
    for (const int at : used) {
        if (at < 0) continue;
        info->aConstraintUsage[at].argvIndex = ++argument;
        info->aConstraintUsage[at].omit = 1;
    }
    if (info->nOrderBy == 1 && info->aOrderBy[0].iColumn <= 0) {
        info->orderByConsumed = 1;
        if (info->aOrderBy[0].desc != 0) plan |= descending;
    }
    info->idxNum = plan;
    constexpr double whole_table = 1e6;
    info->estimatedCost = (plan & exactly) != 0 ? 10 : argument > 0 ? whole_table / 4 : whole_table;
    info->estimatedRows = (plan & exactly) != 0 ? 1 : static_cast<sqlite3_int64>(info->estimatedCost);
    return SQLITE_OK;
}

template <class Of>
int open_cursor(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) noexcept {
    *cursor = std::make_unique<Cursor<Of>>(*static_cast<Table<Of>*>(table)).release();
    return SQLITE_OK;
}

template <class Of>
int close_cursor(sqlite3_vtab_cursor* cursor) noexcept {
    const std::unique_ptr<Cursor<Of>> gone(&cursor_of<Of>(cursor));
    return SQLITE_OK;
}

template <class Of>
void know(Database& database) {
    static const sqlite3_module module = [] {
        sqlite3_module made{};
        made.xConnect = &connect<Of>;  // without xCreate: the table exists without being created
        made.xDisconnect = &disconnect<Of>;
        made.xBestIndex = &best_index;
        made.xOpen = &open_cursor<Of>;
        made.xClose = &close_cursor<Of>;
        made.xFilter = [](sqlite3_vtab_cursor* cursor, int plan, const char*, int count,
                          sqlite3_value** values) noexcept {
            return cursor_of<Of>(cursor).filter(plan, count, values);
        };
        made.xNext = [](sqlite3_vtab_cursor* cursor) noexcept { return cursor_of<Of>(cursor).next(); };
        made.xEof = [](sqlite3_vtab_cursor* cursor) noexcept {
            return cursor_of<Of>(cursor).at_end() ? 1 : 0;
        };
        made.xColumn = [](sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) noexcept {
            cursor_of<Of>(cursor).column(context, column);
            return SQLITE_OK;
        };
        made.xRowid = [](sqlite3_vtab_cursor* cursor, sqlite3_int64* rowid) noexcept {
            *rowid = static_cast<sqlite3_int64>(cursor_of<Of>(cursor).sequence());
            return SQLITE_OK;
        };
        return made;
    }();
    database.check(sqlite3_create_module_v2(database.handle(), Of::name, &module, nullptr, nullptr));
}

}  // namespace

void know_group_tables(Database& database) {
    know<Ledger>(database);
    know<Events>(database);
    know_sink_sets(database);
}

}  // namespace chathook::format
