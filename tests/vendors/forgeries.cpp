#include "vendors/forgeries.hpp"

#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <map>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace chathook::test {
namespace {

constexpr std::size_t signers = 4;

std::string_view constant_of(Signer signer) {
    switch (signer) {
        case Signer::live: return live_secret;
        case Signer::next: return next_secret;
        case Signer::expired: return expired_secret;
        case Signer::neighbour: break;
    }
    return neighbours_secret;
}

verify::PublicKeyAlgorithm algorithm_of(SecretForm form) {
    if (form == SecretForm::rsa_pem) return verify::PublicKeyAlgorithm::rsa_pkcs1_sha256;
    if (form == SecretForm::p256_spki) return verify::PublicKeyAlgorithm::ecdsa_p256_sha256;
    return verify::PublicKeyAlgorithm::ed25519;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto is_digit = [&](std::size_t place) {
            return place < text.size() && std::isxdigit(static_cast<unsigned char>(text[place])) != 0;
        };
        if (text[at] == '%' && is_digit(at + 1) && is_digit(at + 2)) {
            out += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
            at += 2;
        } else {
            out += text[at] == '+' ? ' ' : text[at];
        }
    }
    return out;
}

std::string part_of(std::string_view name, std::string_view body, const Stamp& stamp) {
    if (name == "body") return std::string(body);
    if (name == "time") return stamp.time;
    if (name == "id") return stamp.id;
    if (name == "method") return stamp.method;
    if (name == "url") return stamp.url;
    if (name == "form") return sorted_form_of(body);
    throw std::invalid_argument("no part of a signed text: " + std::string(name));
}

}  // namespace

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

std::string without_padding(std::string_view base64_text) {
    return std::string(base64_text.substr(0, base64_text.find('=')));
}

const KeyPair& key_pair(SecretForm form, Signer signer) {
    static std::map<SecretForm, std::array<std::unique_ptr<KeyPair>, signers>> pairs;
    std::unique_ptr<KeyPair>& pair = pairs[form].at(static_cast<std::size_t>(signer));
    if (pair == nullptr) pair = std::make_unique<KeyPair>(algorithm_of(form));
    return *pair;
}

std::string secret_text(const Manner& manner, Signer signer) {
    const std::string constant(constant_of(signer));
    switch (manner.secret) {
        case SecretForm::text: return constant;
        case SecretForm::whsec:
        case SecretForm::whsec_text: return "whsec_" + base64(constant);
        case SecretForm::base64_text: return base64(constant);
        case SecretForm::rsa_pem: return key_pair(manner.secret, signer).public_text(verify::KeyForm::pem);
        case SecretForm::p256_spki:
            return key_pair(manner.secret, signer).public_text(verify::KeyForm::spki_base64);
        case SecretForm::ed25519_hex: break;
    }
    return key_pair(manner.secret, signer).public_text(verify::KeyForm::raw_hex);
}

std::string key_bytes(const Manner& manner, Signer signer) {
    return manner.secret == SecretForm::whsec ? std::string(constant_of(signer))
                                              : secret_text(manner, signer);
}

std::string time_text(Unit unit, std::chrono::milliseconds later) {
    const std::chrono::milliseconds at = sent_at + later;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    if (unit == Unit::milliseconds) return std::to_string(at.count());
    if (unit != Unit::iso8601) return std::to_string(seconds.count());
    const std::time_t time = seconds.count();
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::string fraction;
    if (at != seconds) fraction = "." + std::to_string((at - seconds).count() + 1000).substr(1);
    return std::string(text.data(), size) + fraction + "Z";
}

Stamp stamp_of(const Manner& manner) {
    Stamp stamp;
    stamp.time = time_text(manner.unit);
    return stamp;
}

bool is_timely(const Manner& manner, std::string_view time) {
    // Of dates, this suite leaves the usual form only where it means to be refused.
    if (manner.unit == Unit::iso8601) return time == time_text(manner.unit);
    constexpr std::size_t seconds_digits = 10, milliseconds_digits = 13;
    const bool digits = std::all_of(time.begin(), time.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::size_t size = time.size();
    if (!digits || size == 0 || size > milliseconds_digits) return false;
    if (manner.unit == Unit::seconds && size != seconds_digits) return false;
    if (manner.unit == Unit::milliseconds && size != milliseconds_digits) return false;
    const long long number = std::stoll(std::string(time));
    const bool in_seconds =
        manner.unit == Unit::seconds || (manner.unit == Unit::either && number < 100'000'000'000);
    const std::chrono::milliseconds at(in_seconds ? number * 1000 : number);
    return at >= sent_at - manner.tolerance && at <= sent_at + manner.tolerance;
}

std::string sorted_form_of(std::string_view body) {
    std::map<std::string, std::set<std::string>> fields;
    while (!body.empty()) {
        const std::string_view field = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), field.size() + 1));
        if (field.empty()) continue;
        const std::size_t equals = std::min(field.find('='), field.size());
        const std::string_view value = field.substr(std::min(equals + 1, field.size()));
        fields[decoded(field.substr(0, equals))].insert(decoded(value));
    }
    std::string text;
    for (const auto& [name, values] : fields) {
        for (const std::string& value : values) text += name + value;
    }
    return text;
}

std::string filled(std::string_view text, std::string_view body, const Stamp& stamp) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        out += text.substr(0, open);
        if (open == text.npos) break;
        const std::size_t close = text.find('}', open);
        out += part_of(text.substr(open + 1, close - open - 1), body, stamp);
        text.remove_prefix(close + 1);
    }
    return out;
}

std::string sign_text(const Manner& manner, std::string_view text, Signer signer) {
    if (manner.proof == Proof::mac) return hmac(manner.digest(), key_bytes(manner, signer), text);
    if (manner.proof != Proof::public_key) return key_bytes(manner, signer);
    const std::vector<std::uint8_t> signature = key_pair(manner.secret, signer).sign(text);
    return {signature.begin(), signature.end()};
}

std::vector<std::string> writings(const Manner& manner, std::string_view bytes) {
    std::vector<std::string> texts;
    if (manner.written == Written::text) texts.emplace_back(bytes);
    if (manner.in_hex()) texts.push_back(hex(bytes));
    if (!manner.in_base64()) return texts;
    texts.push_back(base64(bytes));
    if (without_padding(texts.back()) != texts.back()) texts.push_back(without_padding(texts.back()));
    return texts;
}

std::string value_with(const Manner& manner, std::string_view mac_text, std::string_view time) {
    const std::string mac(mac_text), key(manner.mac_key);
    switch (manner.grammar) {
        case Grammar::pairs:
            return std::string(manner.time_key) + "=" + std::string(time) + "," + key + "=" + mac;
        case Grammar::list: return key + "," + mac;
        case Grammar::bare: break;
    }
    return std::string(manner.prefix) + mac;
}

std::vector<SignedHeader> headers_with(const Manner& manner, std::string value, const Stamp& stamp) {
    std::vector<SignedHeader> headers{{std::string(manner.header), std::move(value)}};
    if (!manner.time_header.empty()) headers.push_back({std::string(manner.time_header), stamp.time});
    if (!manner.id_header.empty()) headers.push_back({std::string(manner.id_header), stamp.id});
    return headers;
}

std::string as_json(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c >= '\0' && c < ' ') {
            out += "\\u00" + hex({&c, 1});
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string body_with_token(std::string_view body, std::string_view json_text) {
    constexpr std::string_view placeholder = "\"the token stands here\"";
    auto parsed = nlohmann::ordered_json::parse(body);
    parsed["secret_key"] = placeholder.substr(1, placeholder.size() - 2);
    std::string text = parsed.dump();
    return text.replace(text.find(placeholder), placeholder.size(), json_text);
}

}  // namespace chathook::test
