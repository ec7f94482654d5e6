#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <string>

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

TEST_CASE("status with a wrong token or of a daemon that has no status is no answer about the daemon",
          "[cli]") {
    for (const unsigned status : {401u, 404u}) {
        const test::Ran ran = Answering("{}", status).ask();
        CHECK(ran.exit_code == ExitCode::usage);
        CHECK(ran.output.empty());
        CHECK(ran.complaint.find("answered " + std::to_string(status)) != std::string::npos);
    }
    CHECK(Answering("<html>").ask().exit_code == ExitCode::unavailable);
}

TEST_CASE("status --json prints the answer as it came", "[cli]") {
    const test::Ran ran = Answering(well).ask({"--json"});
    CHECK(ran.exit_code == 0);
    CHECK(ran.output == well + "\n");
}

}  // namespace chathook
