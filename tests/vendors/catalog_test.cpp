#include "vendors/catalog.hpp"

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "support/file_content.hpp"
#include "support/signed_request.hpp"
#include "vendors/scheme_vendor.hpp"

namespace chathook::vendors {
namespace {

const std::filesystem::path sample_directory =
    std::filesystem::path(CHATHOOK_SOURCE_DIR) / "src" / "vendors" / "samples";

TEST_CASE("the catalog contains the five vendors under their names") {
    const auto names = vendor_names();
    CHECK(std::set<std::string_view>(names.begin(), names.end()) ==
          std::set<std::string_view>{"lynn", "chatbase", "newoaks", "knowrithm", "wonderchat"});
    for (const std::string_view name : names) {
        REQUIRE(find_facts(name) != nullptr);
        CHECK(find_facts(name)->name == name);
        const auto vendor = make_vendor(name, test::settings_with("a secret of some length"));
        REQUIRE(vendor != nullptr);
        CHECK(&vendor->facts() == find_facts(name));
    }
}

TEST_CASE("the signing rules of a vendor agree with its facts") {
    for (const std::string_view name : vendor_names()) {
        const auto vendor = make_vendor(name, test::settings_with("a secret of some length"));
        const verify::SchemeRules* rules = rules_of(*vendor);
        CAPTURE(name);
        REQUIRE(rules != nullptr);
        CHECK(rules->header == find_facts(name)->signature_header);
        CHECK((rules->algorithm == verify::Algorithm::sha1) == (find_facts(name)->algorithm == "HMAC-SHA1"));
        CHECK((rules->shape == verify::HeaderShape::pairs) == find_facts(name)->signs_time);
        CHECK((rules->body == verify::BodyForm::raw_or_stringified) == find_facts(name)->signs_stringified);
        CHECK((rules->time_in_body != nullptr) == find_facts(name)->dates_body);
    }
}

TEST_CASE("an unknown vendor name gives no vendor") {
    for (const auto* name : {"", "Lynn", "lynn ", "crisp"}) {
        CHECK(find_facts(name) == nullptr);
        CHECK(make_vendor(name, test::settings_with("a secret of some length")) == nullptr);
    }
}

TEST_CASE("the facts of every vendor are complete") {
    for (const std::string_view name : vendor_names()) {
        const VendorFacts& facts = *find_facts(name);
        CAPTURE(name);
        for (const auto text :
             {facts.title, facts.signature_header, facts.algorithm, facts.encoding, facts.signed_text}) {
            CHECK_FALSE(text.empty());
        }
        CHECK(facts.signs_time == (name == "newoaks"));
        CHECK(facts.dates_body == (name == "wonderchat" || name == "knowrithm"));
        CHECK_FALSE(facts.samples.empty());
    }
}

TEST_CASE("every sample is its file without the last line feed, and every file is a sample") {
    std::set<std::filesystem::path> listed;
    for (const std::string_view name : vendor_names()) {
        for (const Sample& sample : find_facts(name)->samples) {
            const auto path = sample_directory / name / (std::string(sample.name) + ".json");
            CAPTURE(path);
            CHECK(std::string(sample.body) + '\n' == test::content_of(path));
            listed.insert(path);
        }
    }
    std::set<std::filesystem::path> present;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(sample_directory)) {
        if (entry.is_regular_file()) present.insert(entry.path());
    }
    CHECK(listed == present);
}

TEST_CASE("samples contain no real address") {
    const std::regex address(R"([\w.+-]+@([\w.-]+\w))");
    for (const std::string_view name : vendor_names()) {
        for (const Sample& sample : find_facts(name)->samples) {
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
        CHECK(page.find(find_facts(name)->signature_header) != std::string::npos);
        for (const Sample& sample : find_facts(name)->samples) {
            CAPTURE(sample.name);
            CHECK(page.find('`' + std::string(sample.name) + '`') != std::string::npos);
            CHECK(page.find('`' + std::string(sample.type) + '`') != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace chathook::vendors
