#include "admin/event_stream.hpp"

#include <catch2/catch.hpp>

#include <thread>

#include "admin/office.hpp"

namespace chathook {

TEST_CASE("a stream begins with what is there already, in order, and only what matches", "[admin]") {
    test::Office office;
    office.commit("lead.created");
    office.commit("handover.requested");
    office.commit("lead.updated");
    journal::Query query;
    query.type_glob = "lead.*";
    boost::asio::io_context io(1);
    admin::Desk desk;
    const auto stream = admin::make_event_stream(*office.journal, desk, query);
    const std::string text = test::await(io, stream->next()).value();
    CHECK(text.starts_with("id: 1\nevent: lead.created\ndata: {"));
    CHECK(text.find("\n\nid: 3\nevent: lead.updated\ndata: {") != std::string::npos);
    CHECK(text.ends_with("}\n\n"));
    CHECK(text.find("handover") == std::string::npos);
}

TEST_CASE("a waiting stream is woken by the commit of an event", "[admin]") {
    test::Office office;
    boost::asio::io_context io(1);
    admin::Desk desk;
    const auto stream = admin::make_event_stream(*office.journal, desk, {});
    std::thread committer([&] { office.commit("lead.created"); });
    std::string text;
    do {
        text = test::await(io, stream->next()).value();
    } while (text == ": still here\n\n");
    committer.join();
    CHECK(text.starts_with("id: 1\nevent: lead.created\n"));
}

TEST_CASE("a stream may begin behind an event already seen", "[admin]") {
    test::Office office;
    office.commit("lead.created");
    const auto sequence = office.commit("lead.updated");
    journal::Query query;
    query.after_sequence = sequence - 1;
    boost::asio::io_context io(1);
    admin::Desk desk;
    const auto stream = admin::make_event_stream(*office.journal, desk, query);
    CHECK(test::await(io, stream->next()).value().starts_with("id: 2\n"));
}

}  // namespace chathook
