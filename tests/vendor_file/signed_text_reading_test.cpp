#include "vendor_file/signed_text_reading.hpp"

#include <string>
#include <vector>

#include "vendor_file/read_file.hpp"
#include "verify/signing_words.hpp"

using namespace chathook;
using test::file_of;
using test::problems_of;

namespace {

using Problems = std::vector<std::string>;

constexpr const char* wanted =
    "2: verify.text: has braces that are no part of the signed text; write {body}, {time}, {id}, {method}, "
    "{url}, "
    "{form} or {header:NAME}, and other characters as they are";

}  // namespace

TEST_CASE("a template is fixed text and the parts in braces") {
    const auto words = [](const std::string& verify) {
        return verify::describe(file_of(verify)->definition().rules).signed_text;
    };
    CHECK(words("{header: X-S}") == "raw body");
    CHECK(words("{header: X-S, text: '{body}'}") == "raw body");
    CHECK(words("{header: X-S, text: 'v0:{time}:{body}', time: {header: X-T, unit: s}}") ==
          R"("v0:" + X-T + ":" + raw body)");
    CHECK(words("{header: X-S, text: '{method}|{url}|{header:X-Site}|{body}'}") ==
          R"(method + "|" + public_url + "|" + X-Site + "|" + raw body)");
    CHECK(words("{header: X-S, text: '{url}{form}'}") == "public_url + sorted form fields");
    CHECK(words("{header: X-S, text: '{id}.{body}', id: {header: X-I}, body: [raw, stringified]}") ==
          R"(X-I + "." + raw body, else X-I + "." + its JSON.stringify form)");
}

TEST_CASE("a line feed and a tab may be signed, other control characters not") {
    const auto file = file_of(R"({header: X-S, text: "v1\n{body}\t"})");
    const auto text = file->definition().rules.text;
    REQUIRE(text.size() == 3);
    CHECK(text[0].text == "v1\n");
    CHECK(text[2].text == "\t");
    CHECK(problems_of(R"({header: X-S, text: "v1\r{body}"})").front().find("control character") !=
          std::string::npos);
    CHECK(problems_of("{header: X-S, text: ''}").front().find("is empty") != std::string::npos);
    CHECK(
        problems_of(R"({header: X-S, text: 'v1\n{body}'})").front().find("holds a backslash and a letter") !=
        std::string::npos);
}

TEST_CASE("braces that are no part are an error, and so are too many parts") {
    for (const char* text : {"{Body}", "{body", "body}", "{}", "{body}}", "{{body}}", "{header:}{body}",
                             "{header:a b}{body}", "{time }{body}"}) {
        CAPTURE(text);
        CHECK(problems_of("{header: X-S, text: '" + std::string(text) + "'}").front() == wanted);
    }
    std::string many = "{body}";
    for (int i = 0; i < 8; ++i) many += ".{body}";
    CHECK(problems_of("{header: X-S, text: '" + many + "'}") ==
          Problems{"2: verify.text: has 17 parts; at most 16 are possible"});
}
