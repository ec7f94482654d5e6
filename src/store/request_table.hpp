// The tables `requests`, of requests in which several events came, and `repeats`, in which of them an event
// stands that was stored before. Changes are part of the caller's transaction, which has everything else in
// the tables by then. Writer thread only; throws SqliteError.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "format/requests.hpp"
#include "journal/parcel.hpp"
#include "sqlite/sqlite.hpp"
#include "store/words.hpp"

namespace chathook::store {

// Both tables. They came within format 4: a journal has them from the first time on that it is opened for
// writing by a program that knows them.
inline constexpr const char* request_tables = R"sql(
CREATE TABLE IF NOT EXISTS requests(
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS repeats(first INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(first, seq))
    STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS repeats_by_sequence ON repeats(seq);
)sql";

// What a journal with a row in `requests` has in its table `needs`: a program that does not know it would
// erase events and leave the envelopes in which they came.
inline constexpr std::string_view requests_feature = "requests";

class RequestTable {
public:
    explicit RequestTable(Database& database);

    // Stores what is left of the request, unless all its events are duplicates. `appended`: what became of
    // each part.
    void append(const journal::Parcel& parcel, std::span<const Appended> appended);

    // After the records of these sequences, which rise, were deleted: deletes the requests of which no event
    // is left.
    void forget(std::span<const std::uint64_t> sequences);

    // The same where the events were erased, after forget(): whatever is left of a request in which one of
    // them came loses its envelope. A row that is not as it was written is deleted, because it is unknown
    // which events came in it.
    void erase(std::span<const std::uint64_t> sequences);

private:
    bool has_same_bytes(const journal::Parcel& parcel, std::span<const Appended> appended, std::size_t part);
    void write(const format::RequestHead& head, std::string_view envelope, bool is_new);
    void remove(std::uint64_t first);
    std::optional<format::RequestHead> head_of(std::uint64_t first);
    void clear_envelope(std::uint64_t first);
    void erase_in(std::uint64_t first, std::span<const std::uint64_t> sequences);

    Database& database_;
    Statement insert_, insert_need_, insert_repeat_, touched_, has_events_, original_, at_or_before_, one_,
        requests_with_, delete_, delete_repeats_;
};

}  // namespace chathook::store
