// A signature proves one request: of all templates of up to four parts that a vendor file may have, none
// gives two requests with the same signed text that are both accepted. Every template and all short values.
#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "vendor_file/vendor_file.hpp"
#include "verify/claim.hpp"
#include "verify/signed_text.hpp"
#include "yaml/findings.hpp"

namespace chathook::vendor_file {
namespace {

constexpr std::array<const char*, 8> parts{"{body}", "{id}", "{header:X-A}", "{time}", ".",
                                           "1",      "-",    "{method}"};
constexpr std::array<const char*, 5> values{"a", ".", "1", "a.", "-1"};
constexpr std::array<const char*, 6> bodies{"", "a", ".", "1", ".1", "a.-"};

struct Kind {
    const char* unit;
    std::vector<const char*> times;
};
const std::array<Kind, 2> kinds{Kind{"auto", {"1", "11"}}, Kind{"s", {"1111111111"}}};

// All texts of up to four parts in which the body stands once and each placeholder at most once.
std::vector<std::string> templates() {
    std::vector<std::vector<std::size_t>> all{{}};
    std::vector<std::string> texts;
    for (std::size_t length = 1; length <= 4; ++length) {
        std::vector<std::vector<std::size_t>> longer;
        for (const auto& begun : all) {
            for (std::size_t part = 0; part < parts.size(); ++part) {
                const bool placeholder = parts[part][0] == '{';
                if (placeholder && std::ranges::count(begun, part) > 0) continue;
                if (!placeholder && !begun.empty() && parts[begun.back()][0] != '{') continue;
                longer.push_back(begun);
                longer.back().push_back(part);
            }
        }
        all = std::move(longer);
        for (const auto& one : all) {
            if (std::ranges::count(one, std::size_t{0}) != 1) continue;
            std::string text;
            for (const std::size_t part : one) text += parts[part];
            texts.push_back(std::move(text));
        }
    }
    return texts;
}

std::unique_ptr<VendorFile> file_with(const std::string& text, const char* unit) {
    yaml::Findings findings;
    std::string verify = "title: X\nverify:\n  header: X-S\n  text: '" + text + "'\n";
    if (text.find("{id}") != text.npos) verify += "  id: {header: X-I}\n";
    if (text.find("{time}") != text.npos)
        verify += "  time: {header: X-T, unit: " + std::string(unit) + "}\n";
    auto file = VendorFile::read("x", verify, findings);
    return findings.errors() == 0 ? std::move(file) : nullptr;
}

// The signed text of a request with these values; empty if its headers are refused.
std::string signed_text(const verify::SchemeRules& rules, const char* id, const char* other, const char* time,
                        const char* body) {
    static const std::string mac(64, 'a');
    const std::vector<Field> fields{{"X-S", mac}, {"X-I", id}, {"X-A", other}, {"X-T", time}};
    Request request;
    request.method = "POST";
    request.fields = fields;
    request.body = body;
    verify::Claim claim;
    if (verify::read_claim(rules, request, claim)) return {};
    std::string text;
    const verify::SignedText made(rules, claim, body, "");
    for (const std::string_view part : made.parts()) text += part;
    return text;
}

// Two requests with one signed text; empty if there are none.
std::string two_readings(const verify::SchemeRules& rules, const std::string& text, const Kind& kind) {
    const bool has_id = text.find("{id}") != text.npos;
    const bool has_other = text.find("X-A") != text.npos;
    const bool has_time = text.find("{time}") != text.npos;
    std::map<std::string, std::string> seen;
    for (const char* id : values) {
        for (const char* other : values) {
            for (const char* time : kind.times) {
                for (const char* body : bodies) {
                    const std::string one = signed_text(rules, id, other, time, body);
                    const std::string request = std::string(id) + ' ' + other + ' ' + time + ' ' + body;
                    if (one.empty()) continue;
                    const auto [place, is_new] = seen.emplace(one, request);
                    if (!is_new) return place->second + " and " + request;
                }
                if (!has_time) break;
            }
            if (!has_other) break;
        }
        if (!has_id) break;
    }
    return {};
}

}  // namespace

TEST_CASE("no text that a vendor file may sign can be read in two ways") {
    std::size_t taken = 0, refused = 0;
    for (const std::string& text : templates()) {
        for (const Kind& kind : kinds) {
            const auto file = file_with(text, kind.unit);
            (file == nullptr ? refused : taken) += 1;
            if (file == nullptr) continue;
            const std::string found = two_readings(file->definition().rules, text, kind);
            INFO(text << " with unit " << kind.unit << ": " << found);
            CHECK(found.empty());
        }
    }
    CHECK(taken > 500);
    CHECK(refused > 500);
}

}  // namespace chathook::vendor_file
