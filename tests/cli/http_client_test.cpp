#include "cli/http_client.hpp"

#include <catch2/catch.hpp>

#include "support/http_receiver.hpp"

namespace chathook {

TEST_CASE("a call posts its bytes with its headers and returns the answer", "[cli]") {
    test::HttpReceiver receiver;
    receiver.script([](const test::ReceivedRequest& request) {
        test::ScriptedAnswer answer;
        answer.status = 201;
        answer.body =
            request.method + " " + request.target + " " + request.headers.at("x-one") + " " + request.body;
        return answer;
    });
    cli::HttpCall request;
    request.method = "POST";
    request.url = receiver.url() + "?a=1";
    request.headers = {"X-One: 1"};
    request.body = std::string("a\0b", 3);
    const cli::HttpAnswer answer = cli::call(request);
    CHECK(answer.status == 201);
    CHECK(answer.body == std::string("POST /hook?a=1 1 a\0b", 20));
    CHECK(answer.problem.empty());
}

TEST_CASE("a failed connection is a problem in plain words, not a status", "[cli]") {
    std::string url;
    {
        const test::HttpReceiver gone;
        url = gone.url();
    }
    cli::HttpCall request;
    request.url = url;
    const cli::HttpAnswer answer = cli::call(request);
    CHECK(answer.status == 0);
    CHECK_FALSE(answer.problem.empty());
}

TEST_CASE("text for a query string is percent-encoded", "[cli]") {
    CHECK(cli::percent_encoded("handover.*") == "handover.%2A");
    CHECK(cli::percent_encoded("a&b=c d") == "a%26b%3Dc%20d");
    CHECK(cli::percent_encoded("").empty());
}

}  // namespace chathook
