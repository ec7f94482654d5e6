#include "learn/tokens.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "ecma/document.hpp"
#include "learn/clues.hpp"
#include "learn/leaves.hpp"
#include "support/ascii.hpp"
#include "verify/digest.hpp"
#include "verify/encoding.hpp"
#include "verify/key_form.hpp"

namespace chathook::learn {
namespace {

constexpr std::size_t body_value_bytes_max = 256;

std::string base64(std::string_view text) {
    return verify::encode_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void add_header_tokens(const Evidence& evidence, std::size_t secret, std::vector<Lesson>& lessons) {
    const std::string_view text = evidence.secrets[secret].bytes.view();
    const std::string encoded = base64(text);
    for (const Field& field : evidence.request.fields) {
        for (const std::string_view form : {text, std::string_view(encoded)}) {
            if (!field.value.ends_with(form)) continue;
            const std::string_view prefix = field.value.substr(0, field.value.size() - form.size());
            if (!is_prefix(prefix)) continue;
            Lesson lesson;
            lesson.kind = "token";
            lesson.header = field.name;
            lesson.prefix = prefix;
            if (form != text) lesson.encoding = "base64";
            lesson.secret = secret;
            lessons.push_back(std::move(lesson));
            break;
        }
    }
}

void add_body_tokens(const Evidence& evidence, std::size_t secret, std::vector<Lesson>& lessons) {
    const auto document = JsonDocument::parse_bytes(evidence.request.body);
    if (document == nullptr) return;
    for (const Leaf& leaf : leaves_of(document->root())) {
        if (leaf.value.text() != evidence.secrets[secret].bytes.view()) continue;
        Lesson lesson;
        lesson.kind = "token";
        lesson.pointer = leaf.pointer;
        lesson.secret = secret;
        lessons.push_back(std::move(lesson));
    }
}

// Ids of requests and traces are as long as some hashes.
bool is_named_signature(std::string_view name) {
    std::string text(name);
    std::ranges::transform(text, text.begin(), to_lower);
    constexpr std::array<std::string_view, 4> words{"sign", "hmac", "digest", "hash"};
    return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != text.npos; });
}

// Hex of a hash that no rules can say, or what may be a signature in a form that no rules can say.
std::string remark_on_form(const Field& field) {
    const std::string_view value = field.value;
    const std::string name(field.name);
    const std::size_t begin = value.find_last_not_of("0123456789abcdefABCDEF") + 1;  // 0 if it is all hex
    const std::size_t digits = value.size() - begin;
    const char* hash = digits == 96 ? "SHA-384" : digits == 56 ? "SHA-224" : digits == 32 ? "MD5" : nullptr;
    if (!is_named_signature(name)) return {};
    if (hash != nullptr) {
        return "The header " + name + " ends with " + std::to_string(digits) + " hex digits, the size of " +
               hash + ", which `algorithm` cannot say.";
    }
    Request request;
    request.fields = {&field, 1};
    if (!signature_clues(request).empty()) return {};
    std::size_t run = 0, longest = 0;
    for (const char c : value) {
        run = is_alphanumeric(c) || c == '+' || c == '/' || c == ':' || c == '-' || c == '_' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    if (longest < 27) return {};
    return "The header " + name +
           " holds what may be a signature, in a form that no vendor file can say: quotation marks, or "
           "separators other than commas between pairs.";
}

// Whether one of the clues is a plain hash of secret and body, which is no MAC.
bool is_plain_hash(const Evidence& evidence, std::string_view secret) {
    const Request& request = evidence.request;
    for (const auto algorithm :
         {verify::Algorithm::sha1, verify::Algorithm::sha256, verify::Algorithm::sha512}) {
        const std::array<std::vector<std::string_view>, 4> texts{
            {{secret, request.body},
             {request.body, secret},
             {secret, request.method, evidence.public_url, request.body},
             {request.body}}};
        for (const auto& parts : texts) {
            verify::Hash hash(algorithm);
            for (const std::string_view part : parts) hash.add(part);
            std::array<std::uint8_t, verify::mac_bytes(verify::Algorithm::sha512)> digest{};
            hash.finish(digest.data());
            for (const SignatureClue& clue : signature_clues(request)) {
                if (clue.bytes.size() == verify::mac_bytes(algorithm) &&
                    std::equal(clue.bytes.begin(), clue.bytes.end(), digest.begin()))
                    return true;
            }
        }
    }
    return false;
}

}  // namespace

bool is_public_at(const Evidence& evidence, std::size_t secret) {
    return secret >= evidence.public_from || verify::is_public_key(evidence.secrets[secret].bytes.view());
}

std::vector<Lesson> token_lessons(const Evidence& evidence) {
    std::vector<Lesson> lessons;
    for (std::size_t i = 0; i < evidence.secrets.size(); ++i) {
        if (is_public_at(evidence, i)) continue;
        add_header_tokens(evidence, i, lessons);
        add_body_tokens(evidence, i, lessons);
    }
    if (lessons.size() > lessons_max) lessons.resize(lessons_max);
    return lessons;
}

std::vector<std::string> remarks_on(const Evidence& evidence, bool has_signature) {
    std::vector<std::string> remarks;
    for (const Secret& secret : evidence.secrets) {
        const std::string_view text = secret.bytes.view();
        if (text.find("PRIVATE KEY") != text.npos) {
            remarks.emplace_back(
                "The key that was given is a private key; give the vendor's public key, with --public-key.");
        }
        if (is_plain_hash(evidence, text)) {
            remarks.emplace_back(
                "The signature is a plain hash, no HMAC. It can be extended or made without the secret, so "
                "no "
                "vendor file can use it.");
        }
        if (evidence.request.query.find(text) != std::string_view::npos ||
            evidence.request.path.find(text) != std::string_view::npos) {
            remarks.emplace_back(
                "The secret stands in the URL. A source's `path` can hold it; there is no rule for a query.");
        }
    }
    for (const Field& field : evidence.request.fields) {
        if (is_web_signature(field.value)) {
            remarks.push_back("The header " + std::string(field.name) +
                              " holds a JSON Web Token or Signature, which no vendor file can verify.");
        }
    }
    for (const Field& field : evidence.request.fields) {
        if (std::string remark = remark_on_form(field); !remark.empty()) remarks.push_back(std::move(remark));
    }
    if (!has_signature && remarks.empty()) {
        remarks.emplace_back(
            "No header holds anything as long as a signature. Is signing switched on at the vendor, and does "
            "a "
            "proxy drop the header?");
    }
    if (remarks.empty()) {
        remarks.emplace_back(
            "No way of signing that was tried gives this signature with this secret. Most likely another "
            "secret "
            "signs: copy it anew from the vendor's page, the one of this very webhook.");
    }
    if (evidence.public_url.empty()) {
        remarks.emplace_back(
            "No public_url is known: a vendor that signs the URL that it calls is found with --public-url "
            "only.");
    }
    return remarks;
}

std::vector<std::pair<std::string, std::string>> body_values(std::string_view body) {
    std::vector<std::pair<std::string, std::string>> values;
    const auto document = JsonDocument::parse_bytes(body);
    if (document == nullptr) return values;
    for (const Leaf& leaf : leaves_of(document->root())) {
        const std::string_view text = leaf.value.id();
        if (text.empty() || text.size() > body_value_bytes_max) continue;
        values.emplace_back(leaf.pointer, text);
        if (values.size() == values_of_body_max) break;
    }
    return values;
}

}  // namespace chathook::learn
