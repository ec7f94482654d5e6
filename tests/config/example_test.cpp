// Checks the example files and the page that users copy from against what the program reads.
#include <catch2/catch.hpp>

#include "config/fixture.hpp"
#include "config/own_vendors.hpp"
#include "config/reading.hpp"
#include "config/sections.hpp"
#include "config/shipped.hpp"
#include "support/file_content.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;

namespace {

const std::filesystem::path root = CHATHOOK_SOURCE_DIR;

std::string read(const std::filesystem::path& file) {
    const std::string text = chathook::test::content_of(root / file);
    REQUIRE_FALSE(text.empty());
    return text;
}

// The problems of a configuration, with the directory `named` and that of the journal in its text replaced by
// ones that this user may write.
std::vector<std::string> problems_of(std::string text, const std::string& named = "/var/log/chathook") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    for (const auto& [old, found] : {std::pair(named, here), {"/var/lib/chathook", here + "/journal"}}) {
        for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + 1))
            text.replace(at, old.size(), found);
    }
    const auto file = directory.write("chathook.yaml", text);
    std::vector<std::string> problems;
    for (const Problem& problem : load(file, shipped()).problems)
        problems.push_back(to_string(file, problem));
    return problems;
}

// The secrets that the example names.
struct ExampleSecrets {
    TemporaryDirectory directory;
    Environment credentials{"CREDENTIALS_DIRECTORY", directory.path().string()};
    Environment chatbase{"CHATBASE_SECRET", "0123456789abcdef"};
    Environment crm{"CRM_TOKEN", "Bearer 0123456789abcdef"};

    ExampleSecrets() {
        for (const char* name : {"lynn", "lynn-old", "newoaks", "crm-signing"}) {
            directory.write(name, std::string("secret-of-") + name + "-0123456789\n");
        }
    }
};

// A certificate authority, for the sink with its own trusted authority.
const std::string authority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBjjCCATWgAwIBAgIUKF6lp+jdAXyPY76LToEy4QrKMMYwCgYIKoZIzj0EAwIw\n"
    "HDEaMBgGA1UEAwwRRXhhbXBsZSBhdXRob3JpdHkwIBcNMjYxMTIyMDIyNTM3WhgP\n"
    "MjEyNjEwMjkwMjI1MzdaMBwxGjAYBgNVBAMMEUV4YW1wbGUgYXV0aG9yaXR5MFkw\n"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7EfQZu8dAVh5TT14zvcvQOrSjnChTDMd\n"
    "WEsjiSQTXaqJnCgG62sC7KuFKPWxSl+yAK3v7sOmYMpVvgXHE7sHkaNTMFEwHQYD\n"
    "VR0OBBYEFDQj+NVj/HYoNNwtuOsnVBchNEYfMB8GA1UdIwQYMBaAFDQj+NVj/HYo\n"
    "NNwtuOsnVBchNEYfMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIg\n"
    "dHTg6Pr5MM0zbeIDUjA47bPsEJBcYQMc6kcJBeEFU1YCIEVSAkU/GtSPWlLsAyi8\n"
    "JcV/LkFQ/bkLMHi0oyD2Dxv4\n"
    "-----END CERTIFICATE-----\n";

// Every key that the program asks for while it reads the example.
std::set<std::string> known_keys() {
    const ExampleSecrets secrets;
    Findings findings;
    const auto tree = yaml::parse_yaml(read("config/chathook.example.yaml"), findings);
    REQUIRE(tree);
    Config config;
    Listeners taken;
    const Place at = Place::root(*tree, findings);
    read_server(at.section("server"), shipped(), config.server, taken);
    read_admin(at.section("admin"), config.admin, taken);
    read_journal(at.section("journal"), config.journal);
    const Known known = shipped();
    Vendors vendors(known);
    vendors.read_directory(at);
    read_sources(at, vendors, Instant{}, config.sources);
    read_sinks(at, known, config.sinks);
    read_routes(at, vendors, config);
    read_log(at.section("log"), config.log);
    std::set<std::string> keys;
    for (const auto& [place, here] : findings.known_keys) {
        if (place != "sources" && place != "sinks") keys.insert(here.begin(), here.end());
    }
    return keys;
}

bool holds_word(const std::string& text, const std::string& word) {
    const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !in_word(text[at - 1])) && (end == text.size() || !in_word(text[end]))) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("the example configuration is valid without a warning") {
    const ExampleSecrets secrets;
    CHECK(problems_of(read("config/chathook.example.yaml")) == std::vector<std::string>{});
}

TEST_CASE("the example configuration is valid with its commented-out options enabled") {
    const ExampleSecrets secrets;
    std::string text = read("config/chathook.example.yaml");
    std::size_t switched = 0;
    for (std::size_t at = text.find("#:"); at != std::string::npos; at = text.find("#:", at)) {
        if (text.compare(at, 4, "#:\" ") != 0 && text[at + 2] != '"') {
            text.replace(at, 2, "");
            ++switched;
        } else {
            at += 2;
        }
    }
    CHECK(switched >= 7);
    const TemporaryDirectory directory;
    for (const char* name : {"fullchain.pem", "key.pem", "clients.pem", "admin.token", "crm-ca.pem"}) {
        const std::size_t at = text.find(name);
        REQUIRE(at != std::string::npos);
        const std::size_t begin = text.rfind("/etc", at);
        text.replace(begin, at - begin, directory.path().string() + "/");
        directory.write(name, name == std::string("crm-ca.pem") ? authority : "0123456789abcdef");
    }
    CHECK(problems_of(text) == std::vector<std::string>{});
}

TEST_CASE("an unusable file of authorities is reported with its line") {
    const ExampleSecrets secrets;
    std::string text = read("config/chathook.example.yaml");
    const std::string off = "#:tls:\n    #:  ca:";
    const std::size_t at = text.find(off);
    REQUIRE(at != std::string::npos);
    text.replace(at, off.size(), "tls:\n      ca:");
    const auto problems = problems_of(text);
    REQUIRE(problems.size() == 1);
    const std::string before = text.substr(0, text.find("ca: /etc/chathook/crm-ca"));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    CHECK_THAT(problems.front(),
               Catch::Contains("chathook.yaml:" + std::to_string(lines + 1) +
                               ": sinks.crm.tls.ca: cannot read /etc/chathook/crm-ca.pem: No such file"));
}

TEST_CASE("the demo configuration is valid without a warning and has the five first vendors") {
    CHECK(problems_of(read("config/demo.yaml"), "chathook-demo/events") == std::vector<std::string>{});
    const auto loaded = load(root / "config/demo.yaml", shipped());
    REQUIRE(loaded.config);
    REQUIRE(loaded.config->sources.size() == 5);
    for (const Source& source : loaded.config->sources) CHECK(source.path == "/webhooks/" + source.vendor);
}

TEST_CASE("the example contains every key that the program knows") {
    const std::string example = read("config/chathook.example.yaml");
    const auto keys = known_keys();
    CHECK(keys.size() > 60);
    for (const std::string& key : keys) {
        INFO(key);
        CHECK(holds_word(example, key));
    }
}
