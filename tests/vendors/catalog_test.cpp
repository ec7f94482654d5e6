#include "vendors/catalog.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "support/file_content.hpp"
#include "vendors/delivered.hpp"
#include "vendors/preset.hpp"
#include "verify/signing_words.hpp"

namespace chathook::vendors {
namespace {

// The vendors that chathookd began with, with how each signs, in words.
const std::map<std::string_view, std::array<std::string_view, 3>>& first_five() {
    static constexpr std::string_view stringified = "raw body, else its JSON.stringify form";
    static const std::map<std::string_view, std::array<std::string_view, 3>> five{
        {"lynn", {"HMAC-SHA256", "hex or base64", "raw body"}},
        {"chatbase", {"HMAC-SHA1", "hex", stringified}},
        {"newoaks", {"HMAC-SHA256", "hex", R"(t + "." + raw body, else t + "." + its JSON.stringify form)"}},
        {"knowrithm", {"HMAC-SHA256", R"(hex, after "sha256=")", "raw body"}},
        {"wonderchat", {"HMAC-SHA256", "hex", stringified}},
    };
    return five;
}

TEST_CASE("every vendor of the catalog is found under its name") {
    for (const std::string_view name : vendor_names()) {
        CAPTURE(name);
        REQUIRE(find_vendor(name) != nullptr);
        CHECK(find_vendor(name)->name == name);
        const test::Preset preset(name);
        CHECK(&preset.vendor().definition() == find_vendor(name));
        CHECK(preset.vendor().rules().header == find_vendor(name)->rules.header);
    }
}

TEST_CASE(
    "the catalog begins with the five vendors that chathookd began with, and no name stands in it twice") {
    const auto names = vendor_names();
    for (std::size_t at = 0; at < first_five().size(); ++at) CHECK(first_five().contains(names[at]));
    CHECK(std::set<std::string_view>(names.begin(), names.end()).size() == names.size());
}

TEST_CASE("every vendor file of the source tree is part of the program") {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(CHATHOOK_SOURCE_DIR) /
                                                                 "src/vendors/files")) {
        files.insert(entry.path().stem());
    }
    const auto names = vendor_names();
    CHECK(std::set<std::string>(names.begin(), names.end()) == files);
}

TEST_CASE("an unknown vendor name gives no vendor") {
    for (const auto* name : {"", "Lynn", "lynn ", "nobody"}) {
        CHECK(find_vendor(name) == nullptr);
        CHECK(make_vendor(name, test::settings_with("a secret of some length")) == nullptr);
    }
}

TEST_CASE("the definition of every vendor is complete") {
    for (const std::string_view name : vendor_names()) {
        const VendorDefinition& vendor = *find_vendor(name);
        CAPTURE(name);
        CHECK_FALSE(vendor.title.empty());
        CHECK(vendor.rules.header.empty() == vendor.rules.has_token_in_body());
        CHECK(vendor.reader != nullptr);
        CHECK_FALSE(vendor.samples.empty());
        CHECK_FALSE(vendor.refused.body.empty());
        if (!first_five().contains(name)) continue;
        CHECK(vendor.rules.signs_time() == (name == "newoaks"));
        CHECK(vendor.rules.dates_body() == (name == "wonderchat" || name == "knowrithm"));
        CHECK(vendor.rules.signs_stringified() == (name != "lynn" && name != "knowrithm"));
    }
}

TEST_CASE("how each vendor signs is said in words that come from its rules") {
    for (const auto& [name, expected] : first_five()) {
        const verify::SigningWords words = verify::describe(find_vendor(name)->rules);
        CAPTURE(name);
        CHECK(words.algorithm == expected[0]);
        CHECK(words.encoding == expected[1]);
        CHECK(words.signed_text == expected[2]);
    }
}

TEST_CASE("samples contain no real address") {
    const std::regex address(R"([\w.+-]+@([\w-]+(\.\w+)+))");
    for (const std::string_view name : vendor_names()) {
        for (const Sample& sample : find_vendor(name)->samples) {
            const std::string body(sample.body);
            for (std::sregex_iterator found(body.begin(), body.end(), address), end; found != end; ++found) {
                CHECK((*found)[1] == "example.com");
            }
        }
    }
}

std::string vendor_type_of(std::string_view name, const Sample& sample) {
    const test::Preset preset(name);
    const std::string body = preset.body_of(sample.body);
    return test::deliver(preset.vendor(), body, preset.sign(body, test::delivered_at)).vendor_type;
}

TEST_CASE("every vendor has a page that names its header and each of its events") {
    for (const std::string_view name : vendor_names()) {
        // The schemes of one platform share its page.
        const std::string_view platform = name.starts_with("front-") ? "front" : name;
        const auto page = test::content_of(std::filesystem::path(CHATHOOK_SOURCE_DIR) / "docs" / "vendors" /
                                           (std::string(platform) + ".md"));
        CAPTURE(name);
        CHECK(page.find(find_vendor(name)->rules.header) != std::string::npos);
        for (const Sample& sample : find_vendor(name)->samples) {
            CAPTURE(sample.name);
            CHECK(page.find('`' + std::string(sample.type) + '`') != std::string::npos);
            const auto event = vendor_type_of(name, sample);
            CAPTURE(event);
            CHECK((sample.type == "unrecognized" || page.find('`' + event + '`') != std::string::npos));
        }
    }
}

TEST_CASE("an unchanged file gives the vendor that is in use, and what is wrong with it each time") {
    const std::string text =
        test::content_of(std::filesystem::path(CHATHOOK_SOURCE_DIR) / "src/vendors/files/lynn.yaml");
    yaml::Findings findings;
    const auto first = read_vendor("own", text, findings);
    REQUIRE(first != nullptr);
    CHECK(findings.problems.empty());
    CHECK(read_vendor("own", text, findings) == first);
    CHECK(read_vendor("other", text, findings) != first);
    CHECK(read_vendor("own", text + "# changed\n", findings) != first);

    const std::string doubtful = text + "unknown: 1\n";
    const auto former = read_vendor("own", doubtful, findings);
    REQUIRE(former != nullptr);
    const std::size_t problems = findings.problems.size();
    REQUIRE(problems > 0);
    const auto again = read_vendor("own", doubtful, findings);
    CHECK(findings.problems.size() == 2 * problems);
}

}  // namespace
}  // namespace chathook::vendors
