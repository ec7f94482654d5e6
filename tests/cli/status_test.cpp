#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/command.hpp"
#include "support/http_receiver.hpp"

namespace chathook {

namespace {

// A daemon that answers so.
class Answering {
public:
    explicit Answering(const std::string& body, unsigned status = 200) {
        receiver_.script([=](const test::ReceivedRequest& request) {
            test::ScriptedAnswer answer;
            answer.status = request.target == "/api/v1/status" ? status : 404;
            answer.body = body;
            return answer;
        });
    }

    test::Ran ask(std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"status", "--admin", "127.0.0.1:" + std::to_string(receiver_.port())};
        words.insert(words.end(), more.begin(), more.end());
        return test::run(std::move(words));
    }

private:
    test::HttpReceiver receiver_;
};

const std::string well =
    R"({"state":"ok","reasons":[],"sources":[],"sinks":[],"hour":{"events":3,"seconds":60}})";

}  // namespace

TEST_CASE("status ends with 0, 1 or 2 as the daemon is ok, degraded or down", "[cli]") {
    const test::Ran ok = Answering(well).ask();
    CHECK(ok.exit_code == 0);
    CHECK(ok.output == "OK: 0 sources, 0 sinks, 3 events in 1 min\n");
    const test::Ran degraded = Answering(R"({"state":"degraded","reasons":["sink crm fails"]})").ask();
    CHECK(degraded.exit_code == 1);
    CHECK(degraded.output == "DEGRADED: sink crm fails\n");
    const test::Ran down = Answering(R"({"state":"down","reasons":["it takes no webhooks: full"]})").ask();
    CHECK(down.exit_code == 2);
    CHECK(down.output == "DOWN: it takes no webhooks: full\n");
    CHECK(down.complaint.empty());
}

TEST_CASE("status of a daemon that cannot answer is 2, and the first line says why", "[cli]") {
    const test::Ran busy = Answering(R"({"error":"try later"})", 503).ask();
    CHECK(busy.exit_code == 2);
    CHECK(busy.output.find("answered 503: try later\n") != std::string::npos);
    const test::Ran nobody = test::run({"status", "--admin", "127.0.0.1:1"});
    CHECK(nobody.exit_code == 2);
    CHECK(nobody.output.starts_with("DOWN: no answer from the daemon at 127.0.0.1:1: "));
    CHECK(nobody.complaint.empty());
    const test::Ran json = test::run({"status", "--json", "--admin", "127.0.0.1:1"});
    CHECK(json.exit_code == 2);
    CHECK(nlohmann::json::parse(json.output).at("state") == "down");
}

TEST_CASE("status of a daemon that cannot be asked is unknown, and no answer about the daemon", "[cli]") {
    const auto is_unknown = [](const test::Ran& ran, const char* why) {
        CHECK(ran.exit_code == 3);
        CHECK(ran.output.starts_with("UNKNOWN: "));
        CHECK(ran.output.find(why) != std::string::npos);
    };
    is_unknown(Answering("{}", 401).ask(), "answered 401");
    is_unknown(Answering(R"({"error":"no such path"})", 404).ask(), "answered 404: no such path");
    is_unknown(test::run({"status", "--config", "/nowhere/chathook.yaml"}),
               "the configuration is not usable");
    // Another program.
    for (const auto& [body, status] : {std::pair("<html>", 200u), std::pair("[]", 200u),
                                       std::pair(R"({"a":1})", 200u), std::pair("<html>", 501u)}) {
        CAPTURE(body, status);
        is_unknown(Answering(body, status).ask(), "is this the admin address of a chathookd");
    }
    const test::Ran json = Answering("{}", 401).ask({"--json"});
    CHECK(nlohmann::json::parse(json.output).at("state") == "unknown");
}

TEST_CASE("status --json prints the answer as it came", "[cli]") {
    const test::Ran ran = Answering(well).ask({"--json"});
    CHECK(ran.exit_code == 0);
    CHECK(ran.output == well + "\n");
}

}  // namespace chathook
