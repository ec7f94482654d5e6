#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

using Texts = std::vector<std::string>;

constexpr std::string_view other_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&'()*+,-./:;<=>?@[]^_`{|}~"
    "\"\\\t\n\0\x7F\xC3\xFF"sv;

// Every change of the token at one position.
Texts misspelled(const std::string& token) {
    Texts texts;
    for (std::size_t at = 0; at < token.size(); ++at) {
        texts.push_back(token.substr(0, at));
        if (at > 0) texts.push_back(token.substr(at));
        texts.push_back(std::string(token).erase(at, 1));
        for (const char c : other_characters) {
            std::string changed = token;
            changed[at] = c;
            if (c != token[at]) texts.push_back(changed);
        }
    }
    for (std::size_t at = 0; at <= token.size(); ++at) {
        for (const char c : "a0 \"\\\n\0\xFF\x80{}[],:*%"s)
            texts.push_back(std::string(token).insert(at, 1, c));
    }
    for (const std::string_view other : {neighbours_secret, expired_secret}) texts.emplace_back(other);
    for (const std::string& other : Texts{"",
                                          "null",
                                          "undefined",
                                          "true",
                                          "*",
                                          "%",
                                          "_",
                                          hex(token),
                                          base64(token),
                                          upper(token),
                                          hash(EVP_sha256(), token),
                                          hex(hash(EVP_sha256(), token)),
                                          token + token,
                                          "whsec_" + token,
                                          "Bearer " + token,
                                          as_json(token),
                                          std::string(token.rbegin(), token.rend()),
                                          std::string(token.size(), '*'),
                                          token + std::string(next_secret),
                                          token + "," + token,
                                          "secret_key",
                                          "secret",
                                          "dpbhQ2zGvFJuNvHk",
                                          token + std::string(1000, ' ')}) {
        texts.push_back(other);
    }
    return texts;
}

// JSON in place of the token's text that contains the right token and is no text.
Texts other_kinds(const std::string& right) {
    return {"null",
            "true",
            "false",
            "0",
            "1",
            "-1",
            "1e400",
            "{}",
            "[]",
            "\"\"",
            "[" + right + "]",
            "[[" + right + "]]",
            "{\"secret_key\":" + right + "}",
            "{" + right + ":" + right + "}",
            "{" + right + ":true}",
            "[" + right + "," + right + "]",
            right + ",\"secret_key\":null",
            right + ",\"secret_key\":\"\"",
            right + ",\"secret_key\":\"wrong\"",
            right + ",\"secret_key\":0",
            right + ",\"secret\\u005fkey\":\"wrong\"",
            right + ",\"secret_key\":[" + right + "]"};
}

// Bodies in which the right token stands where it does not count.
Texts misplaced(const std::string& body, const std::string& right) {
    const std::string with = body_with_token(body, right), without = body_with_token(body, "null");
    const std::string member = "{\"secret_key\":" + right + "}";
    Texts bodies{"",
                 "{}",
                 "[]",
                 "null",
                 right,
                 live_secret.data(),
                 "[" + with + "]",
                 "[" + right + "]",
                 as_json(with),
                 "{\"payload\":" + with + "}",
                 "{\"payload\":" + member + "}",
                 "{\"payload\":[" + member + "]}",
                 "[" + member + "]",
                 "{\"\":" + member + "}",
                 "{\"payload\":" + member + ",\"secret_key\":null}",
                 "{" + right + ":\"secret_key\"}",
                 "secret_key=a+secret+of+some+length",
                 "secret_key=" + std::string(live_secret),
                 "{secret_key:" + right + "}",
                 "{'secret_key':'a secret of some length'}",
                 with + "x",
                 with + with,
                 with + "{}",
                 "x" + with,
                 "//\n" + with,
                 with.substr(0, with.size() - 1),
                 with.substr(1),
                 without + with,
                 "<secret_key>a secret of some length</secret_key>",
                 "\xEF\xBB\xBF\xEF\xBB\xBF" + with,
                 base64(with),
                 hex(with),
                 "data=" + with};
    std::string wide;
    for (const char c : with) wide += c + "\0"s;
    bodies.push_back(wide);
    for (const std::string key : {"Secret_Key", "SECRET_KEY", "secret_key ", " secret_key", "secret-key",
                                  "secretKey", "secret", "secret_ke", "ecret_key", "secret_keys",
                                  "/secret_key", "secret_key\\u0000", "$secret_key", "token", ""}) {
        bodies.push_back("{\"" + key + "\":" + right + "}");
        bodies.push_back("{\"" + key + "\":" + right + ",\"secret_key\":\"wrong\"}");
    }
    return bodies;
}

}  // namespace

void forged_tokens(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    const std::string token = key_bytes(manner), right = as_json(token);
    for (const std::string& text : misspelled(token)) {
        forger.send("another token", body_with_token(body, as_json(text)), {});
    }
    for (const std::string& json : other_kinds(right)) {
        forger.send("a token that is no text", body_with_token(body, json), {});
    }
    auto parsed = nlohmann::ordered_json::parse(body);
    parsed.erase("secret_key");
    Texts bodies = misplaced(body, right);
    bodies.push_back(parsed.dump());
    for (const std::string& other : bodies) {
        forger.send("the token elsewhere", other, {});
        // What stands in a header proves nothing for a vendor whose token stands in the body.
        for (const std::string name : {"secret_key", "Secret-Key", "X-Secret-Key", "Authorization"}) {
            forger.send("the token in a header", other, {{name, token}});
        }
    }
}

}  // namespace chathook::test
