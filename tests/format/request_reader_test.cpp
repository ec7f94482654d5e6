#include "format/request_reader.hpp"

#include <catch2/catch.hpp>

#include "journal/fixture.hpp"
#include "store/schema.hpp"

using namespace chathook;
using namespace chathook::format;
using namespace chathook::journal;
using namespace chathook::journal::test;

namespace {

struct StoredParcel : Place {
    StoredParcel() { REQUIRE(append_parcel(*open(), parcel)); }
    void change(const std::string& sql) { Database(file(), SQLITE_OPEN_READWRITE, {}).execute(sql); }
    std::optional<StoredRequest> request_of(std::uint64_t sequence) {
        Database database = store::open_for_reading(file());
        return RequestReader(database).request_of(sequence);
    }
    Parcel parcel = parcel_of({"a", "b", "c"});
};

}  // namespace

TEST_CASE("the body of a request is put together from its envelope and its events") {
    StoredParcel on;
    CHECK(on.request_of(2).value().body == "[\"a\",\"b\",\"c\"]" + std::string());
    CHECK(on.request_of(2).value().body == body_of(on.parcel));
}

TEST_CASE("an event whose record is damaged or gone is missing from its request") {
    StoredParcel on;
    SECTION("damaged") {
        on.change("UPDATE records SET data = CAST(replace(data, '\"b\"', '\"x\"') AS BLOB)");
        CHECK(on.request_of(3).value().missing == std::vector<std::size_t>{1});
    }
    SECTION("gone") {
        on.change("DELETE FROM records");
        CHECK(on.request_of(3).value().missing == std::vector<std::size_t>{0, 1, 2});
    }
    CHECK(on.request_of(3).value().body.empty());
    CHECK(on.request_of(3).value().index == 2);
}

TEST_CASE("a journal without the tables of such requests has none") {
    StoredParcel on;
    on.change("DROP TABLE requests; DROP TABLE repeats");
    CHECK_FALSE(on.request_of(2));
}
