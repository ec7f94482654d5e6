#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;

using Texts = std::vector<std::string>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

const unsigned char* data_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Number number(std::string_view big_endian) {
    return {BN_bin2bn(data_of(big_endian), static_cast<int>(big_endian.size()), nullptr), BN_free};
}

std::string bytes_of(const Number& number, std::size_t size) {
    std::string bytes(size, '\0');
    BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
    return bytes;
}

// The big-endian sum, in as many bytes as it takes and at least `size`.
std::string sum(std::string_view left, std::string_view right, std::size_t size) {
    const Number total(BN_new(), BN_free);
    BN_add(total.get(), number(left).get(), number(right).get());
    return bytes_of(total, std::max(size, static_cast<std::size_t>(BN_num_bytes(total.get()))));
}

std::string reversed(std::string text) {
    std::reverse(text.begin(), text.end());
    return text;
}

// By the right key, with another hash, another padding, or without a hash.
std::string signed_with(const KeyPair& pair, std::string_view text, const EVP_MD* digest, int padding) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* settings = nullptr;
    EVP_DigestSignInit(context.get(), &settings, digest, nullptr, pair.get());
    if (padding != 0) EVP_PKEY_CTX_set_rsa_padding(settings, padding);
    std::size_t size = 0;
    EVP_DigestSign(context.get(), nullptr, &size, data_of(text), text.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data_of(text),
                   text.size());
    signature.resize(size);
    return signature;
}

// Of the bytes as they are, as if they were the hash (ECDSA) or the hash with its name (RSA).
std::string signed_unhashed(const KeyPair& pair, std::string_view bytes) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(pair.get(), nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY_sign_init(context.get());
    std::size_t size = 0;
    EVP_PKEY_sign(context.get(), nullptr, &size, data_of(bytes), bytes.size());
    std::string signature(size, '\0');
    EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data_of(bytes),
                  bytes.size());
    signature.resize(size);
    return signature;
}

Texts forged_rsa(const KeyPair& pair, const std::string& text, const std::string& right) {
    BIGNUM* modulus = nullptr;
    EVP_PKEY_get_bn_param(pair.get(), OSSL_PKEY_PARAM_RSA_N, &modulus);
    const Number owned(modulus, BN_free);
    const std::string n = bytes_of(owned, right.size());
    std::string before = n;
    before.back() = static_cast<char>(before.back() ^ 1);  // n is odd: n - 1
    const std::string digest = hash(EVP_sha256(), text);
    // What PKCS #1 puts before a SHA-256 hash (RFC 8017, section 9.2), and the same without the NULL of the
    // algorithm's parameters.
    const std::string head = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"s;
    const std::string short_head = "\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20"s;
    const std::string end = head + digest;
    return {
        signed_with(pair, text, EVP_sha1(), 0), signed_with(pair, text, EVP_sha224(), 0),
        signed_with(pair, text, EVP_sha384(), 0), signed_with(pair, text, EVP_sha512(), 0),
        signed_with(pair, text, EVP_md5(), 0), signed_with(pair, text, EVP_sha256(), RSA_PKCS1_PSS_PADDING),
        signed_unhashed(pair, digest), signed_unhashed(pair, hex(digest)), signed_unhashed(pair, head),
        signed_unhashed(pair, short_head + digest.substr(0, 31)), signed_unhashed(pair, end + "x"),
        signed_unhashed(pair, "x" + end), std::string(right.size() - 1, '\0') + "\x01",
        std::string(right.size(), '\0'), std::string(right.size(), '\xFF'), n, before,
        sum(right, n, right.size()),
        // The padding itself, for a verifier that raises nothing to any power.
        "\0\1"s + std::string(right.size() - 3 - end.size(), '\xFF') + "\0"s + end,
        // The hash in front, for one that does not look at the end (Bleichenbacher, 2006).
        "\0\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0"s + end + std::string(right.size() - 11 - end.size(), '\0')};
}

std::string der_integer(std::string bytes) {
    if ((static_cast<unsigned char>(bytes.front()) & 0x80) != 0) bytes.insert(0, 1, '\0');
    return "\x02"s + static_cast<char>(bytes.size()) + bytes;
}

std::string der_pair(const std::string& one, const std::string& two) {
    return "\x30"s + static_cast<char>(one.size() + two.size()) + one + two;
}

// Without the other s: n - s is right for the same key and the same text, and proves no more than s does.
Texts forged_ecdsa(const KeyPair& pair, const std::string& text, const std::string& right) {
    constexpr std::size_t size = 32;
    const unsigned char* at = data_of(right);
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> read(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(right.size())), ECDSA_SIG_free);
    const auto bytes = [&](const BIGNUM* value) {
        std::string out(size, '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size));
        return out;
    };
    const std::string r = bytes(ECDSA_SIG_get0_r(read.get())), s = bytes(ECDSA_SIG_get0_s(read.get()));
    const std::string n =
        "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
        "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51"s;
    const std::string one_r = right.substr(2, 2 + static_cast<std::size_t>(right[3]));
    const std::string one_s = right.substr(2 + one_r.size());
    const std::string digest = hash(EVP_sha256(), text), zero("\0", 1), one("\1", 1);
    Texts texts{signed_with(pair, text, EVP_sha1(), 0), signed_with(pair, text, EVP_sha384(), 0),
                signed_with(pair, text, EVP_sha512(), 0), signed_with(pair, digest, EVP_sha256(), 0),
                signed_unhashed(pair, digest.substr(0, 31)), signed_unhashed(pair, reversed(digest)), r + s,
                s + r, reversed(r) + reversed(s), der_pair(one_s, one_r), der_pair(one_r, one_s) + zero,
                der_pair(one_r, one_s + zero), "\x30\x81"s + right.substr(1),
                "\x30\x80"s + right.substr(2) + "\0\0"s, "\x31"s + right.substr(1), der_pair(one_r, ""),
                der_pair(one_r, one_s + one_s),
                der_pair("\x02\x22\0"s + std::string(33 - size, '\0') + r, one_s),
                der_pair(one_r, "\x02\x22\0"s + std::string(33 - size, '\0') + s),
                // s + n and r + n are the same numbers to a verifier that does not look at their range.
                der_pair(der_integer(sum(r, n, size)), one_s), der_pair(one_r, der_integer(sum(s, n, size)))};
    const Texts numbers{zero, one, n, sum(n, one, size), std::string(size, '\xFF'), r, s};
    for (const std::string& first : numbers) {
        for (const std::string& second : numbers) {
            if (first != r || second != s) texts.push_back(der_pair(der_integer(first), der_integer(second)));
        }
    }
    return texts;
}

Texts forged_ed25519(const KeyPair& pair, const std::string& text, const std::string& right) {
    constexpr std::size_t half = 32;
    const std::string r = right.substr(0, half), s = right.substr(half);
    // The order of the group, little-endian (RFC 8032, section 5.1).
    const std::string order =
        "\xED\xD3\xF5\x5C\x1A\x63\x12\x58\xD6\x9C\xF7\xA2\xDE\xF9\xDE\x14"s + std::string(15, '\0') + "\x10";
    Texts texts{s + r,
                reversed(r) + s,
                r + reversed(s),
                r + r,
                s + s,
                r + std::string(half, '\0'),
                right + right,
                signed_with(pair, hash(EVP_sha512(), text), nullptr, 0),
                signed_with(pair, hash(EVP_sha256(), text), nullptr, 0),
                signed_with(pair, hex(hash(EVP_sha256(), text)), nullptr, 0)};
    std::string moved = s;
    for (int times = 1; times < 15; ++times) {
        moved = reversed(sum(reversed(moved), reversed(order), half));
        texts.push_back(r + moved);
    }
    const std::string key_text = pair.public_text(verify::KeyForm::raw_hex);
    texts.push_back(r + key_text.substr(0, half));
    // Points of a small order as R, with S = 0.
    for (const std::string& point :
         Texts{"\x01"s + std::string(31, '\0'), std::string(32, '\0'), std::string(31, '\0') + "\x80",
               "\xEC"s + std::string(30, '\xFF') + "\x7F", "\xEE"s + std::string(30, '\xFF') + "\x7F",
               std::string(32, '\xFF')}) {
        texts.push_back(point + std::string(half, '\0'));
        texts.push_back(point + s);
        texts.push_back(point + order);
    }
    return texts;
}

// Bytes that are no signature by a live key: of other keys, MACs with the public key, and parts.
Texts forged_by_others(const Manner& manner, const std::string& text, const std::string& right) {
    Texts proofs;
    for (const SecretForm form : {SecretForm::rsa_pem, SecretForm::p256_spki, SecretForm::ed25519_hex}) {
        for (const Signer signer : {Signer::live, Signer::next, Signer::expired, Signer::neighbour}) {
            const bool is_live = signer == Signer::live || signer == Signer::next;
            if (form == manner.secret && is_live) continue;
            const auto signature = key_pair(form, signer).sign(text);
            proofs.emplace_back(signature.begin(), signature.end());
        }
    }
    const KeyPair& pair = key_pair(manner.secret, Signer::live);
    for (const std::string& key : {pair.public_text(verify::KeyForm::pem), secret_text(manner),
                                   pair.public_text(verify::KeyForm::spki_base64), ""s}) {
        for (const auto& digest : {EVP_sha1, EVP_sha256, EVP_sha512})
            proofs.push_back(hmac(digest(), key, text));
        proofs.push_back(key);
    }
    for (const auto& digest : {EVP_sha1, EVP_sha256, EVP_sha512}) proofs.push_back(hash(digest(), text));
    const std::size_t stride = manner.secret == SecretForm::rsa_pem ? 5 : 1;  // RSA has 2,048 bits
    for (std::size_t bit = 0; bit < 8 * right.size(); bit += stride) {
        std::string flipped = right;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        proofs.push_back(std::move(flipped));
    }
    for (const std::string& part : Texts{right + right, right + "\0"s, "\0"s + right, right + text, text}) {
        proofs.push_back(part);
    }
    return proofs;
}

}  // namespace

void forged_keys(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    const std::string text = forger.text_of(body), right = forger.signature(text);
    const KeyPair& pair = key_pair(manner.secret, Signer::live);
    Texts proofs = forged_by_others(manner, text, right);
    const auto more = manner.secret == SecretForm::rsa_pem     ? forged_rsa(pair, text, right)
                      : manner.secret == SecretForm::p256_spki ? forged_ecdsa(pair, text, right)
                                                               : forged_ed25519(pair, text, right);
    proofs.insert(proofs.end(), more.begin(), more.end());
    for (const std::string& proof : proofs) {
        forger.send_mac("a signature that is not the key's", body, writings(manner, proof).front());
    }
}

}  // namespace chathook::test
