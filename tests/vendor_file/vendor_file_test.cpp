#include "vendor_file/vendor_file.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "vendor_file/read_file.hpp"
#include "verify/sent.hpp"
#include "verify/vendor.hpp"

using namespace chathook;
using test::read_file;

namespace {

using Problems = std::vector<std::string>;

constexpr const char* desk = R"yaml(title: Exampledesk
docs: https://example.com/docs
notes: [The header X-Attempt is not signed.]
verify: {header: X-Desk-Signature, prefix: "sha256="}
map:
  event: /kind
  time: /at
  events:
    escalated:
      becomes: handover.requested
      set: {conversation.id: /ticket, contact.email: /visitor/mail, handover.channel: {const: webhook}}
answer:
  accepted: {status: 202, content_type: text/plain, body: thanks}
  refused: {status: 403}
never_repeats_refusals: true
samples:
  - name: escalated
    type: handover.requested
    body: '{"kind":"escalated","ticket":17,"visitor":{"mail":"visitor@example.com"},"at":1700000000}'
vectors:
  - {from: nowhere, anything: else}
)yaml";

std::string with(const std::string& line) { return "title: Desk\nverify: {header: X-S}\n" + line + "\n"; }

}  // namespace

TEST_CASE("the types of a sample are one word, or one for each event") {
    const auto of = [](const std::string& type) {
        return read_file("title: Desk\nverify: {header: X-S}\nsamples: [{name: a, body: b, type: " + type +
                         "}]\n");
    };
    const auto one = of("lead.created");
    REQUIRE(one.problems.empty());
    CHECK(one.file->definition().samples[0].type == "lead.created");
    CHECK(one.file->definition().samples[0].types.empty());
    const auto two = of("[lead.created, handover.requested]");
    REQUIRE(two.problems.empty());
    CHECK(two.file->definition().samples[0].type == "lead.created, handover.requested");
    REQUIRE(two.file->definition().samples[0].types.size() == 2);
    CHECK(two.file->definition().samples[0].types[1] == "handover.requested");
    CHECK(of("[]").problems ==
          std::vector<std::string>{
              "3: samples[0].type: is empty; write the type of each event, in their order"});
    CHECK(of("[{a: b}]").problems.size() == 1);
    CHECK(of("{a: b}").problems.size() == 1);
}

TEST_CASE("a vendor made of a file signs, verifies, reads and answers as the file says") {
    const auto read = read_file(desk);
    REQUIRE(read.problems == Problems{});
    const VendorDefinition& definition = read.file->definition();
    CHECK(definition.name == "desk");
    CHECK(definition.title == "Exampledesk");
    CHECK(definition.never_repeats_refusals);
    CHECK(definition.docs == "https://example.com/docs");
    REQUIRE(definition.notes.size() == 1);
    CHECK(definition.notes[0] == "The header X-Attempt is not signed.");
    REQUIRE(definition.samples.size() == 1);

    const verify::Vendor vendor(definition, test::settings({{"a secret of some length"}}));
    test::Sent sent{std::string(definition.samples[0].body)};
    sent.with(vendor.sign(definition.samples[0].body, "", test::now));
    const auto verified = vendor.verify(sent.request(), test::now);
    REQUIRE(verified.has_value());
    const Normalized normalized = vendor.normalize(*verified);
    CHECK(normalized.type == definition.samples[0].type);
    CHECK(normalized.vendor_type == "escalated");
    CHECK(normalized.conversation.id == "17");
    CHECK(normalized.contact.email == "visitor@example.com");
    CHECK(normalized.handover.channel == "webhook");
    CHECK(vendor.accepted().status == 202);
    CHECK(vendor.accepted().body == "thanks");
    CHECK(vendor.refused().status == 403);
    CHECK(vendor.refused().body == R"({"error":"invalid signature"})");
}

TEST_CASE("without a mapping every event is unrecognized, and the answers are the usual ones") {
    const auto read = read_file("title: Desk\nverify: {header: X-S}\n");
    REQUIRE(read.problems == Problems{});
    const verify::Vendor vendor(read.file->definition(), test::settings({{"a secret of some length"}}));
    test::Sent sent("{}");
    sent.with(vendor.sign("{}", "", test::now));
    CHECK(vendor.normalize(*vendor.verify(sent.request(), test::now)).type == "unrecognized");
    CHECK(vendor.accepted().status == 200);
    CHECK(vendor.accepted().body == R"({"status":"success"})");
    CHECK(vendor.refused().status == 401);
}

TEST_CASE("the vendor's word for an event may stand in a header, with a warning where that is not signed") {
    const auto read =
        read_file(with("map: {event: {header: X-Topic}, events: {a: {becomes: lead.created}}}"));
    REQUIRE(read.problems.size() == 1);
    CHECK(read.problems[0].find("3: map.event.header: warning: is not signed") == 0);
    const verify::Vendor vendor(read.file->definition(), test::settings({{"a secret of some length"}}));
    const auto type_of = [&](const std::vector<std::string>& topics) {
        test::Sent sent("{}");
        sent.with(vendor.sign("{}", "", test::now));
        for (const std::string& topic : topics) sent.with("x-topic", topic);
        return std::string(vendor.normalize(*vendor.verify(sent.request(), test::now)).type);
    };
    CHECK(type_of({"a"}) == "lead.created");
    CHECK(type_of({"b"}) == "unrecognized");
    CHECK(type_of({}) == "unrecognized");
    CHECK(type_of({"a", "a"}) == "unrecognized");  // none of them is picked
}

TEST_CASE("a token in the body is not part of what is kept") {
    const auto read = read_file(
        "title: Desk\nverify: {kind: token, pointer: /key}\n"
        "map: {event: /kind, events: {a: {becomes: lead.created, set: {lead.note: /key}}}}\n");
    REQUIRE(read.problems == Problems{});
    const verify::Vendor vendor(read.file->definition(), test::settings({{"a secret of some length"}}));
    test::Sent sent(R"({"kind":"a","key":"a secret of some length","again":"a secret of some length!"})");
    const auto verified = vendor.verify(sent.request(), test::now);
    REQUIRE(verified.has_value());
    const std::string_view kept =
        R"({"kind":"a","key":"***********************","again":"***********************!"})";
    CHECK(verified->body() == kept);
    CHECK(verified->raw() == kept);
    CHECK(vendor.normalize(*verified).lead.note == "***********************");
    test::Sent wrong(R"({"kind":"a","key":"another"})");
    CHECK(vendor.verify(wrong.request(), test::now).error() == Errc::wrong_signature);
}

TEST_CASE("an identity may be the signed id of the delivery") {
    const auto read = read_file(
        "title: Desk\n"
        "verify: {header: X-S, text: '{id}.{body}', id: {header: X-Id}}\n"
        "identity: [id]\n");
    REQUIRE(read.problems == Problems{});
    const verify::Vendor vendor(read.file->definition(), test::settings({{"a secret of some length"}}));
    test::Sent sent("{}");
    const auto headers = vendor.sign("{}", "", test::now);
    REQUIRE(headers.size() == 2);
    sent.with(headers);
    const auto verified = vendor.verify(sent.request(), test::now);
    REQUIRE(verified.has_value());
    const Normalized normalized = vendor.normalize(*verified);
    REQUIRE(normalized.identity.size() == 1);
    CHECK(normalized.identity[0] == headers[1].value);
}

TEST_CASE("a refusal never answers 404 or 410, which some vendors take for the end of the webhook") {
    for (const char* status : {"404", "410"}) {
        const auto problems =
            read_file(with("answer: {refused: {status: " + std::string(status) + "}}")).problems;
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].find("3: answer.refused.status: must not be 404 or 410") == 0);
    }
    CHECK(read_file(with("answer: {refused: {status: 200}}")).problems.size() == 1);
    CHECK(read_file(with("answer: {accepted: {status: 500}}")).problems.size() == 1);
}

TEST_CASE("what is wrong in a file is told with its line") {
    CHECK(read_file("verify: {header: X-S}").problems ==
          Problems{"1: title: is missing; write the vendor's name as people write it"});
    CHECK(read_file("title: Desk").problems.size() == 1);
    CHECK(read_file(with("colour: red")).problems.front().find("3: colour: unknown key") == 0);
    CHECK(read_file(with("handshakes: []")).problems.front().find("3: handshakes: unknown key") == 0);
    CHECK(read_file(with("map: {event: kind}")).problems.front().find("3: map.event: ") == 0);
    CHECK(read_file(with("samples: [{name: a}]")).problems.size() == 2);
    CHECK(read_file("title: [").file == nullptr);
}
