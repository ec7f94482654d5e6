#include <array>
#include <string>
#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using Texts = std::vector<std::string>;

// The rules of t=TIME,v1=MAC: one time, one to eight MACs, other keys ignored, blanks around a pair.
void add_pairs(const Manner& manner, const std::string& mac, std::set<std::string>& values) {
    const std::string key = std::string(manner.mac_key) + "=";
    const std::string t = std::string(manner.time_key) + "=" + time_text(manner.unit), right = key + mac;
    const std::string wrong = key + std::string(mac.size(), '0');
    for (const std::string blank : {" ", "\t", " \t "}) {
        for (const std::string& spaced : Texts{blank + t + "," + right, t + blank + "," + right,
                                               t + "," + blank + right, t + "," + right + blank}) {
            values.insert(spaced);
        }
    }
    std::string eight = t;
    for (int i = 0; i < 7; ++i) eight += "," + wrong;
    for (const std::string& pairs :
         Texts{right + "," + t, t + "," + right + "," + right, t + "," + wrong + "," + right,
               t + "," + right + "," + wrong, eight + "," + right, t + ",v9=," + right,
               "a=b," + t + ",c=f=e," + right + ",v2=zz"}) {
        values.insert(pairs);
    }
}

// The rules of "v1,MAC v1,MAC": one to eight MACs of version v1, other versions ignored.
void add_list(const Manner& manner, const std::string& mac, std::set<std::string>& values) {
    const std::string right = value_with(manner, mac, ""),
                      wrong = std::string(manner.mac_key) + "," + std::string(43, 'A');
    std::string eight;
    for (int i = 0; i < 7; ++i) eight += wrong + " ";
    for (const std::string& list :
         Texts{" " + right, right + " ", "\t" + right, right + "\t", right + " " + right, wrong + " " + right,
               right + " " + wrong, right + "  " + wrong, eight + right, "v1a,zz " + right, right + " v1a,zz",
               "v2,zz " + right}) {
        values.insert(list);
    }
}

// What JSON.stringify(JSON.parse(..)) prints, worked out by hand.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> printed_forms{{
    {"", "{}"},
    {" [ ] ", "[]"},
    {"\xEF\xBB\xBF{}", "{}"},
    {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
    {"{\"b\":1,\"1\":2,\"0\":3}", "{\"0\":3,\"1\":2,\"b\":1}"},
    {"[1.0,1E2,-0,1e400]", "[1,100,0,null]"},
    {"[\"\\u00e9\\/\\u000A\"]", "[\"\xC3\xA9/\\n\"]"},
    {"[\"\\uD83D\"]", "[\"\\ud83d\"]"},
    {"[\"\xFF\"]", "[\"\xEF\xBF\xBD\"]"},
    {"{\"\\u0061\":{ }}\n", "{\"a\":{}}"},
}};

void genuine_bodies(Forger& forger) {
    const Manner& manner = forger.manner();
    const auto send = [&](std::string_view what, std::string_view sent, std::string_view printed) {
        const std::string& signature = forger.signature(forger.text_of(printed));
        forger.send_mac(what, sent, writings(manner, signature).front());
    };
    for (const std::string_view body :
         {"", "{}", "[]", "null", "no JSON", "{\"a\":1,\"a\":2} ", "\xFF", "1", "a=b&c=d"}) {
        send("another body", body, body);
    }
    for (const auto& [sent, printed] : printed_forms) {
        if (manner.stringified) send("the JSON.stringify form", sent, printed);
    }
    if (manner.signs("{form}")) {
        for (const std::string_view same : {"b=2&a=1+%2b", "a=1%20%2B&b=2", "&b=2&&a=1+%2B&b=2&"}) {
            send("another order and other escapes", same, "a=1+%2B&b=2");
        }
    }
}

void genuine_times(Forger& forger, const std::string& body) {
    const Manner& manner = forger.manner();
    Texts times;
    const std::chrono::milliseconds tolerance = manner.tolerance;
    for (const std::chrono::milliseconds later : {-tolerance, tolerance, std::chrono::milliseconds(1)}) {
        times.push_back(time_text(manner.unit, later));
        if (manner.unit == Unit::either) times.push_back(time_text(Unit::milliseconds, later));
    }
    if (manner.unit == Unit::either) times.emplace_back("01800000000");
    if (manner.unit == Unit::iso8601) {
        times.insert(times.end(), {"2027-01-15T08:00:00.000Z", "2027-01-15T08:00:00+00:00",
                                   "2027-01-15T10:30:00.5+02:30", "2027-01-15T07:59:59Z"});
    }
    for (const std::string& time : times) {
        Stamp stamp = forger.stamp();
        stamp.time = time;
        const std::string signature = sign_text(manner, filled(manner.text, body, stamp));
        forger.send_mac("another time", body, writings(manner, signature).front(), stamp);
    }
}

void genuine_tokens(Forger& forger, const std::string& body) {
    const std::string token = as_json(live_secret);
    std::string escaped = "\"";
    for (const char c : live_secret) escaped += "\\u00" + hex({&c, 1});
    for (const std::string& written :
         {token, as_json(next_secret), escaped + "\"", " " + token + "\n", "0,\"secret_key\":" + token}) {
        forger.send("token in the body", body_with_token(body, written), {});
    }
}

}  // namespace

std::set<std::string> genuine_values(const Manner& manner, std::string_view signature) {
    const std::string time = time_text(manner.unit);
    std::set<std::string> values;
    for (const std::string& text : writings(manner, signature)) {
        values.insert(value_with(manner, text, time));
        if (manner.grammar == Grammar::pairs) add_pairs(manner, text, values);
        if (manner.grammar == Grammar::list) add_list(manner, text, values);
    }
    if (manner.in_hex()) {
        std::string mixed = hex(signature);
        values.insert(value_with(manner, upper(mixed), time));
        for (std::size_t i = 0; i < mixed.size(); i += 2) mixed[i] = upper(mixed.substr(i, 1)).front();
        values.insert(value_with(manner, mixed, time));
    }
    return values;
}

void genuine_attempts(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    if (manner.proof == Proof::token_in_body) return genuine_tokens(forger, body);
    const std::string text = forger.text_of(body), signature = forger.signature(text);
    for (const std::string& value : genuine_values(manner, signature)) {
        forger.send_value("genuine value", body, value);
    }
    const std::string next = writings(manner, sign_text(manner, text, Signer::next)).front();
    forger.send_mac("the other live secret", body, next);
    const std::string written = writings(manner, signature).front();
    auto headers = headers_with(manner, value_with(manner, written, forger.stamp().time), forger.stamp());
    std::swap(headers.front(), headers.back());
    headers.push_back({"Accept", "*/*"});
    for (SignedHeader& header : headers) header.name = upper(header.name);
    forger.send("headers in upper case and in another order", body, headers);
    genuine_bodies(forger);
    if (manner.timed()) genuine_times(forger, body);
}

}  // namespace chathook::test
