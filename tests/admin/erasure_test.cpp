#include "admin/erasure.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

#include "admin/office.hpp"
#include "support/file_content.hpp"

namespace chathook {

namespace {

constexpr const char* ann = R"({"contact":{"email":"Ann@Example.org"}})";
constexpr const char* bob = R"({"contact":{"email":"bob@example.org"}})";

// The number of files of the journal that contain these bytes.
std::size_t files_with(const test::Office& office, std::string_view bytes) {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(office.directory.path())) {
        if (!entry.is_regular_file()) continue;
        if (test::content_of(entry.path()).find(bytes) != std::string::npos) ++found;
    }
    return found;
}

}  // namespace

TEST_CASE("a person's events, dead letters and refused requests are erased, and those of others stay",
          "[admin]") {
    test::Office office;
    office.deliver(office.crm, office.commit("lead.created", office.to_crm(), ann));
    office.give_up(office.crm, office.commit("lead.created", office.to_crm(), ann));
    office.commit("lead.updated", office.to_both(), ann);
    office.commit("lead.created", office.to_crm(), bob);
    office.reject("192.0.2.1", "X-A: b\r\n\r\n{\"mail\":\"ann@example.org\"}");
    office.reject("192.0.2.1", "X-A: b\r\n\r\n{\"mail\":\"bob@example.org\"}");

    const nlohmann::json order = {{"email", "ANN@example.org"}};
    auto rehearsal = order;
    rehearsal["dry_run"] = true;
    const auto plan = office.posted("/api/v1/erase", rehearsal);
    CHECK(plan.at("events") == 3);
    CHECK(plan.at("dead_letters") == 1);
    CHECK(plan.at("rejections") == 1);
    CHECK_FALSE(plan.contains("sealed"));
    CHECK(office.got("/api/v1/events").at("events").size() == 4);
    CHECK(files_with(office, "Ann@Example.org") > 0);

    const auto receipt = office.posted("/api/v1/erase", order);
    CHECK(receipt.at("events") == plan.at("events"));
    CHECK(receipt.at("dead_letters") == plan.at("dead_letters"));
    CHECK(receipt.at("rejections") == plan.at("rejections"));
    CHECK(receipt.at("sealed") == true);
    CHECK(receipt.at("copies").empty());
    CHECK(receipt.at("more") == false);

    const auto left = office.got("/api/v1/events").at("events");
    REQUIRE(left.size() == 1);
    CHECK(left[0].at("event").at("data").at("contact").at("email") == "bob@example.org");
    CHECK(office.rejections().size() == 1);
    CHECK(office.got("/api/v1/dead").at("dead").empty());
    CHECK(files_with(office, "Ann@Example.org") == 0);
    CHECK(files_with(office, "ann@example.org") == 0);
    CHECK(files_with(office, "bob@example.org") > 0);
}

TEST_CASE("a request refused just before is erased with the others", "[admin]") {
    test::Office office;
    const nlohmann::json order = {{"email", "ann@example.org"}};
    auto rehearsal = order;
    rehearsal["dry_run"] = true;
    office.refuse("192.0.2.1", "X-A: b\r\n\r\n{\"mail\":\"ann@example.org\"}");
    CHECK(office.posted("/api/v1/erase", rehearsal).at("rejections") == 1);
    for (int i = 0; i < 100; ++i) {
        office.refuse("192.0.2.1", "X-A: b\r\n\r\n{\"mail\":\"ann@example.org\"}");
        REQUIRE(office.posted("/api/v1/erase", order).at("rejections") == (i == 0 ? 2 : 1));
    }
    CHECK(office.rejections().empty());
    CHECK(files_with(office, "ann@example.org") == 0);
}

TEST_CASE("the receipt names the sinks that received the person's events, like the dry run", "[admin]") {
    test::Office office;
    office.deliver(office.crm, office.commit("lead.created", office.to_both(), ann));
    const nlohmann::json expected = nlohmann::json::parse(
        R"([{"sink":"archive","delivered":0,"skipped":1,"tried":0,"under_way":0,"given_up":0},
            {"sink":"crm","delivered":1,"skipped":0,"tried":0,"under_way":0,"given_up":0}])");
    const auto by_name = [](nlohmann::json sinks) {
        std::sort(sinks.begin(), sinks.end(),
                  [](const auto& a, const auto& b) { return a.at("sink") < b.at("sink"); });
        return sinks;
    };
    CHECK(by_name(office.posted("/api/v1/erase", {{"email", "ann@example.org"}, {"dry_run", true}})
                      .at("sinks")) == expected);
    CHECK(by_name(office.posted("/api/v1/erase", {{"email", "ann@example.org"}}).at("sinks")) == expected);
}

TEST_CASE("the receipt has the time of the erasure and the deliveries under way at a sink", "[admin]") {
    test::Office office;
    office.commit("lead.created", office.to_crm(), ann);
    struct AtIt final : journal::Holder {
        void recall() noexcept override {}
        std::size_t begun() const noexcept override { return 1; }
    } receiver;
    const auto holding = std::make_shared<journal::Holding>(receiver);
    office.journal->add_holding(office.crm, holding);
    REQUIRE(holding->take(office.journal->open_reader()->due(office.crm, 0, 10, 1 << 20).value()));
    holding->end();  // so that the erasure does not wait for it
    const std::string before = to_rfc3339(now());
    const auto receipt = office.posted("/api/v1/erase", {{"email", "ann@example.org"}});
    CHECK(receipt.at("at").get<std::string>() >= before);
    CHECK(receipt.at("at").get<std::string>() <= to_rfc3339(now()));
    CHECK(receipt.at("sinks") ==
          nlohmann::json::parse(
              R"([{"sink":"crm","delivered":0,"skipped":0,"tried":0,"under_way":1,"given_up":0}])"));
}

TEST_CASE("dry run and receipt name a sink at which the person's event is, or was, a dead letter",
          "[admin]") {
    test::Office office;
    for (int i = 0; i < 3; ++i)
        office.give_up(office.crm, office.commit("lead.created", office.to_crm(), ann));
    CHECK(office.posted("/api/v1/dead/discard", {{"sink", "crm"}, {"limit", 1}}).at("discarded") == 1);
    CHECK(office.posted("/api/v1/dead/retry", {{"sink", "crm"}, {"limit", 1}}).at("due") == 1);
    const auto expected = nlohmann::json::parse(
        R"([{"sink":"crm","delivered":0,"skipped":1,"tried":1,"under_way":0,"given_up":2}])");
    CHECK(office.posted("/api/v1/erase", {{"email", "ann@example.org"}, {"dry_run", true}}).at("sinks") ==
          expected);
    CHECK(office.posted("/api/v1/erase", {{"email", "ann@example.org"}}).at("sinks") == expected);
}

TEST_CASE("an erasure proceeds page by page, events first, and seals the journal with the last page",
          "[admin]") {
    test::Office office;
    for (int i = 0; i < 5; ++i) office.commit("lead.created", {}, i % 2 == 0 ? ann : bob);
    nlohmann::json order = {{"email", "ann@example.org"}, {"limit", 2}};
    std::size_t erased = 0;
    std::size_t pages = 0;
    for (bool more = true; more; ++pages) {
        REQUIRE(pages < 10);
        const auto done = office.posted("/api/v1/erase", order);
        erased += done.at("events").get<std::size_t>();
        more = done.at("more").get<bool>();
        CHECK(done.contains("sealed") == !more);
        order["after"] = done.at("after");
        order["after_rejection"] = done.at("after_rejection");
    }
    CHECK(erased == 3);
    CHECK(pages >= 3);
    CHECK(files_with(office, "Ann@Example.org") == 0);
}

TEST_CASE("erasing a person who does not occur erases nothing, but seals the journal", "[admin]") {
    test::Office office;
    office.commit("lead.created", {}, bob);
    const auto receipt = office.posted("/api/v1/erase", {{"phone", "+49 151 2345678"}});
    CHECK(receipt.at("events") == 0);
    CHECK(receipt.at("sealed") == true);
    CHECK(office.post("/api/v1/erase", {{"email", "nobody"}}).status == 400);
}

}  // namespace chathook
