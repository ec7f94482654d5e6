#include <array>
#include <catch2/catch.hpp>
#include <chathook/request.hpp>

using chathook::Field;
using chathook::header;

namespace {

constexpr std::array<Field, 4> fields{
    {{"Host", "example.com"}, {"X-Signature", "first"}, {"x-signature", "second"}, {"X-Empty", ""}}};

}  // namespace

TEST_CASE("a field is found regardless of the case of its name") {
    CHECK(header(fields, "host").value == "example.com");
    CHECK(header(fields, "HOST").value == "example.com");
    CHECK(header(fields, "Host").count == 1);
}

TEST_CASE("a repeated field is counted, and its first value is returned") {
    CHECK(header(fields, "x-signature").count == 2);
    CHECK(header(fields, "x-signature").value == "first");
}

TEST_CASE("a missing field differs from an empty one") {
    CHECK(header(fields, "x-empty").count == 1);
    CHECK(header(fields, "x-empty").value.empty());
    CHECK(header(fields, "x-missing").count == 0);
    CHECK(header({}, "host").count == 0);
}

TEST_CASE("a part of a name does not match") {
    CHECK(header(fields, "hos").count == 0);
    CHECK(header(fields, "hostt").count == 0);
    CHECK(header(fields, "").count == 0);
}

TEST_CASE("only letters are compared case-insensitively") {
    const std::array<Field, 1> odd{{{"x[name", "value"}}};
    CHECK(header(odd, "X[NAME").count == 1);
    CHECK(header(odd, "x{name").count == 0);  // '[' and '{' differ by the bit that tells 'A' from 'a'
}
