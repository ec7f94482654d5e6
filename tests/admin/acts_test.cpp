#include "admin/acts.hpp"

#include <catch2/catch.hpp>

#include "admin/office.hpp"

namespace chathook {

using Sequences = std::vector<std::uint64_t>;

TEST_CASE("a replay makes delivered events due again, only at the sink that it names", "[admin]") {
    test::Office office;
    for (int i = 0; i < 3; ++i) {
        const auto sequence = office.commit(i == 1 ? "handover.requested" : "lead.created", office.to_both());
        office.deliver(office.crm, sequence);
        office.deliver(office.archive, sequence);
    }
    const auto plan =
        office.posted("/api/v1/events/replay", {{"sink", "crm"}, {"type", "lead.*"}, {"dry_run", true}});
    CHECK(plan.at("events") == 2);
    CHECK(plan.at("after") == 3);
    CHECK(plan.at("more") == false);
    CHECK_FALSE(plan.contains("due"));
    CHECK(plan.at("oldest") < plan.at("newest"));
    CHECK(office.due(office.crm).empty());

    const auto done = office.posted("/api/v1/events/replay", {{"sink", "crm"}, {"type", "lead.*"}});
    CHECK(done.at("due") == 2);
    CHECK(office.due(office.crm) == Sequences{1, 3});
    CHECK(office.due(office.archive).empty());
    CHECK(office.posted("/api/v1/events/replay", {{"sink", "crm"}, {"type", "lead.*"}}).at("due") == 0);
}

TEST_CASE("an order is executed page by page, and ends where its dry run ended", "[admin]") {
    test::Office office;
    for (int i = 0; i < 5; ++i) office.deliver(office.crm, office.commit("lead.created", office.to_crm()));
    nlohmann::json order = {{"sink", "crm"}, {"limit", 2}, {"up_to", 4}};
    std::size_t pages = 0;
    std::size_t due = 0;
    for (bool more = true; more; ++pages) {
        REQUIRE(pages < 10);
        const auto done = office.posted("/api/v1/events/replay", order);
        due += done.at("due").get<std::size_t>();
        more = done.at("more").get<bool>();
        order["after"] = done.at("after");
    }
    CHECK(due == 4);
    CHECK(office.due(office.crm) == Sequences{1, 2, 3, 4});
}

TEST_CASE("a page of many events is read completely", "[admin]") {
    test::Office office;
    for (int i = 0; i < 150; ++i) office.deliver(office.crm, office.commit("lead.created", office.to_crm()));
    const auto done = office.posted("/api/v1/events/replay", {{"sink", "crm"}});
    CHECK(done.at("due") == 150);
    CHECK(done.at("more") == false);
}

TEST_CASE("an order for a sink that is not configured is refused", "[admin]") {
    test::Office office;
    office.commit("lead.created");  // ensures that the sinks are on disk
    const Reply unknown = office.post("/api/v1/events/replay", {{"sink", "crn"}});
    CHECK(unknown.status == 404);
    CHECK(unknown.body == R"({"error":"sink: unknown name 'crn'; there are: crm, archive"})");
    CHECK(office.post("/api/v1/events/replay", nlohmann::json::object()).status == 400);
    CHECK(office.post("/api/v1/dead/retry", {{"sink", "crn"}}).status == 404);
    CHECK(office.post("/api/v1/dead/discard", {{"sink", "crn"}}).status == 404);
}

TEST_CASE("dead letters are retried, of one sink or of all", "[admin]") {
    test::Office office;
    for (int i = 0; i < 2; ++i) {
        const auto sequence = office.commit("lead.created", office.to_both());
        office.give_up(office.crm, sequence);
        office.give_up(office.archive, sequence);
    }
    const auto plan = office.posted("/api/v1/dead/retry", {{"dry_run", true}});
    CHECK(plan.at("dead_letters") == 4);
    CHECK(plan.at("sinks") ==
          nlohmann::json::parse(R"([{"sink":"crm","dead_letters":2},{"sink":"archive","dead_letters":2}])"));
    CHECK(office.due(office.crm).empty());
    CHECK(office.posted("/api/v1/dead/retry", {{"sink", "archive"}}).at("due") == 2);
    CHECK(office.due(office.archive) == Sequences{1, 2});
    CHECK(office.due(office.crm).empty());
    CHECK(office.posted("/api/v1/dead/retry", nlohmann::json::object()).at("due") == 2);
    CHECK(office.due(office.crm) == Sequences{1, 2});
}

TEST_CASE("only matching dead letters are discarded", "[admin]") {
    test::Office office;
    for (const char* type : {"lead.created", "handover.requested"})
        office.give_up(office.crm, office.commit(type, office.to_crm()));
    const auto done = office.posted("/api/v1/dead/discard", {{"sink", "crm"}, {"type", "lead.*"}});
    CHECK(done.at("discarded") == 1);
    const auto left = office.got("/api/v1/dead").at("dead");
    REQUIRE(left.size() == 1);
    CHECK(left[0].at("event").at("type") == "handover.requested");
    CHECK(office.due(office.crm).empty());
}

TEST_CASE("an order by ids says which of them it did not find, page by page", "[admin]") {
    test::Office office;
    for (int i = 0; i < 3; ++i) {
        const auto sequence = office.commit("lead.created", office.to_crm());
        i < 2 ? office.give_up(office.crm, sequence) : office.deliver(office.crm, sequence);
    }
    const auto id = [rows = office.got("/api/v1/events").at("events")](std::size_t at) {
        return rows.at(at).at("event").at("id").get<std::string>();
    };
    using List = nlohmann::json::array_t;
    nlohmann::json order = {{"sink", "crm"}, {"dry_run", true}, {"ids", List{id(0), "none", id(2), id(0)}}};
    CHECK(office.posted("/api/v1/events/replay", order).at("not_found") == List{"none"});
    CHECK(office.posted("/api/v1/dead/retry", order).at("not_found") == List{id(2), "none"});
    CHECK(office.posted("/api/v1/dead/discard", order).at("not_found") == List{id(2), "none"});
    order["ids"] = List{id(0), id(1)};
    CHECK(office.posted("/api/v1/dead/retry", order).at("not_found") == List{});
    order["type"] = "handover.*";
    CHECK(office.posted("/api/v1/dead/retry", order).at("not_found") == List{id(0), id(1)});
    order.erase("type");
    order["limit"] = 1;
    const auto first = office.posted("/api/v1/dead/retry", order);
    CHECK(first.at("not_found") == List{id(1)});
    order["after"] = first.at("after");
    CHECK(office.posted("/api/v1/dead/retry", order).at("not_found") == List{id(0)});
    order.erase("ids");
    CHECK_FALSE(office.posted("/api/v1/dead/retry", order).contains("not_found"));
    CHECK_FALSE(office.posted("/api/v1/events/replay", order).contains("not_found"));
}

TEST_CASE("when the journal accepts no orders, the answer is 503 with the reason", "[admin]") {
    test::Office office;
    office.deliver(office.crm, office.commit("lead.created", office.to_crm()));
    office.journal->stop();
    const Reply reply = office.post("/api/v1/events/replay", {{"sink", "crm"}});
    CHECK(reply.status == 503);
    CHECK(reply.body.find("shutting_down") != std::string::npos);
}

}  // namespace chathook
