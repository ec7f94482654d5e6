// Reads a request in which several events came, and puts its body together again. A reader's thread; throws
// SqliteError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "format/words.hpp"
#include "journal/parcel.hpp"
#include "sqlite/sqlite.hpp"

namespace chathook::format {

// Whether the journal has the tables of such requests; those of earlier programs have not.
bool has_requests(Database& database);

class RequestReader {
public:
    explicit RequestReader(Database& database) : database_(database) {}

    // See journal::Reader. Nothing in a journal without these tables, too.
    std::optional<journal::StoredRequest> request_of(std::uint64_t sequence);

private:
    bool append_part(std::string& body, std::uint64_t sequence);

    Database& database_;
    std::optional<sqlite::Statement> at_or_before_, record_;  // once the tables were found
};

}  // namespace chathook::format
