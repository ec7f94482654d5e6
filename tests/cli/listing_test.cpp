#include "cli/listing.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/descriptor.hpp"
#include "support/http_receiver.hpp"

namespace chathook {

namespace {

test::ScriptedAnswer page_of(std::size_t from, std::size_t count) {
    test::ScriptedAnswer answer;
    answer.status = 200;
    answer.body = "{\"events\":[";
    for (std::size_t i = 0; i < count; ++i) {
        answer.body += (i == 0 ? "" : ",") + std::string("{\"sequence\":") + std::to_string(from + i) + "}";
    }
    answer.body += "]}";
    return answer;
}

}  // namespace

TEST_CASE("without --since the newest rows are listed, in one page", "[cli]") {
    test::HttpReceiver daemon;
    daemon.script([](const test::ReceivedRequest&) { return page_of(1, 3); });
    cli::Filters filters;
    filters.address = "127.0.0.1:" + std::to_string(daemon.port());
    filters.lines = 3;
    std::size_t rows = 0;
    cli::for_each_row(cli::AdminClient(filters), "/list", "sequence", filters, [&](const Json&) { ++rows; });
    CHECK(rows == 3);
    REQUIRE(daemon.requests().size() == 1);
    CHECK(daemon.requests()[0].target == "/list?limit=3&newest=1");
}

TEST_CASE("with --since all rows are listed, page by page", "[cli]") {
    test::HttpReceiver daemon;
    daemon.script([](const test::ReceivedRequest& request) {
        return request.target.ends_with("&after=500") ? page_of(501, 2) : page_of(1, 500);
    });
    cli::Filters filters;
    filters.address = "127.0.0.1:" + std::to_string(daemon.port());
    filters.since = "2026-11-21";
    std::string last;
    cli::for_each_row(cli::AdminClient(filters), "/list", "sequence", filters,
                      [&](const Json& row) { last = row["sequence"].id(); });
    CHECK(last == "502");
    const auto requests = daemon.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[1].target == requests[0].target + "&after=500");
}

TEST_CASE("one item is asked for by its words, and printed as it came or by its parts", "[cli]") {
    test::HttpReceiver daemon;
    daemon.script([](const test::ReceivedRequest&) {
        test::ScriptedAnswer answer;
        answer.status = 200;
        answer.body = "{ \"reason\": \"status 400\" }";
        return answer;
    });
    cli::Filters filters;
    filters.address = "127.0.0.1:" + std::to_string(daemon.port());
    filters.words = {"crm", "a/b"};
    const auto shown_as = [&] {
        test::CaughtDescriptor out(STDOUT_FILENO);
        const auto print = [](const Json& answer) { cli::print_fact("reason", answer["reason"].text()); };
        CHECK(cli::show_one(filters, "/dead", print) == 0);
        return out.text();
    };
    CHECK(shown_as() == "reason      status 400\n");
    filters.as_json = true;
    CHECK(shown_as() == "{ \"reason\": \"status 400\" }\n");
    CHECK(daemon.requests().at(0).target == "/dead/crm/a%2Fb");
}

TEST_CASE("text from outside is shown without control characters, and times to the second", "[cli]") {
    CHECK(cli::shown("a\x1b[31mb\n") == "a?[31mb?");
    CHECK(cli::shown(std::string(300, 'x')).size() == 200);
    CHECK(cli::shown_time("2026-11-21T20:00:00.123456Z") == "2026-11-21 20:00:00Z");
}

}  // namespace chathook
