#include "config/own_vendors.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/fixture.hpp"
#include "config/shipped.hpp"

namespace chathook::config::test {
namespace {

namespace fs = std::filesystem;

const std::string desk =
    "title: Exampledesk\n"
    "verify: {header: X-Desk-Signature}\n"
    "map: {event: /kind, events: {asked: {becomes: handover.requested, set: {conversation.id: /ticket}}}}\n";
const std::string desk_source =
    "    vendor: desk\n"
    "    path: /desk\n"
    "    secret: {value: 0123456789abcdef}\n";

// A configuration of one source `a` with this text, and a directory for vendor files.
class Files {
public:
    Files() { fs::create_directory(vendors()); }

    fs::path vendors() const { return directory_.path() / "vendors"; }
    fs::path write(const std::string& name, const std::string& text, unsigned mode = 0644) const {
        std::ofstream(vendors() / name, std::ios::binary) << text;
        ::chmod((vendors() / name).c_str(), mode);
        return vendors() / name;
    }

    // The problems without the directory's name.
    std::vector<std::string> problems(const std::string& source, bool with_directory = true,
                                      bool for_another_user = false) {
        const auto file = directory_.write(
            "c.yaml", (with_directory ? "vendors_dir: '" + vendors().string() + "'\n" : std::string("\n")) +
                          "sources:\n  a:\n" + source +
                          "sinks: {out: {type: stdout}}\nroutes: [{to: [out]}]\n");
        Known known = shipped();
        known.for_another_user = for_another_user;
        loaded_ = load(file, known);
        std::vector<std::string> problems;
        for (const Problem& problem : loaded_.problems) {
            std::string text = to_string(file, problem);
            for (const std::string& prefix : {vendors().string() + "/", file.string() + ":"}) {
                if (text.starts_with(prefix)) text.erase(0, prefix.size());
            }
            problems.push_back(std::move(text));
        }
        return problems;
    }
    const Source& source() const { return loaded_.config.value().sources.at(0); }
    const Loaded& loaded() const { return loaded_; }

private:
    TemporaryDirectory directory_;
    Loaded loaded_;
};

using Catch::Matchers::Contains;
using Texts = std::vector<std::string>;

std::string only(const Texts& problems) {
    CAPTURE(problems);
    REQUIRE(problems.size() == 1);
    return problems.front();
}

bool begins(const std::string& text, std::string_view with) {
    CAPTURE(text);
    return text.starts_with(with);
}

}  // namespace

TEST_CASE("what would keep a file out of vendors_dir is told of the file alone") {
    const Files files;
    const auto fault = [](const fs::path& file) { return fault_of_own_vendor(file, shipped()); };
    CHECK(fault(files.write("desk.yaml", desk)).empty());
    CHECK(fault(files.write("desk.yml", desk)).starts_with("does not end in .yaml"));
    CHECK(fault(files.write("Desk.yaml", desk)).starts_with("is no name of a vendor"));
    CHECK(fault(files.write("lynn.yaml", desk)).starts_with("has the name of a vendor that the program has"));
    CHECK(fault(files.write("custom.yaml", desk)).starts_with("has the name of a vendor"));
    CHECK(
        fault(files.write("open.yaml", desk, 0666)).starts_with("may be written by its group or by others"));
    fs::create_symlink(files.vendors() / "desk.yaml", files.vendors() / "link.yaml");
    CHECK(fault(files.vendors() / "link.yaml").starts_with("is a symbolic link"));
    CHECK(fault(files.vendors() / "none.yaml").starts_with("cannot be read"));
}

TEST_CASE("a vendor file in vendors_dir makes a vendor of its name") {
    Files files;
    files.write("desk.yaml", desk);
    files.write(".hidden.yaml", "not: read");
    files.write("desk.yaml~", "not: read");
    REQUIRE(files.problems(desk_source) == Texts{});
    CHECK(files.source().vendor == "desk");
    CHECK(files.source().definition->name == "desk");
    CHECK(files.source().definition->rules.header == "X-Desk-Signature");
    CHECK(files.source().definition->types.size() == 1);
    CHECK(files.source().definition->fingerprint.size() == 16);
}

TEST_CASE("what is wrong in a vendor file is told with its name and line, and not again for its source") {
    Files files;
    files.write("desk.yaml", "title: D\nverify: {header: X-S}\ncolour: red\n");
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml:3: colour: unknown key"));
    CHECK_FALSE(files.loaded().config.has_value());
    files.write("desk.yaml", "title: [");
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml:"));
    files.write("desk.yaml", "title: D\x01\n");
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml:1: contains a control character"));
    for (const auto* text : {"", "# nothing", "[]", "text", "---"}) {
        CAPTURE(text);
        files.write("desk.yaml", text);
        const std::string problem = only(files.problems(desk_source));
        CHECK(problem.find("must be a mapping with title and verify") != std::string::npos);
    }
}

TEST_CASE("a vendor file that others may have written is refused") {
    Files files;
    for (const unsigned mode : {0664u, 0646u}) {
        files.write("desk.yaml", desk, mode);
        CHECK(
            begins(only(files.problems(desk_source)), "desk.yaml: may be written by its group or by others"));
    }
    files.write("desk.yaml", desk);
    for (const unsigned mode : {0775u, 0757u, 01777u}) {
        ::chmod(files.vendors().c_str(), mode);
        CHECK(files.problems(desk_source).front().find("vendors_dir: the directory '") != std::string::npos);
        CHECK_FALSE(files.loaded().config.has_value());
    }
    ::chmod(files.vendors().c_str(), 0755);
    if (::geteuid() != 0) return;  // only root can give a file away
    REQUIRE(::chown((files.vendors() / "desk.yaml").c_str(), 4242, 4242) == 0);
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml: belongs to user 4242"));
    CHECK_FALSE(files.loaded().config.has_value());
    // The user may be the daemon's, which root cannot know who checks its configuration.
    CHECK(begins(only(files.problems(desk_source, true, true)),
                 "desk.yaml: warning: belongs to user 4242; that is right only"));
    CHECK(files.loaded().config.has_value());
}

TEST_CASE("what is no regular file of a moderate size is refused in vendors_dir") {
    Files files;
    const fs::path real = files.write("real.txt", desk);
    fs::create_symlink(real, files.vendors() / "desk.yaml");
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml: is a symbolic link"));
    fs::remove(files.vendors() / "desk.yaml");
    REQUIRE(::mkfifo((files.vendors() / "desk.yaml").c_str(), 0644) == 0);
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml: is not a regular file"));
    fs::remove(files.vendors() / "desk.yaml");
    fs::create_directory(files.vendors() / "desk.yaml");
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml: is not a regular file"));
    fs::remove(files.vendors() / "desk.yaml");
    files.write("desk.yaml", desk + "# " + std::string(vendor_file_bytes_max - desk.size() - 3, 'x') + "\n");
    CHECK(files.problems(desk_source) == Texts{});
    files.write("desk.yaml", desk + "# " + std::string(vendor_file_bytes_max - desk.size() - 2, 'x') + "\n");
    CHECK(begins(only(files.problems(desk_source)), "desk.yaml: is larger than 256KiB"));
}

TEST_CASE("the name of a vendor of the program cannot be taken again") {
    Files files;
    files.write("desk.yaml", desk);
    for (const auto* name : {"lynn.yaml", "stripe.yaml", "custom.yaml"}) {
        const auto file = files.write(name, desk);
        CHECK(begins(only(files.problems(desk_source)),
                     std::string(name) + ": has the name of a vendor that the program has already"));
        fs::remove(file);
    }
    const auto file = files.write("Desk.yaml", desk);
    CHECK(begins(only(files.problems(desk_source)), "Desk.yaml: is no name of a vendor"));
    fs::remove(file);
    files.write("desk.yml", desk);
    CHECK(only(files.problems(desk_source)).find("warning: 'desk.yml' is not read") != std::string::npos);
}

TEST_CASE("a directory that is not there is an error") {
    Files files;
    fs::remove(files.vendors());
    // It is the only one: the source that names a file in there is not wrong, too.
    CHECK(only(files.problems(desk_source)).find("vendors_dir: the directory '") != std::string::npos);
}

TEST_CASE("a source may say itself how its vendor signs") {
    Files files;
    const std::string described =
        "    path: /a\n    secret: {value: 0123456789abcdef}\n"
        "    verify: {header: X-S, prefix: 'sha256='}\n"
        "    map: {event: /e, events: {a: {becomes: lead.created}}}\n";
    REQUIRE(files.problems(described, false) == Texts{});
    CHECK(files.source().vendor == "custom");
    CHECK(files.source().definition->name == "custom");
    CHECK(files.source().definition->rules.prefix == "sha256=");
    CHECK(files.source().definition->types.size() == 1);
    REQUIRE(files.problems("    vendor: our-desk\n" + described, false) == Texts{});
    CHECK(files.source().definition->name == "our-desk");
    CHECK(only(files.problems("    vendor: lynn\n" + described, false)).find("says already how it signs") !=
          std::string::npos);
    CHECK(only(files.problems("    vendor: Our Desk\n" + described, false)).find("not a name for a vendor") !=
          std::string::npos);
}

TEST_CASE("what is wrong in a source's verify and map is told with its line") {
    Files files;
    const std::string source = "    path: /a\n    secret: {value: 0123456789abcdef}\n";
    CHECK(begins(only(files.problems(source + "    verify: {header: X-S, colour: red}\n", false)),
                 "6: sources.a.verify.colour: unknown key"));
    CHECK(begins(only(files.problems(source + "    verify: {text: '{body}'}\n", false)),
                 "6: sources.a.verify.header: is missing"));
    CHECK(begins(only(files.problems(source + "    vendor: lynn\n    map: {event: kind}\n", false)),
                 "7: sources.a.map.event: "));
    CHECK(begins(only(files.problems(source + "    vendor: lynn\n    identity: [/a]\n", false)),
                 "7: sources.a.identity: stands beside a map"));
    CHECK(begins(only(files.problems(source + "    vendor: lynn\n    answer: {}\n", false)),
                 "7: sources.a.answer: belongs to verify"));
    CHECK(begins(only(files.problems(source + "    vendor: lynn\n    handshake: []\n", false)),
                 "7: sources.a.handshake: belongs to verify"));
}

TEST_CASE("a source may have a map of its own in place of its vendor's") {
    Files files;
    const std::string source =
        "    vendor: standard-webhooks\n    path: /a\n"
        "    secret: {value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}\n";
    REQUIRE(files.problems(source, false) == Texts{});
    const std::string former(files.source().definition->fingerprint);
    REQUIRE(files.problems(source + "    map: {event: /type, events: {a: {becomes: lead.created}}}\n",
                           false) == Texts{});
    const VendorDefinition& mine = *files.source().definition;
    CHECK(mine.name == "standard-webhooks");
    CHECK(mine.rules.header == "webhook-signature");
    CHECK(std::ranges::equal(mine.types, std::vector<std::string_view>{"lead.created"}));
    CHECK(mine.fingerprint != former);
    // Its identity is the delivery's id, which would make all events of a request the same one.
    const auto several =
        only(files.problems(source + "    map: {each: [[/events]], event: /type, identity: [id]}\n", false));
    CHECK(several.find("is the same for all events of a request") != std::string::npos);
    CHECK(files.problems(source + "    map: {each: [[/events]], event: /type, identity: [/id]}\n", false) ==
          Texts{});
    CHECK(files.problems(source + "    map: {each: [[/events]], event: /type}\n", false) == Texts{});
}

TEST_CASE("a secret that is no key of the vendor's form is refused with its line") {
    Files files;
    const std::string source = "    vendor: standard-webhooks\n    path: /a\n";
    const auto problem =
        only(files.problems(source + "    secret: {value: 'whsec_not base64 at all'}\n", false));
    CHECK(begins(problem, "6: sources.a.secret: the secret "));
    CHECK(problem.find("not base64 at all") == std::string::npos);
    CHECK(begins(only(files.problems(source + "    secret: {value: whsec_MfKQ9r8GKYqrTw==}\n", false)),
                 "6: sources.a.secret: the secret "));
}

TEST_CASE("a vendor that signs the URL needs public_url, and no other does") {
    Files files;
    const std::string source = "    vendor: twilio\n    path: /a\n    secret: {value: 0123456789abcdef}\n";
    CHECK(begins(only(files.problems(source, false)),
                 "3: sources.a.public_url: is missing: twilio signs the URL"));
    CHECK(files.problems(source + "    public_url: https://hooks.example.com/a?b=1\n", false) == Texts{});
    CHECK(files.source().settings.public_url == "https://hooks.example.com/a?b=1");
    for (const auto* url : {"hooks.example.com/a", "ftp://a/", "'https://a/ b'", "https://a/#b"}) {
        CHECK(begins(only(files.problems(source + "    public_url: " + url + "\n", false)),
                     "7: sources.a.public_url: must be the whole URL"));
    }
    const std::string lynn = "    vendor: lynn\n    path: /a\n    secret: {value: 0123456789abcdef}\n";
    CHECK(begins(only(files.problems(lynn + "    public_url: https://a.example.com/\n", false)),
                 "7: sources.a.public_url: warning: has no effect"));
}

TEST_CASE("a vendor that never repeats a refusal is recommended keep_rejected") {
    Files files;
    const std::string source = "    vendor: github\n    path: /a\n    secret: {value: 0123456789abcdef}\n";
    CHECK(only(files.problems(source, false)).find("write keep_rejected: true") != std::string::npos);
    CHECK(files.problems(source + "    keep_rejected: true\n", false) == Texts{});
}

TEST_CASE("requests with a token in the body are not kept whole when they are refused") {
    Files files;
    const std::string source = "    vendor: livechat\n    path: /a\n    secret: {value: 0123456789abcdef}\n";
    CHECK(only(files.problems(source + "    keep_rejected: true\n", false)).find("warning: has no effect") !=
          std::string::npos);
    CHECK_FALSE(files.source().keep_rejected);
    CHECK(files.problems(source, false) == Texts{});
}

TEST_CASE("a public key may have several lines and is judged as a key alone") {
    Files files;
    const std::string source = "    vendor: freshchat\n    path: /a\n";
    CHECK(begins(only(files.problems(source + "    secret: {value: 0123456789abcdef}\n", false)),
                 "6: sources.a.secret: the secret "));
}

TEST_CASE("a vendor that is not there is looked for where it would be") {
    Files files;
    const auto source = [](const std::string& vendor) {
        return "    vendor: " + vendor + "\n    path: /desk\n    secret: {value: 0123456789abcdef}\n";
    };
    CHECK_THAT(only(files.problems(source("dixa"))), Contains("; there is no dixa.yaml in vendors_dir"));
    CHECK_THAT(
        only(files.problems(source("dixa"), false)),
        Contains("; one of your own is a file dixa.yaml in the directory vendors_dir, which is not set"));
    CHECK_THAT(only(files.problems(source("./vendors/dixa.yaml"))),
               Contains("; put the file into vendors_dir, and write its name without .yaml"));
    CHECK_THAT(only(files.problems(source("strip"))), Contains("(did you mean 'stripe'?)"));
    files.write("desk.yaml", desk);
    CHECK_THAT(only(files.problems(source("dsk"))), Contains("is not one of: desk, "));
}

TEST_CASE("a public key of a vendor that is not there is no second mistake") {
    Files files;
    const std::string source =
        "    vendor: dixa\n    path: /desk\n    secret: {value: \"-----BEGIN PUBLIC "
        "KEY-----\\nabc\\n-----END PUBLIC "
        "KEY-----\\n\"}\n";
    CHECK_THAT(only(files.problems(source)), Contains("'dixa' is not one of"));
}

}  // namespace chathook::config::test
