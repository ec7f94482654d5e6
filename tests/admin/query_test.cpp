#include "admin/query.hpp"

#include <catch2/catch.hpp>

#include "support/clock.hpp"

namespace chathook {

TEST_CASE("an event query takes every filter", "[admin]") {
    const auto asked = admin::parse_event_query(
        "type=lead.*&vendor=lynn&source=desk&since=2026-11-21T20:00:00Z&until=2026-11-22T20:00:00Z&id=a,b&"
        "after=7"
        "&limit=9&newest=1");
    REQUIRE(asked.query.has_value());
    CHECK(asked.query->type_glob == "lead.*");
    CHECK(asked.query->vendor == "lynn");
    CHECK(asked.query->source == "desk");
    CHECK(to_rfc3339(*asked.query->since) == "2026-11-21T20:00:00.000000Z");
    CHECK(to_rfc3339(*asked.query->until) == "2026-11-22T20:00:00.000000Z");
    CHECK(asked.query->ids == std::vector<std::string>{"a", "b"});
    CHECK(asked.query->after_sequence == 7);
    CHECK(asked.query->limit == 9);
    CHECK(asked.query->newest);
}

TEST_CASE("`before` selects the newest rows before a place", "[admin]") {
    const auto events = admin::parse_event_query("before=7");
    REQUIRE(events.query.has_value());
    CHECK(events.query->before_sequence == 7);
    CHECK(events.query->newest);
    CHECK(admin::parse_dead_query("before=7").query->before_sequence == 7);
    CHECK(admin::parse_rejection_query("before=7").query->before_number == 7);
    CHECK(admin::parse_rejection_query("before=7").query->newest);
    CHECK_FALSE(admin::parse_event_query("after=7").query->newest);
    CHECK_FALSE(admin::parse_event_query("before=0").query.has_value());
}

TEST_CASE("parsing a query does not read beyond its view", "[admin]") {
    constexpr std::string_view line = "limit=3 HTTP/1.1";
    const auto asked = admin::parse_event_query(line.substr(0, 7));
    REQUIRE(asked.query.has_value());
    CHECK(asked.query->limit == 3);
}

TEST_CASE("a wrong filter is named, not ignored", "[admin]") {
    for (const char* wrong : {"since=yesterday", "until=2026", "after=-1", "after=1e3", "limit=0",
                              "limit=1001", "newest=yes", "id=", "colour=red"}) {
        INFO(wrong);
        const auto asked = admin::parse_event_query(wrong);
        CHECK_FALSE(asked.query.has_value());
        CHECK(asked.problem.find(std::string(wrong).substr(0, std::string(wrong).find('='))) == 0);
    }
    CHECK_FALSE(admin::parse_event_query("type=%zz").query.has_value());
}

TEST_CASE("dead letters can be filtered by sink as well, and refused requests by reason", "[admin]") {
    const auto dead = admin::parse_dead_query("sink=crm&type=lead.*&after=3");
    REQUIRE(dead.query.has_value());
    CHECK(dead.query->sink == "crm");
    CHECK(dead.query->type_glob == "lead.*");
    CHECK(dead.query->after_sequence == 3);
    const auto rejections =
        admin::parse_rejection_query("reason=wrong_signature&source=desk&after=3&limit=2");
    REQUIRE(rejections.query.has_value());
    CHECK(rejections.query->reason == "wrong_signature");
    CHECK(rejections.query->source == "desk");
    CHECK(rejections.query->after_number == 3);
    CHECK(rejections.query->limit == 2);
    CHECK_FALSE(admin::parse_rejection_query("type=lead.*").query.has_value());
}

TEST_CASE("an order takes the filters, a page and an end, and is executed unless it has dry_run", "[admin]") {
    const auto plain = admin::parse_order(R"({"sink":"crm"})");
    REQUIRE(plain.query.has_value());
    CHECK_FALSE(plain.query->dry_run);
    CHECK(plain.query->up_to == UINT64_MAX);
    CHECK(plain.query->query.limit == 1000);
    const auto whole =
        admin::parse_order(R"({"sink":"crm","type":"lead.*","ids":["a"],"since":"2026-11-21T20:00:00Z",)"
                           R"("after":4,"up_to":9,"limit":5,"dry_run":true})");
    REQUIRE(whole.query.has_value());
    CHECK(whole.query->query.sink == "crm");
    CHECK(whole.query->query.ids == std::vector<std::string>{"a"});
    CHECK(whole.query->query.after_sequence == 4);
    CHECK(whole.query->up_to == 9);
    CHECK(whole.query->dry_run);
    CHECK(admin::parse_order(R"({"newest":true})").problem.starts_with("newest: unknown"));
    CHECK_FALSE(admin::parse_order("sink=crm").query.has_value());
}

TEST_CASE("refused requests are retried by filter or by number", "[admin]") {
    const auto asked = admin::parse_rejection_order(R"({"numbers":[3,5],"dry_run":true})");
    REQUIRE(asked.query.has_value());
    CHECK(asked.query->numbers == std::vector<std::uint64_t>{3, 5});
    CHECK(asked.query->dry_run);
    CHECK(admin::parse_rejection_order(R"({"numbers":[5,3,5]})").query->numbers ==
          std::vector<std::uint64_t>{3, 5});
    for (const char* filter :
         {R"("source":"crm")", R"("reason":"wrong_signature")", R"("until":"2026-11-21T20:00:00Z")"}) {
        const auto both = admin::parse_rejection_order(std::string(R"({"numbers":[3],)") + filter + "}");
        CHECK(both.problem == "numbers: give either numbers or source, reason, since and until");
    }
    CHECK(admin::parse_rejection_order(R"({"numbers":["three"]})").problem == "numbers: not whole numbers");
    CHECK(admin::parse_rejection_order(R"({"reason":"wrong_signature"})").query->query.reason ==
          "wrong_signature");
}

TEST_CASE("an erasure names exactly one address or number", "[admin]") {
    CHECK(admin::parse_erasure(R"({"email":"ann@example.org"})").query.has_value());
    const auto phone =
        admin::parse_erasure(R"({"phone":"+1 234 567 890","after":3,"after_rejection":4,"dry_run":true})");
    REQUIRE(phone.query.has_value());
    CHECK(phone.query->after == 3);
    CHECK(phone.query->after_rejection == 4);
    CHECK(phone.query->dry_run);
    for (const char* wrong : {"{}", R"({"email":"ann@example.org","phone":"1234567"})", R"({"email":"ann"})",
                              R"({"phone":"12"})", R"({"email":"ann@example.org","sink":"crm"})"}) {
        INFO(wrong);
        CHECK_FALSE(admin::parse_erasure(wrong).query.has_value());
    }
}

TEST_CASE("Last-Event-ID takes precedence over the `after` of a stream's URL", "[admin]") {
    CHECK(admin::parse_stream_query("", "").query->query.after_sequence == 0);
    CHECK(admin::parse_stream_query("after=7", "").query->query.after_sequence == 7);
    CHECK(admin::parse_stream_query("after=7&type=lead.*", "110").query->query.after_sequence == 110);
    CHECK(admin::parse_stream_query("after=7&type=lead.*", "110").query->query.type_glob == "lead.*");
    const auto latest = admin::parse_stream_query("after=latest&vendor=lynn", "");
    REQUIRE(latest.query);
    CHECK(latest.query->latest);
    CHECK(latest.query->query.vendor == "lynn");
    CHECK_FALSE(admin::parse_stream_query("after=latest", "110").query->latest);
    CHECK(admin::parse_stream_query("after=latest", "110").query->query.after_sequence == 110);
    CHECK(admin::parse_stream_query("after=newest", "").problem.starts_with("after: "));
    CHECK(admin::parse_stream_query("", "x").problem.starts_with("Last-Event-ID: "));
    CHECK_FALSE(admin::parse_event_query("after=latest").query);
}

}  // namespace chathook
