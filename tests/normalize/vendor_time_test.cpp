#include "normalize/vendor_time.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "ecma/document.hpp"
#include "support/clock.hpp"

namespace chathook::normalize {
namespace {

std::string read(std::string_view text) {
    const auto instant = parse_vendor_time(text);
    return instant ? to_rfc3339(*instant) : "nothing";
}

std::string read_json(const std::string& json) {
    const auto document = JsonDocument::parse(json);
    const auto instant = vendor_time(document->root());
    return instant ? to_rfc3339(*instant) : "nothing";
}

TEST_CASE("a time is read as RFC 3339 with any number of fractional digits") {
    CHECK(read("2024-05-21T10:30:00Z") == "2024-05-21T10:30:00.000000Z");
    CHECK(read("2023-11-23T07:48:59.400Z") == "2023-11-23T07:48:59.400000Z");
    CHECK(read("2023-11-23T18:36:21.512302Z") == "2023-11-23T18:36:21.512302Z");
    CHECK(read("2023-11-23T18:36:21.512302999Z") == "2023-11-23T18:36:21.512302Z");
    CHECK(read("2023-11-23T18:36:21+02:00") == "2023-11-23T16:36:21.000000Z");
}

TEST_CASE("digits are seconds, or milliseconds from 100000000000 up") {
    CHECK(read("1492774577") == "2017-04-21T11:36:17.000000Z");
    CHECK(read("1492774577123") == "2017-04-21T11:36:17.123000Z");
    CHECK(read("99999999999") == "5138-11-16T09:46:39.000000Z");
    CHECK(read("100000000000") == "1973-03-03T09:46:40.000000Z");
    CHECK(read_json("1492774577") == "2017-04-21T11:36:17.000000Z");
    CHECK(read_json("\"1492774577123\"") == "2017-04-21T11:36:17.123000Z");
}

TEST_CASE("anything else is rejected as a time") {
    for (const auto* text : {"", "now", "-5", "1.5e9", "1492774577.5", " 1492774577", "2023-02-30T00:00:00Z",
                             "9999999999999999", "99999999999999999999999999"}) {
        CAPTURE(text);
        CHECK(read(text) == "nothing");
    }
    for (const auto* json : {"null", "true", "[]", "{}", "\"\"", "1e9"}) {
        CAPTURE(json);
        CHECK(read_json(json) == "nothing");
    }
    CHECK_FALSE(vendor_time(Json()));
}

}  // namespace
}  // namespace chathook::normalize
