#include "vendors/catalog.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "support/file_content.hpp"
#include "support/signed_request.hpp"
#include "verify/signing_words.hpp"

namespace chathook::vendors {
namespace {

TEST_CASE("the catalog contains the five vendors under their names") {
    const auto names = vendor_names();
    CHECK(std::set<std::string_view>(names.begin(), names.end()) ==
          std::set<std::string_view>{"lynn", "chatbase", "newoaks", "knowrithm", "wonderchat"});
    for (const std::string_view name : names) {
        REQUIRE(find_vendor(name) != nullptr);
        CHECK(find_vendor(name)->name == name);
        const auto vendor = make_vendor(name, test::settings_with("a secret of some length"));
        REQUIRE(vendor != nullptr);
        CHECK(&vendor->definition() == find_vendor(name));
        CHECK(vendor->rules().header == find_vendor(name)->rules.header);
    }
}

TEST_CASE("an unknown vendor name gives no vendor") {
    for (const auto* name : {"", "Lynn", "lynn ", "crisp"}) {
        CHECK(find_vendor(name) == nullptr);
        CHECK(make_vendor(name, test::settings_with("a secret of some length")) == nullptr);
    }
}

TEST_CASE("the definition of every vendor is complete") {
    for (const std::string_view name : vendor_names()) {
        const VendorDefinition& vendor = *find_vendor(name);
        CAPTURE(name);
        CHECK_FALSE(vendor.title.empty());
        CHECK_FALSE(vendor.rules.header.empty());
        CHECK(vendor.reader != nullptr);
        CHECK_FALSE(vendor.samples.empty());
        CHECK_FALSE(vendor.refused.body.empty());
        CHECK(vendor.rules.signs_time() == (name == "newoaks"));
        CHECK(vendor.rules.dates_body() == (name == "wonderchat" || name == "knowrithm"));
        CHECK(vendor.rules.signs_stringified() == (name != "lynn" && name != "knowrithm"));
    }
}

TEST_CASE("how each vendor signs is said in words that come from its rules") {
    constexpr std::string_view stringified = "raw body, else its JSON.stringify form";
    const std::map<std::string_view, std::array<std::string_view, 3>> expected{
        {"lynn", {"HMAC-SHA256", "hex or base64", "raw body"}},
        {"chatbase", {"HMAC-SHA1", "hex", stringified}},
        {"newoaks", {"HMAC-SHA256", "hex", R"(t + "." + raw body, else t + "." + its JSON.stringify form)"}},
        {"knowrithm", {"HMAC-SHA256", R"(hex, after "sha256=")", "raw body"}},
        {"wonderchat", {"HMAC-SHA256", "hex", stringified}},
    };
    for (const std::string_view name : vendor_names()) {
        const verify::SigningWords words = verify::describe(find_vendor(name)->rules);
        CAPTURE(name);
        CHECK(words.algorithm == expected.at(name)[0]);
        CHECK(words.encoding == expected.at(name)[1]);
        CHECK(words.signed_text == expected.at(name)[2]);
    }
}

TEST_CASE("samples contain no real address") {
    const std::regex address(R"([\w.+-]+@([\w.-]+\w))");
    for (const std::string_view name : vendor_names()) {
        for (const Sample& sample : find_vendor(name)->samples) {
            const std::string body(sample.body);
            for (std::sregex_iterator found(body.begin(), body.end(), address), end; found != end; ++found) {
                CHECK((*found)[1] == "example.com");
            }
        }
    }
}

TEST_CASE("every vendor has a page that names its header and each of its events") {
    for (const std::string_view name : vendor_names()) {
        const auto page = test::content_of(std::filesystem::path(CHATHOOK_SOURCE_DIR) / "docs" / "vendors" /
                                           (std::string(name) + ".md"));
        CAPTURE(name);
        CHECK(page.find(find_vendor(name)->rules.header) != std::string::npos);
        for (const Sample& sample : find_vendor(name)->samples) {
            CAPTURE(sample.name);
            CHECK(page.find('`' + std::string(sample.name) + '`') != std::string::npos);
            CHECK(page.find('`' + std::string(sample.type) + '`') != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace chathook::vendors
