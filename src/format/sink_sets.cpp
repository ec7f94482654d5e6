#include "format/sink_sets.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "disk/checksum.hpp"
#include "format/raw_row.hpp"

namespace chathook::format {
namespace {

constexpr std::size_t number_bytes = 4;

// A number that is so far beyond all others comes from a damaged page, and would take memory for all below
// it.
constexpr std::size_t gap_max = 1 << 16;

SinkSet sinks_in(std::string_view bytes) {
    SinkSet sinks;
    for (std::size_t at = 0; at + number_bytes <= bytes.size(); at += number_bytes) {
        SinkNumber sink = 0;
        for (std::size_t byte = number_bytes; byte > 0; --byte)
            sink = (sink << 8) | static_cast<unsigned char>(bytes[at + byte - 1]);
        if (sink < gap_max) sinks.insert(sink);
    }
    return sinks;
}

void check(sqlite3* database, int result) {
    if (result != SQLITE_OK) throw SqliteError(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

// SQLite calls it, so it must not throw: if there is no memory, the program ends.
void routed_to(sqlite3_context* context, int, sqlite3_value** values) noexcept {
    auto& sets = *static_cast<SinkSets*>(sqlite3_user_data(context));
    const Routes routes{static_cast<std::uint64_t>(sqlite3_value_int64(values[0])),
                        sqlite3_value_int(values[1]) != 0};
    if (!sets.knows(routes)) {
        try {
            sets.load(sqlite3_context_db_handle(context));
        } catch (const SqliteError& error) {
            return sqlite3_result_error_code(context, error.code());
        }
    }
    const auto sink = static_cast<SinkNumber>(sqlite3_value_int64(values[2]));
    sqlite3_result_int(context, sets.contains(routes, sink) ? 1 : 0);
}

}  // namespace

std::vector<std::uint32_t> SinkSets::load(sqlite3* database) {
    sqlite3_stmt* prepared = nullptr;
    check(database,
          sqlite3_prepare_v2(database,
                             "SELECT number, sinks, checksum FROM sets WHERE number >= ?1 ORDER BY number",
                             -1, &prepared, nullptr));
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> rows(prepared, &sqlite3_finalize);
    sqlite3_bind_int64(rows.get(), 1, static_cast<sqlite3_int64>(sets_.size()));
    std::vector<std::uint32_t> damaged;
    int result = SQLITE_ROW;
    while ((result = sqlite3_step(rows.get())) == SQLITE_ROW) {
        const std::uint64_t number = number_in(rows.get(), 0);
        const SinkSet sinks = sinks_in(blob_in(rows.get(), 1));
        const std::uint64_t checksum = number_in(rows.get(), 2);
        const auto named = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
        if (number > sets_.size() + gap_max) {
            damaged.push_back(named);
            continue;
        }
        if (number > 0) {
            const auto missing = reserve(static_cast<std::uint32_t>(number - 1));
            damaged.insert(damaged.end(), missing.begin(), missing.end());
        }
        if (checksum != set_checksum(named, sinks)) damaged.push_back(named);
        add(sinks);
    }
    if (result != SQLITE_DONE) check(database, result);
    return damaged;
}

void SinkSets::add(const SinkSet& sinks) {
    numbers_.emplace(sinks, static_cast<std::uint32_t>(sets_.size()));
    Known& known = sets_.emplace_back();
    known.sinks = sinks;
    for (const SinkNumber sink : sinks) {
        known.members.resize(sink + 1);
        known.members[sink] = true;
    }
}

std::vector<std::uint32_t> SinkSets::reserve(std::uint32_t number) {
    std::vector<std::uint32_t> missing;
    if (number > sets_.size() + gap_max) return missing;
    while (sets_.size() <= number) {
        missing.push_back(static_cast<std::uint32_t>(sets_.size()));
        sets_.emplace_back();
    }
    return missing;
}

void SinkSets::shrink(std::size_t size) {
    for (std::size_t number = size; number < sets_.size(); ++number) {
        const auto known = numbers_.find(sets_[number].sinks);
        if (known != numbers_.end() && known->second == number) numbers_.erase(known);
    }
    sets_.resize(size);
}

std::string set_bytes(const SinkSet& sinks) {
    std::string bytes;
    for (const SinkNumber sink : sinks) {
        for (std::size_t byte = 0; byte < number_bytes; ++byte)
            bytes += static_cast<char>((sink >> (8 * byte)) & 0xff);
    }
    return bytes;
}

std::uint32_t set_checksum(std::uint32_t number, const SinkSet& sinks) {
    disk::Checksum sum;
    sum.add(std::uint64_t{number});
    sum.add(std::uint64_t{sinks.size()});
    for (const SinkNumber sink : sinks) sum.add(std::uint64_t{sink});
    return sum.value();
}

void know_sink_sets(Database& database) {
    auto sets = std::make_unique<SinkSets>();
    const auto destroy = [](void* own) { delete static_cast<SinkSets*>(own); };
    // Destroys the sets itself, also when it fails.
    database.check(sqlite3_create_function_v2(database.handle(), "routed_to", 3,
                                              SQLITE_UTF8 | SQLITE_INNOCUOUS, sets.release(), &routed_to,
                                              nullptr, nullptr, destroy));
}

}  // namespace chathook::format
