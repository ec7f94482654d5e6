#include "ingest/routing.hpp"

#include <catch2/catch.hpp>

#include "ingest/house.hpp"

namespace chathook {

TEST_CASE("a path finds its source only byte for byte", "[ingest]") {
    const auto metrics = make_metrics("test");
    const auto routing = test::make_test_routing(*metrics);
    REQUIRE(routing->find("/webhooks/lynn") != nullptr);
    CHECK(routing->find("/webhooks/lynn")->name == "handovers");
    for (const char* other :
         {"/webhooks/Lynn", "/webhooks/lynn/", "/webhooks/%6Cynn", "/webhooks", "", "*"}) {
        INFO(other);
        CHECK(routing->find(other) == nullptr);
    }
}

TEST_CASE("a route matches by type, vendor and source together", "[ingest]") {
    const auto metrics = make_metrics("test");
    std::vector<ingest::Source> sources;
    sources.push_back({"one", "/one", test::make_test_vendor("lynn"), &metrics->source("one", "lynn")});
    const ingest::Routing routing(std::move(sources), {{{"lead.*", "handover.*"}, {"lynn"}, {"one"}, {0}},
                                                       {{"lead.*"}, {"chatbase"}, {}, {1}},
                                                       {{"message.*"}, {}, {"two"}, {2}}});
    const ingest::Source& source = *routing.find("/one");
    CHECK(source.sinks_for("handover.requested") == journal::SinkSet{0});
    CHECK(source.sinks_for("lead.created") == journal::SinkSet{0});
    CHECK(source.sinks_for("message.received").empty());
}

TEST_CASE("the digest of a routing follows what verifies, and no secret", "[ingest]") {
    const auto metrics = make_metrics("test");
    const auto digest = [&](const char* name, const char* path, const char* vendor,
                            std::string_view secret = test::secret_text) {
        std::vector<ingest::Source> sources;
        sources.push_back(
            {name, path, test::make_test_vendor(vendor, secret), &metrics->source(name, vendor)});
        return ingest::Routing(std::move(sources), {}).fingerprint();
    };
    const std::string one = digest("one", "/one", "lynn");
    CHECK(one.size() == 16);
    CHECK(digest("one", "/one", "lynn", "another secret of some length") == one);
    CHECK(digest("two", "/one", "lynn") != one);
    CHECK(digest("one", "/two", "lynn") != one);
    CHECK(digest("one", "/one", "github") != one);
}

}  // namespace chathook
