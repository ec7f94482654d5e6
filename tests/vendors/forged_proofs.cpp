#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "ecma/stringify.hpp"
#include "vendors/forgeries.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using Texts = std::vector<std::string>;

class ProofForger {
public:
    explicit ProofForger(const Manner& manner) : manner_(manner) {}

    // Adds `sent_body` with a valid signature of `signed_body`, unless that does prove `sent_body`.
    void add(const std::string& what, const std::string& sent_body, const std::string& signed_body) {
        const bool proves =
            sent_body == signed_body ||
            (manner_.stringified && ecma::stringify_body(sent_body) == std::optional(signed_body));
        if (!proves) add_mac(what, sent_body, hex(right_mac(manner_, signed_body)));
    }

    void add_mac(const std::string& what, const std::string& body, std::string_view mac_text,
                 std::string_view time = sent_at) {
        const std::string value = value_with(manner_, mac_text, time);
        attempts_.push_back({what + ": " + value, body, {{std::string(manner_.header), value}}});
    }

    const Manner& manner() const { return manner_; }
    Attempts take() { return std::move(attempts_); }

private:
    const Manner& manner_;
    Attempts attempts_;
};

// The body as other serializers print it.
Texts printed_otherwise(const std::string& body) {
    using nlohmann::json;
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

}  // namespace

Attempts forged_bodies(const Manner& manner, const std::string& body) {
    ProofForger forger(manner);
    for (std::size_t at = 0; at < body.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string flipped = body;
            flipped[at] = static_cast<char>(flipped[at] ^ (1u << bit));
            forger.add("one bit of the body changed", flipped, body);
        }
        forger.add("one byte of the body left out", std::string(body).erase(at, 1), body);
        forger.add("one byte of the body twice", std::string(body).insert(at, 1, body[at]), body);
        forger.add("NUL in the body", std::string(body).insert(at, 1, '\0'), body);
        forger.add("body cut off", body.substr(0, at), body);
    }
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
                 std::string(sent_at) + "." + body,
                 std::string(sent_at) + body,
                 std::string(body.rbegin(), body.rend())};
    for (const std::string& end :
         Texts{"x", "}", "0", ",", "\0"s, " ", "\n", "\r\n", "\t", "\xEF\xBB\xBF", "\x80", "//"}) {
        others.push_back(body + end);
        others.push_back(end + body);
    }
    for (const std::string& printed : printed_otherwise(body)) {
        others.push_back(printed);
        others.push_back(printed + "\n");
    }
    for (const std::string& other : others) {
        forger.add("signature of another body", body, other);
        forger.add("another body under the signature", other, body);
    }
    return forger.take();
}

Attempts forged_forms(const Manner& manner) {
    ProofForger forger(manner);
    for (const auto& [sent, wrong] : wrong_forms) {
        const std::string body(sent);
        forger.add_mac("wrong form of " + body, body, hex(right_mac(manner, wrong)));
    }
    if (!manner.stringified) {
        for (const auto& [sent, printed] :
             {std::pair{" [ ]", "[]"}, std::pair{"{} ", "{}"}, std::pair{"", "{}"},
              std::pair{"\xEF\xBB\xBF{}", "{}"}, std::pair{"[1.0]", "[1]"}}) {
            forger.add_mac("its JSON.stringify form", sent, hex(right_mac(manner, printed)));
        }
    }
    return forger.take();
}

Attempts forged_secrets(const Manner& manner, const std::string& body) {
    ProofForger forger(manner);
    const std::string live(live_secret);
    for (const std::string& secret : {""s,
                                      std::string(neighbours_secret),
                                      std::string(expired_secret),
                                      live + "\n",
                                      live + "\r\n",
                                      " " + live,
                                      live + " ",
                                      "\"" + live + "\"",
                                      upper(live),
                                      live.substr(1),
                                      live.substr(0, live.size() - 1),
                                      live + live,
                                      std::string(live.rbegin(), live.rend()),
                                      hex(live),
                                      base64(live),
                                      "whsec_" + live,
                                      hash(EVP_sha256(), live),
                                      hash(manner.digest(), live),
                                      hex(hash(EVP_sha256(), live)),
                                      live + std::string(next_secret),
                                      std::string(manner.vendor),
                                      std::string(manner.header),
                                      "secret"s,
                                      "password"s,
                                      "changeme"s,
                                      "undefined"s,
                                      "null"s,
                                      "0"s,
                                      "test"s,
                                      body}) {
        const std::string mac = right_mac(manner, body, secret);
        forger.add_mac("secret '" + secret + "'", body, hex(mac));
        forger.add_mac("secret '" + secret + "'", body, upper(hex(mac)));
        forger.add_mac("secret '" + secret + "'", body, base64(mac));
    }
    const std::string text = manner.timed ? std::string(sent_at) + "." + body : body;
    for (const auto& digest : {EVP_md5, EVP_sha1, EVP_sha224, EVP_sha256, EVP_sha384, EVP_sha512}) {
        Texts macs{hash(digest(), text), hash(digest(), live + text), hash(digest(), text + live),
                   hash(digest(), hash(digest(), text)), hmac(digest(), text, live)};
        if (digest() != manner.digest()) macs.push_back(hmac(digest(), live, text));
        const std::size_t size = right_mac(manner, body).size();
        for (std::string mac : macs) {
            forger.add_mac("other algorithm", body, hex(mac));
            forger.add_mac("other algorithm", body, base64(mac));
            mac.resize(size);
            forger.add_mac("other algorithm, cut to size", body, hex(mac));
        }
    }
    return forger.take();
}

// For a vendor that signs a time: one that has expired. For the others: a signed time that must not count.
Attempts forged_times(const Manner& manner, const std::string& body) {
    ProofForger forger(manner);
    const std::string t(sent_at);
    const auto mac_of = [&](const std::string& text) {
        return hex(hmac(manner.digest(), live_secret, text));
    };
    for (const std::string& text :
         {t + "." + body, t + body, t + ":" + body, t + "\n" + body, t + ". " + body, body + "." + t,
          body + t, "t=" + t + "." + body, "." + body, t + "..", t + "000." + body, "1799999999." + body,
          "1800000001." + body}) {
        if (!manner.timed || text != t + "." + body) forger.add_mac("signed " + text, body, mac_of(text));
    }
    if (!manner.timed) return forger.take();
    forger.add_mac("no time signed", body, mac_of(body));
    for (const std::string& time : {""s,
                                    " "s,
                                    "0"s,
                                    "1"s,
                                    "-1"s,
                                    "+1800000000"s,
                                    "-1800000000"s,
                                    "1799999699"s,
                                    "1800000301"s,
                                    "1799999699999"s,
                                    "1800000300001"s,
                                    "1800003600"s,
                                    "1799996400"s,
                                    "18000000000"s,
                                    "180000000"s,
                                    "99999999999"s,
                                    "100000000000"s,
                                    "9999999999999"s,
                                    "18000000000000"s,
                                    "18446744073709551616"s,
                                    "18446744075509551616"s,
                                    "0000000001800000000"s,
                                    "1e9"s,
                                    "1.8e9"s,
                                    "1800000000.0"s,
                                    "1800000000."s,
                                    "1,800,000,000"s,
                                    "0x6b49d200"s,
                                    "6b49d200"s,
                                    "1800000000s"s,
                                    "1800000000Z"s,
                                    "2027-01-15T08:00:00Z"s,
                                    "\xD9\xA1\xD9\xA8"s,
                                    "1800000000\0"s,
                                    "\0"
                                    "1800000000"s,
                                    "\t1800000000"s,
                                    " 1800000000"s,
                                    "now"s,
                                    "null"s,
                                    "NaN"s,
                                    "Infinity"s,
                                    "t"s,
                                    "=1800000000"s,
                                    "1800000000=1"s}) {
        forger.add_mac("time " + time, body, hex(right_mac(manner, body, live_secret, time)), time);
        forger.add_mac("other time", body, hex(right_mac(manner, body)), time);
    }
    forger.add_mac("a blank signed", body, hex(right_mac(manner, body, live_secret, t + " ")), t + " ");
    for (int step = -60; step <= 60; ++step) {
        const std::string time = std::to_string(1'800'000'000 + step);
        if (step != 0) forger.add_mac("time moved", body, hex(right_mac(manner, body)), time);
        forger.add_mac("time moved", body, hex(right_mac(manner, body)), time + "000");
    }
    return forger.take();
}

}  // namespace chathook::test
