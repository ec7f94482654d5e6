#include "vendors/forgeries.hpp"

#include <openssl/hmac.h>

#include <algorithm>
#include <cctype>

namespace chathook::test {

std::string hmac(const EVP_MD* digest, std::string_view secret, std::string_view text) {
    std::string mac(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(digest, secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &size);
    mac.resize(size);
    return mac;
}

std::string hash(const EVP_MD* digest, std::string_view text) {
    std::string bytes(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(bytes.data()), &size, digest,
               nullptr);
    bytes.resize(size);
    return bytes;
}

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        for (const unsigned shift : {4u, 0u}) {
            text += "0123456789abcdef"[(static_cast<unsigned char>(c) >> shift) & 0xF];
        }
    }
    return text;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}

std::string base64(std::string_view bytes) {
    std::string text(bytes.size() * 4 / 3 + 8, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string right_mac(const Manner& manner, std::string_view body, std::string_view secret,
                      std::string_view time) {
    std::string text(body);
    if (manner.timed) text.insert(0, std::string(time) + ".");
    return hmac(manner.digest(), secret, text);
}

std::string value_with(const Manner& manner, std::string_view mac_text, std::string_view time) {
    const std::string mac(mac_text);
    return manner.timed ? "t=" + std::string(time) + ",v1=" + mac : std::string(manner.prefix) + mac;
}

std::set<std::string> genuine_values(const Manner& manner, const std::string& body) {
    const std::string mac = right_mac(manner, body);
    const std::string text = hex(mac);
    std::string mixed = text;
    for (std::size_t i = 0; i < mixed.size(); i += 2) mixed[i] = upper(mixed.substr(i, 1)).front();
    std::set<std::string> values;
    for (const std::string& spelled : {text, upper(text), mixed}) values.insert(value_with(manner, spelled));
    if (manner.base64) {
        values.insert(base64(mac));
        values.insert(base64(mac).substr(0, (mac.size() * 8 + 5) / 6));
    }
    if (manner.timed) {
        const std::string t = "t=" + std::string(sent_at), v1 = "v1=" + text;
        const std::string wrong = "v1=" + std::string(text.size(), '0');
        for (const std::string blank : {" ", "\t", " \t "}) {
            for (const std::string& spaced :
                 {blank + t + "," + v1, t + blank + "," + v1, t + "," + blank + v1, t + "," + v1 + blank}) {
                values.insert(spaced);
            }
        }
        std::string eight = t;
        for (int i = 0; i < 7; ++i) eight += "," + wrong;
        for (const std::string& pairs :
             {v1 + "," + t, t + "," + v1 + "," + v1, t + "," + wrong + "," + v1, t + "," + v1 + "," + wrong,
              eight + "," + v1, t + ",v0=," + v1, "a=b," + t + ",c=d=e," + v1 + ",v2=zz"}) {
            values.insert(pairs);
        }
    }
    return values;
}

Attempts genuine_attempts(const Manner& manner, const std::string& body) {
    const std::string header(manner.header);
    const auto proof = [&](std::string_view text, std::string_view secret = live_secret,
                           std::string_view time = sent_at) {
        return value_with(manner, hex(right_mac(manner, text, secret, time)), time);
    };
    Attempts attempts;
    for (const std::string& value : genuine_values(manner, body)) {
        attempts.push_back({"genuine " + value, body, {{header, value}}});
    }
    attempts.push_back({"header in upper case", body, {{upper(header), proof(body)}}});
    attempts.push_back({"the other live secret", body, {{header, proof(body, next_secret)}}});
    for (const std::string other : {"", "{}", "[]", "null", "no JSON", "{\"a\":1,\"a\":2} ", "\xFF"}) {
        attempts.push_back({"genuine body", other, {{header, proof(other)}}});
    }
    if (manner.stringified) {
        // What JSON.stringify(JSON.parse(..)) prints, worked out by hand.
        const std::array<std::pair<std::string, std::string>, 10> forms{{
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
        for (const auto& [sent, printed] : forms) {
            attempts.push_back({"JSON.stringify form of " + sent, sent, {{header, proof(printed)}}});
        }
    }
    if (manner.timed) {
        for (const std::string time :
             {"1799999700", "1800000300", "1800000000000", "1799999700000", "1800000300000", "01800000000"}) {
            attempts.push_back({"t=" + time, body, {{header, proof(body, live_secret, time)}}});
        }
    }
    return attempts;
}

}  // namespace chathook::test
