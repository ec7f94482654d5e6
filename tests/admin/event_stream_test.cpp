#include "admin/event_stream.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "admin/office.hpp"

namespace chathook {

namespace {

// A StreamPlace beside the office's own.
struct Bench {
    explicit Bench(test::Office& office)
        : texts(*office.journal), place{*office.journal, desk, texts, open} {}

    std::shared_ptr<http::BodyStream> stream(admin::StreamQuery query = {}) {
        return admin::make_event_stream(place, std::move(query), "192.0.2.1");
    }
    std::string next(http::BodyStream& stream) { return test::await(io, stream.next()).value(); }

    // The first piece says how soon to reconnect.
    std::shared_ptr<http::BodyStream> begun(admin::StreamQuery query = {}) {
        auto made = stream(std::move(query));
        CHECK(next(*made) == "retry: 2000\n\n");
        return made;
    }

    boost::asio::io_context io{1};
    Desk desk{"admin-desk"};
    admin::LongTexts texts;
    admin::OpenStreams open{64};
    admin::StreamPlace place;
};

}  // namespace

TEST_CASE("a stream begins with the existing events, in order, if they match", "[admin]") {
    test::Office office;
    office.commit("lead.created");
    office.commit("handover.requested");
    office.commit("lead.updated");
    admin::StreamQuery query;
    query.query.type_glob = "lead.*";
    Bench bench(office);
    const std::string text = bench.next(*bench.begun(query));
    CHECK(text.starts_with("id: 1\nevent: lead.created\ndata: {"));
    CHECK(text.find("\n\nid: 3\nevent: lead.updated\ndata: {") != std::string::npos);
    CHECK(text.ends_with("}\n\n"));
    CHECK(text.find("handover") == std::string::npos);
}

TEST_CASE("a waiting stream is woken when an event is committed", "[admin]") {
    test::Office office;
    Bench bench(office);
    const auto stream = bench.begun();
    std::thread committer([&] { office.commit("lead.created"); });
    std::string text;
    do {
        text = bench.next(*stream);
    } while (text == ": still here\n\n");
    committer.join();
    CHECK(text.starts_with("id: 1\nevent: lead.created\n"));
}

TEST_CASE("a stream may begin behind a given event, or with the next new one", "[admin]") {
    test::Office office;
    office.commit("lead.created");
    office.commit("lead.updated");
    Bench bench(office);
    admin::StreamQuery behind;
    behind.query.after_sequence = 1;
    CHECK(bench.next(*bench.begun(behind)).starts_with("id: 2\n"));

    const auto latest = bench.begun({.query = {}, .latest = true});
    // Events committed before the stream's first read are in its past.
    std::atomic<bool> seen{false};
    std::thread committer([&] {
        while (!seen) office.commit("lead.deleted");
    });
    const std::string text = bench.next(*latest);
    seen = true;
    committer.join();
    CHECK(text.find("event: lead.deleted\n") != std::string::npos);
    CHECK(text.find("event: lead.updated\n") == std::string::npos);
}

TEST_CASE("an event larger than a stream's window comes in pieces of one window", "[admin]") {
    test::Office office;
    const std::string large = '"' + std::string(500'000, 'x') + '"';
    office.commit("lead.created", {}, large);
    office.commit("lead.updated");
    Bench bench(office);
    const auto stream = bench.begun();
    std::string text;
    while (text.find("lead.updated") == std::string::npos) {
        const std::string piece = bench.next(*stream);
        REQUIRE(piece.size() <= admin::window_bytes);
        text += piece;
    }
    CHECK(text.starts_with("id: 1\nevent: lead.created\ndata: {"));
    CHECK(text.find(large + "}\n\nid: 2\n") != std::string::npos);
}

TEST_CASE("unread streams hold no events", "[admin]") {
    test::Office office;
    for (int i = 0; i < 8; ++i) office.commit("lead.created", {}, '"' + std::string(3 << 20, 'x') + '"');
    Bench bench(office);
    std::vector<std::shared_ptr<http::BodyStream>> unread;
    for (std::uint64_t i = 0; i < 40; ++i) {
        admin::StreamQuery query;
        query.query.after_sequence = i % 8;
        unread.push_back(bench.begun(query));
        CHECK(bench.next(*unread.back()).size() == admin::window_bytes);
        CHECK(bench.texts.bytes() <= admin::LongTexts::bytes_max);
    }
    // They continue where they were.
    for (const auto& stream : unread) CHECK(bench.next(*stream) == std::string(admin::window_bytes, 'x'));
}

TEST_CASE("a stream in the middle of an erased event is cut, and one between two events says why first",
          "[admin]") {
    test::Office office;
    office.commit("lead.created", {}, '"' + std::string(500'000, 'x') + '"');
    Bench bench(office);
    const auto stream = bench.begun();
    CHECK(bench.next(*stream).size() == admin::window_bytes);
    REQUIRE(office.journal->erase({1}, {}).value().events == 1);
    bench.texts.forget();
    CHECK_THROWS_AS(bench.next(*stream), std::runtime_error);
}

TEST_CASE("the number of open streams is limited", "[admin]") {
    test::Office office;
    Bench bench(office);
    std::vector<std::shared_ptr<http::BodyStream>> streams;
    for (std::size_t i = 0; i < bench.open.most(); ++i) streams.push_back(bench.stream());
    CHECK(streams.back() != nullptr);
    CHECK(bench.stream() == nullptr);
    streams.pop_back();
    CHECK(bench.stream() != nullptr);
}

}  // namespace chathook
