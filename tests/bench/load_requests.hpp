// Distinct webhooks for the load generator, each signed. One thread.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

inline constexpr std::size_t hmac_block = 64;  // bytes, of SHA-256
inline constexpr std::size_t digest_bytes = 32;

// HMAC-SHA256 (RFC 2104) with both keyed states computed once and copied for each message: the load must be
// cheaper than the server.
class Signer {
public:
    explicit Signer(std::string_view secret) {
        std::array<unsigned char, hmac_block> key{};
        if (secret.size() > key.size()) throw std::invalid_argument("the secret is longer than a block");
        std::copy(secret.begin(), secret.end(), key.begin());
        start(inner_, key, 0x36);
        start(outer_, key, 0x5c);
    }
    Signer(const Signer&) = delete;
    ~Signer() {
        for (EVP_MD_CTX* context : {inner_, outer_, scratch_}) EVP_MD_CTX_free(context);
    }

    // Writes 64 hexadecimal digits to `out`.
    void sign(std::string_view text, char* out) {
        std::array<unsigned char, digest_bytes> digest{};
        EVP_MD_CTX_copy_ex(scratch_, inner_);
        EVP_DigestUpdate(scratch_, text.data(), text.size());
        EVP_DigestFinal_ex(scratch_, digest.data(), nullptr);
        EVP_MD_CTX_copy_ex(scratch_, outer_);
        EVP_DigestUpdate(scratch_, digest.data(), digest.size());
        EVP_DigestFinal_ex(scratch_, digest.data(), nullptr);
        for (const unsigned char byte : digest) {
            *out++ = "0123456789abcdef"[byte >> 4];
            *out++ = "0123456789abcdef"[byte & 15];
        }
    }

private:
    static void start(EVP_MD_CTX* context, std::array<unsigned char, hmac_block> key, unsigned char pad) {
        for (unsigned char& byte : key) byte ^= pad;
        if (EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) throw std::runtime_error("no SHA-256");
        EVP_DigestUpdate(context, key.data(), key.size());
    }

    EVP_MD_CTX* inner_ = EVP_MD_CTX_new();
    EVP_MD_CTX* outer_ = EVP_MD_CTX_new();
    EVP_MD_CTX* scratch_ = EVP_MD_CTX_new();
};

// A text in which only the event's number changes, in place.
class Numbered {
public:
    explicit Numbered(std::string text) : text_(std::move(text)), at_(text_.find('@')) {
        if (at_ == text_.npos) throw std::invalid_argument("a body needs a run of @ for its number");
        digits_ = std::min(text_.find_first_not_of('@', at_), text_.size()) - at_;
        set(0);
    }

    void set(unsigned long long number) {
        std::array<char, 20> digits{};
        const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        const auto length = static_cast<std::size_t>(end - digits.data());
        if (length > digits_) throw std::out_of_range("the run of @ is too short for the number");
        std::fill_n(text_.data() + at_, digits_ - length, '0');
        std::copy_n(digits.data(), length, text_.data() + at_ + digits_ - length);
    }

    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::size_t at_ = 0;
    std::size_t digits_ = 0;
};

class Requests {
public:
    struct Form {
        std::string path;
        std::string header;  // of the signature
        std::string prefix;  // before the MAC
    };

    Requests(const Form& form, std::string_view secret, const std::string& body_file,
             const std::string& signed_file, unsigned long long first)
        : signer_(secret), body_(read(body_file)), signed_(read(signed_file)), number_(first) {
        text_ = "POST " + form.path +
                " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(body_.text().size()) + "\r\n" + form.header + ": " + form.prefix;
        signature_at_ = text_.size();
        text_ += std::string(2 * digest_bytes, '0') + "\r\n\r\n";
        body_at_ = text_.size();
        text_ += body_.text();
    }

    // Valid until the next call.
    std::string_view next() {
        body_.set(number_);
        signed_.set(number_++);
        signer_.sign(signed_.text(), text_.data() + signature_at_);
        std::copy(body_.text().begin(), body_.text().end(), text_.data() + body_at_);
        return text_;
    }

private:
    static std::string read(const std::string& name) {
        std::ifstream file(name, std::ios::binary);
        if (!file) throw std::runtime_error("cannot read " + name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    Signer signer_;
    Numbered body_, signed_;
    std::string text_;
    std::size_t signature_at_ = 0, body_at_ = 0;
    unsigned long long number_;  // of the next event
};

}  // namespace bench
