#include "verify/signing_words.hpp"

namespace chathook::verify {

SigningWords describe(const SchemeRules& rules) {
    SigningWords words;
    words.algorithm = rules.algorithm == Algorithm::sha1 ? "HMAC-SHA1" : "HMAC-SHA256";
    words.encoding = rules.encoding == Encoding::hex ? "hex" : "hex or base64";
    if (!rules.prefix.empty()) words.encoding += ", after \"" + std::string(rules.prefix) + '"';
    const std::string before = rules.signs_time() ? "t + \".\" + " : "";
    words.signed_text = before + "raw body";
    if (rules.signs_stringified()) words.signed_text += ", else " + before + "its JSON.stringify form";
    return words;
}

}  // namespace chathook::verify
