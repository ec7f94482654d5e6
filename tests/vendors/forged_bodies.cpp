#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using Texts = std::vector<std::string>;

// The body as other serializers print it.
Texts printed_otherwise(const std::string& body) {
    using nlohmann::json;
    if (!json::accept(body)) return {};
    const json sorted = json::parse(body);
    const auto ordered = nlohmann::ordered_json::parse(body);
    Texts texts{sorted.dump(),     sorted.dump(2),       ordered.dump(),
                ordered.dump(2),   ordered.dump(4),      ordered.dump(-1, ' ', true),
                json(body).dump(), ordered.dump(1, '\t')};
    std::string python;  // json.dumps
    bool quoted = false;
    for (const char c : ordered.dump()) {
        quoted ^= c == '"';
        python += c;
        if (!quoted && (c == ',' || c == ':')) python += ' ';
    }
    texts.push_back(python);
    return texts;
}

// Bodies whose JSON.stringify form is easy to get wrong, signed in the form that a wrong implementation would
// print. Worked out by hand, without src/ecma.
struct Form {
    std::string_view sent, wrong;
};
constexpr Form wrong_forms[] = {
    {"{\"a\":1,\"a\":2} ", "{\"a\":1}"},  // first of duplicates
    {"{\"a\":1,\"a\":2} ", "{\"a\":1,\"a\":2}"},
    {"{\"a\":1,\"b\":2,\"a\":3} ", "{\"b\":2,\"a\":3}"},  // at the last place
    {"{\"a\":1,\"\\u0061\":2} ", "{\"a\":1}"},
    {"{\"a\":1,\"\\u0061\":2} ", "{\"a\":1,\"\\u0061\":2}"},
    {"{\"b\":1,\"1\":2} ", "{\"b\":1,\"1\":2}"},  // indices not first
    {"{\"b\":1,\"a\":2} ", "{\"a\":2,\"b\":1}"},  // sorted
    {"{\"01\":1,\"1\":2} ", "{\"01\":1,\"1\":2}"},
    {"{\"10\":1,\"9\":2} ", "{\"10\":1,\"9\":2}"},
    {"{\"4294967295\":1,\"b\":2,\"4294967294\":3} ", "{\"4294967295\":1,\"b\":2,\"4294967294\":3}"},
    {"{\"b\":2,\"4294967295\":1} ", "{\"4294967295\":1,\"b\":2}"},
    {"[1.0] ", "[1.0]"},
    {"[1e2] ", "[1e2]"},
    {"[-0] ", "[-0]"},
    {"[1e400] ", "[1e400]"},
    {"[1e400] ", "[Infinity]"},
    {"[1e400] ", "[1.7976931348623157e+308]"},
    {"[9007199254740993] ", "[9007199254740993]"},
    {"[1e21] ", "[1000000000000000000000]"},
    {"[0.0000001] ", "[0.0000001]"},
    {"[\"\\u00e9\"] ", "[\"\\u00e9\"]"},
    {"[\"\\/\"] ", "[\"\\/\"]"},
    {"[\"\xE2\x80\xA8\"] ", "[\"\\u2028\"]"},
    {"[\"\\u001F\"] ", "[\"\\u001F\"]"},
    {"[\"\\ud83d\"] ", "[\"\xEF\xBF\xBD\"]"},
    {"[\"\\ud83d\"] ", "[\"\\uD83D\"]"},
    {"[\"\\ud83d\\ude00\"] ", "[\"\\ud83d\\ude00\"]"},
    {"[\"\xFF\"] ", "[\"\xFF\"]"},
    {"[\"\xFF\"] ", "[\"\"]"},
    {"[\"\xED\xA0\x80\"] ", "[\"\\ud800\"]"},
    {"[\"<\"] ", "[\"\\u003c\"]"},
    {"{\"__proto__\":1} ", "{}"},
    {"{\"toJSON\":1} ", "{}"},
    {"\xEF\xBB\xBF\xEF\xBB\xBF{}", "{}"},  // two byte order marks
    {" 17", "17"},                         // body-parser refuses what is no object or array
    {" null", "null"},
    {" \"text\"", "\"text\""},
    {" true", "true"},
    {" ", "{}"},
    {" ", ""},
    {"undefined", "{}"},
    {"{a:1}", "{\"a\":1}"},
    {"{'a':1}", "{\"a\":1}"},
    {"[1,]", "[1]"},
    {"[1,2,]", "[1,2]"},
    {"[,]", "[null]"},
    {"[NaN]", "[null]"},
    {"[Infinity]", "[null]"},
    {"[01]", "[1]"},
    {"[+1]", "[1]"},
    {"[.5]", "[0.5]"},
    {"[1.]", "[1]"},
    {"[0x10]", "[16]"},
    {"[1]//", "[1]"},
    {"[1]/**/", "[1]"},
    {"[1]]", "[1]"},
    {"[1] x", "[1]"},
    {"[1]\0"sv, "[1]"},
    {"[1]\v", "[1]"},
    {"[1]\xC2\xA0", "[1]"},
    {"[\"a\tb\"]", "[\"a\\tb\"]"},
    {"[\"a\nb\"]", "[\"a\\nb\"]"},
    {"[\"\\x41\"]", "[\"A\"]"},
    {"{\"a\":1}{\"b\":2}", "{\"a\":1}"},
    {"{\"a\":1}\n{\"b\":2}", "{\"b\":2}"},
};

// Every change at places all over the body, under the signature of the body as it was.
void changed_bodies(Forger& forger, const std::string& body) {
    constexpr std::size_t places_max = 48;
    const std::string text = forger.text_of(body);
    for (std::size_t at = 0; at < body.size(); at += body.size() / places_max + 1) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string flipped = body;
            flipped[at] = static_cast<char>(flipped[at] ^ (1u << bit));
            forger.send_signed("one bit of the body changed", flipped, text);
        }
        forger.send_signed("one byte of the body left out", std::string(body).erase(at, 1), text);
        forger.send_signed("one byte of the body twice", std::string(body).insert(at, 1, body[at]), text);
        forger.send_signed("NUL in the body", std::string(body).insert(at, 1, '\0'), text);
        forger.send_signed("body cut off", body.substr(0, at), text);
        forger.send_signed("body begins later", body.substr(at + 1), text);
    }
}

}  // namespace

// A token proves nothing of the body, so that no other body is a forgery.
void forged_bodies(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    changed_bodies(forger, body);
    Texts others{"",
                 "{}",
                 "[]",
                 "null",
                 "\0"s,
                 "0",
                 body + body,
                 hex(body),
                 base64(body),
                 upper(body),
                 hash(manner.digest(), body),
                 hex(hash(manner.digest(), body)),
                 "body=" + body,
                 "payload=" + body,
                 "POST\n/webhook\n" + body,
                 forger.stamp().time + "." + body,
                 forger.stamp().time + body,
                 std::string(body.rbegin(), body.rend())};
    for (const std::string& end : Texts{"x", "}", "0", ",", "\0"s, " ", "\n", "\r\n", "\t", "\xEF\xBB\xBF",
                                        "\x80", "//", "&", "&x=1"}) {
        others.push_back(body + end);
        others.push_back(end + body);
    }
    for (const std::string& printed : printed_otherwise(body)) {
        others.push_back(printed);
        others.push_back(printed + "\n");
    }
    for (const std::string& other : others) {
        forger.send_signed("signature of another body", body, forger.text_of(other));
        forger.send_signed("another body under the signature", other, forger.text_of(body));
    }
}

void forged_forms(const Manner& manner, const Try& attempt) {
    Forger forger(manner, attempt);
    for (const auto& [sent, wrong] : wrong_forms) {
        forger.send_signed("a wrong JSON.stringify form", sent, forger.text_of(wrong));
    }
    for (const auto& [sent, printed] : {std::pair{" [ ]", "[]"}, std::pair{"{} ", "{}"}, std::pair{"", "{}"},
                                        std::pair{"\xEF\xBB\xBF{}", "{}"}, std::pair{"[1.0]", "[1]"}}) {
        forger.send_signed("the JSON.stringify form", sent, forger.text_of(printed));
    }
}

}  // namespace chathook::test
