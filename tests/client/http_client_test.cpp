#include "client/http_client.hpp"

#include <catch2/catch.hpp>

#include "support/http_receiver.hpp"

namespace chathook {

TEST_CASE("a call posts its bytes with its headers and returns the answer", "[client]") {
    test::HttpReceiver receiver;
    receiver.script([](const test::ReceivedRequest& request) {
        test::ScriptedAnswer answer;
        answer.status = 201;
        answer.body =
            request.method + " " + request.target + " " + request.headers.at("x-one") + " " + request.body;
        return answer;
    });
    client::HttpCall request;
    request.method = "POST";
    request.url = receiver.url() + "?a=1";
    request.headers = {"X-One: 1"};
    request.body = std::string("a\0b", 3);
    const client::HttpAnswer answer = client::call(request);
    CHECK(answer.status == 201);
    CHECK(answer.body == std::string("POST /hook?a=1 1 a\0b", 20));
    CHECK(answer.problem.empty());
}

TEST_CASE("a failed connection is a problem in plain words, not a status", "[client]") {
    std::string url;
    {
        const test::HttpReceiver gone;
        url = gone.url();
    }
    client::HttpCall request;
    request.url = url;
    const client::HttpAnswer answer = client::call(request);
    CHECK(answer.status == 0);
    CHECK_FALSE(answer.problem.empty());
}

TEST_CASE("text for a query string is percent-encoded", "[client]") {
    CHECK(client::percent_encoded("handover.*") == "handover.%2A");
    CHECK(client::percent_encoded("a&b=c d") == "a%26b%3Dc%20d");
    CHECK(client::percent_encoded("Zo\xC3\xAB~-._9/") == "Zo%C3%AB~-._9%2F");
    CHECK(client::percent_encoded("").empty());
}

}  // namespace chathook
