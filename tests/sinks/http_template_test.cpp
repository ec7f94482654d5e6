// payload: template, from the options to what a real receiver gets.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "sinks/http_target.hpp"
#include "sinks/made_sink.hpp"
#include "sinks/trees.hpp"
#include "support/deliveries.hpp"
#include "support/http_receiver.hpp"

using namespace chathook;
using Kind = Outcome::Kind;
using test::HttpReceiver;
using test::ReceivedRequest;
using test::ScriptedAnswer;

namespace {

SinkSettings with_template(const std::string& url, const std::string& shape) {
    SinkSettings settings = test::default_settings("http");
    settings.set("url", url);
    settings.set("payload", std::string("template"));
    settings.set("template", test::tree_of(shape));
    return settings;
}

const std::string message =
    R"({"text":"{{#data.conversation.messages}}{{text}}{{/data.conversation.messages}}"})";

}  // namespace

TEST_CASE("a receiver gets the template's body as JSON, under the event's own id") {
    HttpReceiver receiver;
    const auto sink = test::make_sink("http", with_template(receiver.url(), message));
    REQUIRE(test::all_delivered(
        test::deliver(*sink, {test::numbered_delivery(1, "Hi"), test::numbered_delivery(2, R"(\"},{\")")}),
        2));
    const auto requests = receiver.requests();
    CHECK(requests.at(0).body == R"({"text":"Hi"})");
    CHECK(requests.at(1).body == R"({"text":"\"},{\""})");
    for (const ReceivedRequest& request : requests) {
        CHECK(request.headers.at("content-type") == "application/json");
        CHECK(request.headers.at("content-length") == std::to_string(request.body.size()));
    }
    CHECK(requests.at(1).headers.at("webhook-id") == test::numbered_id(2));
    CHECK(requests.at(1).headers.at("idempotency-key") == test::numbered_id(2));
}

TEST_CASE("the rendered body is signed, and a second attempt sends the same one") {
    HttpReceiver receiver;
    unsigned asked = 0;
    receiver.script(
        [&](const ReceivedRequest&) { return ScriptedAnswer{.status = ++asked == 1 ? 503u : 204u}; });
    SinkSettings settings = with_template(receiver.url(), message);
    settings.set("sign.standard_webhooks", test::secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    const auto sink = test::make_sink("http", settings);
    CHECK(test::deliver(*sink, {test::numbered_delivery(1)}).front().kind == Kind::retry);
    CHECK(test::deliver(*sink, {test::numbered_delivery(1)}).front().kind == Kind::delivered);
    const auto key = sinks::StandardWebhooksKey::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const auto requests = receiver.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].body == requests[1].body);
    for (const ReceivedRequest& request : requests) {
        CHECK(request.headers.at("webhook-signature") == key->sign(request.headers.at("webhook-id"),
                                                                   request.headers.at("webhook-timestamp"),
                                                                   request.body));
    }
}

TEST_CASE("an event that is too large for its template is refused, and nothing of it is sent") {
    HttpReceiver receiver;
    const auto sink = test::make_sink(
        "http", with_template(receiver.url(),
                              R"({"all":"{{#data.list}}{{#data.list}}{{.}}{{/data.list}}{{/data.list}}"})"));
    std::string list = "1";
    for (int element = 1; element < 5000; ++element) list += ",1";
    Event event = test::numbered_event(1);
    event.text = R"({"data":{"list":[)" + list + "]}}";
    const auto outcomes = test::deliver(
        *sink, {{1, 1, std::make_shared<const Event>(std::move(event))}, test::numbered_delivery(2)});
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes.front().kind == Kind::poison);
    CHECK(outcomes.front().reason == "the event is too large for this template");
    CHECK(receiver.requests().empty());
    CHECK(test::all_delivered(test::deliver(*sink, {test::numbered_delivery(2)}), 1));
}

TEST_CASE("template requires payload: template and vice versa, and a wrong text names its line") {
    const std::string url = "https://crm.example/";
    CHECK(test::mistake_in("http", with_template(url, message)).empty());
    SinkSettings settings = with_template(url, message);
    settings.set("payload", std::string("cloudevents"));
    CHECK_THAT(test::mistake_in("http", settings),
               Catch::StartsWith("template: is not used; write payload: template"));
    SinkSettings without = test::default_settings("http");
    without.set("url", url);
    without.set("payload", std::string("template"));
    CHECK_THAT(test::mistake_in("http", without), Catch::StartsWith("payload: there is no template"));
    const auto target = sinks::read_http_target(with_template(url, R"({"a":[1,"{{b"]})"));
    const auto* error = std::get_if<SettingsError>(&target);
    REQUIRE(error != nullptr);
    CHECK(error->key == "template");
    CHECK(error->line == 4);
}
