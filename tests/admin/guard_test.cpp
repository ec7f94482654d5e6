#include "admin/guard.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace chathook {

namespace {

Request with(const std::vector<Field>& fields) {
    Request request;
    request.fields = fields;
    return request;
}

}  // namespace

TEST_CASE("only application/json counts as JSON, with or without parameters", "[admin]") {
    for (const char* type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                             "application/json ;x=y"}) {
        INFO(type);
        const std::vector<Field> fields{{"Content-Type", type}};
        CHECK(admin::says_json(with(fields)));
    }
    for (const char* type : {"", "text/plain", "text/plain;application/json", "application/jsonp",
                             "application/x-www-form-urlencoded"}) {
        INFO(type);
        const std::vector<Field> fields{{"Content-Type", type}};
        CHECK_FALSE(admin::says_json(with(fields)));
    }
    CHECK_FALSE(admin::says_json(with({})));
    const std::vector<Field> twice{{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}};
    CHECK_FALSE(admin::says_json(with(twice)));
}

TEST_CASE("a page of another site is recognised by its Origin", "[admin]") {
    const auto from = [](const char* origin, const char* host) {
        const std::vector<Field> fields{{"Host", host}, {"Origin", origin}};
        return admin::is_from_elsewhere(with(fields));
    };
    CHECK_FALSE(from("http://127.0.0.1:9464", "127.0.0.1:9464"));
    CHECK_FALSE(from("https://ops.example", "ops.example"));
    CHECK(from("http://127.0.0.1:8000", "127.0.0.1:9464"));
    CHECK(from("https://evil.example", "127.0.0.1:9464"));
    CHECK(from("null", "127.0.0.1:9464"));
    CHECK(from("", "127.0.0.1:9464"));
    const std::vector<Field> no_browser{{"Host", "127.0.0.1:9464"}};
    CHECK_FALSE(admin::is_from_elsewhere(with(no_browser)));
}

TEST_CASE("a page of another site is recognised by Sec-Fetch-Site", "[admin]") {
    const auto from = [](const char* site) {
        const std::vector<Field> fields{{"Host", "127.0.0.1:9464"}, {"Sec-Fetch-Site", site}};
        return admin::is_from_elsewhere(with(fields));
    };
    CHECK_FALSE(from("same-origin"));  // our own page
    CHECK_FALSE(from("none"));         // typed, or a bookmark
    CHECK(from("cross-site"));
    CHECK(from("same-site"));  // also another port of this machine
    CHECK(from(""));
    const std::vector<Field> twice{{"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "none"}};
    CHECK(admin::is_from_elsewhere(with(twice)));
    const std::vector<Field> both{{"Host", "a"}, {"Origin", "http://b"}, {"Sec-Fetch-Site", "same-origin"}};
    CHECK(admin::is_from_elsewhere(with(both)));
}

TEST_CASE("this machine may be named by an IP address or as localhost", "[admin]") {
    const auto named = [](const char* host) {
        const std::vector<Field> fields{{"Host", host}};
        return admin::names_this_machine(with(fields));
    };
    for (const char* host :
         {"127.0.0.1:9464", "127.0.0.1", "[::1]:9464", "[::1]", "localhost", "LOCALHOST:9464", ""}) {
        INFO(host);
        CHECK(named(host));
    }
    for (const char* host : {"evil.example", "evil.example:9464", "127.0.0.1.evil.example",
                             "localhost.evil.example:9464", ":9464"}) {
        INFO(host);
        CHECK_FALSE(named(host));
    }
    CHECK(admin::names_this_machine(with({})));
}

}  // namespace chathook
