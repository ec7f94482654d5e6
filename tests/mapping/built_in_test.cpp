// The files of the five vendors that chathookd began with, against the functions that read them until now.
#include <array>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "mapping/body_mutator.hpp"
#include "mapping/former_readers.hpp"
#include "mapping/mapping.hpp"
#include "support/file_content.hpp"
#include "vendors/delivered.hpp"

namespace chathook::test {
namespace {

constexpr std::size_t bodies_of_each = 10000;

struct Made {
    std::string text;
    std::string raw;
    std::string type;
    std::string vendor_type;
    std::array<std::uint8_t, 16> dedupe_key;
    std::vector<std::string> identity;
    std::vector<std::string> ambiguous;

    bool operator==(const Made&) const = default;
};

// Verifies the body anew, because the ambiguous keys are those that were looked up since.
template <class Read>
Made made_by(const verify::Vendor& vendor, const std::string& body, Read read) {
    const SignedRequest sent(body, vendor.sign(body, "", delivered_at));
    const Verified verified = vendor.verify(sent.request(), delivered_at).value();
    const Normalized normalized = read(verified);
    const auto event = normalize::make_event(normalized, verified, "source", vendor.definition().name,
                                             "0193a5f0-7c00-7000-8000-000000000001", delivered_at);
    return {event->text,
            event->raw,
            event->type,
            event->vendor_type,
            normalize::dedupe_key(normalized, verified, "source"),
            {normalized.identity.begin(), normalized.identity.end()},
            verified.ambiguous_keys()};
}

std::string text_of_file(std::string_view vendor) {
    return content_of(std::string(CHATHOOK_SOURCE_DIR) + "/src/vendors/files/" + std::string(vendor) +
                      ".yaml");
}

// The steps of the file's pointers, which no sample may have.
void collect_steps(const std::string& file, std::set<std::string>& keys) {
    static const std::regex step("/([A-Za-z_]+)");
    for (std::sregex_iterator found(file.begin(), file.end(), step), end; found != end; ++found) {
        keys.insert('"' + (*found)[1].str() + '"');
    }
}

void collect_keys(Json value, std::set<std::string>& keys) {
    for (Json one = value.first(); one; one = one.next()) {
        if (value.is_object()) keys.insert('"' + std::string(one.key()) + '"');
        collect_keys(one, keys);
    }
}

BodyMutator mutator_for(const VendorDefinition& vendor) {
    std::set<std::string> keys{"\"a/b~\"", "\"0\""};
    collect_steps(text_of_file(vendor.name), keys);
    std::vector<std::string> values{"\"\"",
                                    "\"word\"",
                                    "7",
                                    "1.50",
                                    "-0",
                                    "1e400",
                                    "null",
                                    "true",
                                    "[]",
                                    "{}",
                                    "[{},1,null]",
                                    "\"LOW\"",
                                    "\"High\"",
                                    "\"human\"",
                                    "\"lynn\"",
                                    "1700000000",
                                    "\"17e8\"",
                                    "\"\\ud800\"",
                                    "\"1700000001\"",
                                    "[[\"x\"]]",
                                    "{\"id\":5}",
                                    "{\"text\":\"t\"}",
                                    "\"2023-11-14T22:13:20Z\""};
    for (const Sample& sample : vendor.samples) {
        values.push_back('"' + std::string(sample.name) + '"');
        collect_keys(JsonDocument::parse(sample.body)->root(), keys);
    }
    return {20261130, {keys.begin(), keys.end()}, std::move(values)};
}

// What the bodies had in them, so that a comparison of bodies that all say nothing would be seen.
struct Seen {
    std::map<std::string, std::size_t> types;
    std::size_t several_ambiguous = 0;
    std::size_t identified = 0;
};

bool gives_the_same(const verify::Vendor& vendor, const std::string& body, Seen& seen) {
    const Made before = made_by(
        vendor, body, [&](const Verified& one) { return former_reading(vendor.definition().name, one); });
    const Made after = made_by(vendor, body, [&](const Verified& one) { return vendor.normalize(one); });
    ++seen.types[before.type];
    seen.several_ambiguous += before.ambiguous.size() > 1;
    seen.identified += !before.identity.empty();
    if (before == after) return true;
    CAPTURE(body);
    CHECK(before.text == after.text);
    CHECK(before.identity == after.identity);
    CHECK(before.ambiguous == after.ambiguous);
    CHECK(before == after);
    return false;
}

void check_the_same_for(std::string_view name) {
    const auto vendor = make(name);
    BodyMutator mutator = mutator_for(vendor->definition());
    const auto samples = vendor->definition().samples;
    Seen seen;
    for (const Sample& sample : samples) {
        REQUIRE(gives_the_same(*vendor, std::string(sample.body), seen));
    }
    for (std::size_t i = 0; i < bodies_of_each; ++i) {
        REQUIRE(gives_the_same(*vendor, mutator.mutated(samples[i % samples.size()].body), seen));
    }
    for (const Sample& sample : samples) CHECK(seen.types[std::string(sample.type)] > 100);
    CHECK(seen.types["unrecognized"] > 100);
    CHECK(seen.several_ambiguous > 500);
    CHECK((seen.identified > 1000) == (name == "knowrithm"));
}

TEST_CASE("the file of Lynn gives what its function gave, for any body") { check_the_same_for("lynn"); }

TEST_CASE("the file of Chatbase gives what its function gave, for any body") {
    check_the_same_for("chatbase");
}

TEST_CASE("the file of Newoaks gives what its function gave, for any body") { check_the_same_for("newoaks"); }

TEST_CASE("the file of Knowrithm gives what its function gave, for any body") {
    check_the_same_for("knowrithm");
}

TEST_CASE("the file of Wonderchat gives what its function gave, for any body") {
    check_the_same_for("wonderchat");
}

TEST_CASE("the file of Lynn reads conversations of more messages than a mapping reads by default") {
    std::string body = R"({"conversationId":"c","messages":[)";
    for (std::size_t i = 0; i < 3 * mapping::messages_max; ++i)
        body += R"({"text":"t","senderRole":"human"},)";
    body.back() = ']';
    body += '}';
    Seen seen;
    CHECK(gives_the_same(*make("lynn"), body, seen));
}

TEST_CASE("the files say what an unusual body says to the functions") {
    Seen seen;
    for (const std::string_view name : {"lynn", "chatbase", "newoaks", "knowrithm", "wonderchat"}) {
        for (const char* const body :
             {"", "{}", "[]", "null", "17", "\"text\"", "{\"a\":", "\xFF\xFE", "{\"event\":\"\"}",
              "{\"event\":5}", R"({"event":"lead.created","timestamp":true,"data":{}})",
              R"({"event":"lead.created","timestamp":1700000000,"data":null})",
              R"({"event":"nothing of ours","timestamp":"x","data":0})",
              R"({"event":7,"timestamp":"x","data":{}})", R"({"messages":[1,"a",{},{"resources":null}]})",
              R"({"conversationId":5,"updatedAt":1700000000})", R"({"conversationId":5,"messages":[]})"}) {
            CHECK(gives_the_same(*make(name), body, seen));
        }
    }
}

}  // namespace
}  // namespace chathook::test
