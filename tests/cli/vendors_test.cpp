#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "support/temp_directory.hpp"

namespace chathook {
namespace {

using test::Ran;
using test::run;

const std::string desk =
    "title: Desk\n"
    "verify: {header: X-S}\n"
    "handshake: [{when: {pointer: /probe, present: true}, answer: {text: {pointer: /probe}}}]\n"
    "map:\n"
    "  event: /kind\n"
    "  time: /at\n"
    "  events: {asked: {becomes: handover.requested, set: {contact.email: /mail, ticket.id: /nr}}}\n"
    "samples:\n"
    "  - {name: probe, type: handshake, body: '{\"probe\":\"abc\"}'}\n"
    "  - name: asked\n"
    "    type: handover.requested\n"
    "    body: '{\"kind\":\"asked\",\"mail\":\"visitor@example.com\",\"nr\":17,\"at\":1700000000}'\n";

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// The path of a new file with the text above.
std::string desk_at(const test::TempDirectory& directory, const std::string& name) {
    const auto file = directory.path() / name;
    std::ofstream(file, std::ios::binary) << desk;
    return file.string();
}

Ran tried(const std::string& file, const std::vector<std::string>& options = {}) {
    std::vector<std::string> words{"vendors", "test", file};
    words.insert(words.end(), options.begin(), options.end());
    return run(words);
}

}  // namespace

TEST_CASE("vendors test prints what a handshake is answered, and with --show what a sample becomes") {
    const test::TempDirectory directory;
    const std::string file = desk_at(directory, "desk.yaml");
    const Ran plain = tried(file);
    CHECK(plain.exit_code == 0);
    CHECK(contains(plain.output, "ok    sample probe: answers 200 text/plain; charset=utf-8: abc\n"));
    CHECK(contains(plain.output, "ok    sample asked\n"));
    CHECK_FALSE(contains(plain.output, "visitor@example.com"));
    const Ran shown = tried(file, {"--show"});
    CHECK(contains(shown.output,
                   "ok    sample asked\n"
                   R"(      {"type":"handover.requested","vendortype":"asked","subject":"17",)"
                   R"("time":"2023-11-14T22:13:20Z","data":{"contact":{"email":"visitor@example.com"},)"
                   R"("ticket":{"id":"17"}}})"
                   "\n"));
}

TEST_CASE("vendors test --json has the answer to a handshake, and with --show the events") {
    const test::TempDirectory directory;
    const std::string file = desk_at(directory, "desk.yaml");
    const auto plain = nlohmann::json::parse(tried(file, {"--json"}).output);
    CHECK(plain["outcomes"][0]["answer"]["body"] == "abc");
    CHECK_FALSE(plain["outcomes"][1].contains("answer"));
    CHECK_FALSE(plain["outcomes"][1].contains("events"));
    const auto shown = nlohmann::json::parse(tried(file, {"--json", "--show"}).output);
    CHECK(shown["outcomes"][0]["events"].empty());
    CHECK(shown["outcomes"][1]["events"][0]["data"]["ticket"]["id"] == "17");
}

TEST_CASE("vendors test warns of what keeps a file out of vendors_dir") {
    const test::TempDirectory directory;
    const auto complaint = [&](const std::string& name) {
        const Ran ran = tried(desk_at(directory, name));
        CHECK(ran.exit_code == 0);
        return ran.complaint;
    };
    CHECK_FALSE(contains(complaint("desk.yaml"), "vendors_dir"));
    CHECK(contains(complaint("desk.txt"), "would not be taken from vendors_dir: does not end in .yaml"));
    CHECK(contains(complaint("Desk.yaml"), "would not be taken from vendors_dir: is no name of a vendor"));
    CHECK(contains(complaint("lynn.yaml"),
                   "would not be taken from vendors_dir: has the name of a vendor that the program has"));
    const Ran shipped = tried(CHATHOOK_SOURCE_DIR "/src/vendors/files/lynn.yaml");
    CHECK(shipped.exit_code == 0);
    CHECK_FALSE(contains(shipped.complaint, "vendors_dir"));
}

TEST_CASE("a vendor file that is missing, or is a directory, is called so") {
    const test::TempDirectory directory;
    const Ran missing = tried((directory.path() / "desk.yaml").string());
    CHECK(missing.exit_code == ExitCode::bad_input);
    CHECK(contains(missing.complaint, "there is no vendor file"));
    const Ran whole = tried(directory.path().string());
    CHECK(whole.exit_code == ExitCode::bad_input);
    CHECK(contains(whole.complaint, "is a directory; name a vendor file in it"));
}

}  // namespace chathook
