#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;

using Texts = std::vector<std::string>;

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view junk("gGzZ@`/:;,=._-+%\"' \t\r\n\0\x01\x7F\x80\xC0\xFF", 27);

bool same_letter(char left, char right) {
    return std::tolower(static_cast<unsigned char>(left)) == std::tolower(static_cast<unsigned char>(right));
}

class TextForger {
public:
    TextForger(const Manner& manner, const std::string& body, const Try& attempt)
        : forger_(manner, attempt),
          manner_(manner),
          body_(body),
          mac_(forger_.signature(forger_.text_of(body))),
          text_(writings(manner, mac_).front()),
          right_(value_with(manner, text_, forger_.stamp().time)),
          genuine_(genuine_values(manner, mac_)) {}

    void make() {
        for (const std::string& text : writings(manner_, mac_)) {
            const bool is_hex = manner_.in_hex() && text == text_;
            const std::string value = value_with(manner_, text, forger_.stamp().time);
            edits(value, is_hex ? value.size() - text.size() : value.size(),
                  is_hex ? "0123456789abcdefABCDEF" : base64_alphabet);
            if (manner_.proof == Proof::public_key) break;
        }
        if (manner_.in_base64()) not_canonical(base64(mac_));
        half_right();
        spellings();
        encodings();
        labels();
        words();
    }

private:
    void add(const char* what, const std::string& value) {
        if (!genuine_.contains(value)) forger_.send_value(what, body_, value);
    }
    void add_mac(const char* what, std::string_view mac_text) {
        add(what, value_with(manner_, mac_text, forger_.stamp().time));
    }

    // Every change at one position. From `label_end` on, changes of case are skipped.
    void edits(const std::string& right, std::size_t label_end, std::string_view digits) {
        // If the key is public, each attempt that can be decoded takes long. Signatures of RSA have hundreds
        // of characters.
        constexpr std::size_t many = 200;
        const std::size_t stride = manner_.proof == Proof::public_key ? 16 : 1;
        const std::size_t step = right.size() > many ? 3 : 1;
        for (std::size_t at = 0; at < right.size(); at += step) {
            add("cut behind", right.substr(0, at));
            if (at > 0) add("cut in front", right.substr(at));
            add("one character left out", right.substr(0, at) + right.substr(at + 1));
            std::string pool(junk);
            for (std::size_t i = at % stride; i < digits.size(); i += stride) pool += digits[i];
            for (const char c : pool) {
                std::string changed = right;
                changed[at] = c;
                const bool same = at < label_end ? c == right[at] : same_letter(c, right[at]);
                if (!same) add("one character changed", changed);
            }
            if (at + 1 < right.size() && right[at] != right[at + 1]) {
                std::string swapped = right;
                std::swap(swapped[at], swapped[at + 1]);
                add("two characters swapped", swapped);
            }
            if (std::isalpha(static_cast<unsigned char>(right[at])) != 0 && at < label_end) {
                std::string other = right;
                other[at] = static_cast<char>(other[at] ^ 0x20);
                add("other case", other);
            }
        }
        for (std::size_t at = 0; at <= right.size(); at += step) {
            for (const char c : "0f"s + std::string(junk)) {
                add("one character more", std::string(right).insert(at, 1, c));
            }
        }
    }

    // Of the last digit of base64, two or four bits must be zero, unless there is no padding.
    void not_canonical(const std::string& padded) {
        const std::string bare = without_padding(padded);
        const std::size_t zeros = padded.size() - bare.size();
        const std::size_t value = base64_alphabet.find(bare.back());
        for (std::size_t bits = 1; zeros > 0 && bits < (zeros == 1 ? 4u : 16u); ++bits) {
            const std::string text = bare.substr(0, bare.size() - 1) + base64_alphabet[value + bits];
            add_mac("bits that are not zero", text);
            add_mac("bits that are not zero", text + std::string(zeros, '='));
        }
        for (const std::string& end :
             Texts{"=", "==", "===", "====", "= ", " =", "=\n", "A=", "A", "=A", "%3D", "\n", "=\0"s}) {
            add_mac("wrong padding", bare + end);
            add_mac("wrong padding", padded + end);
        }
        for (const std::string& line_break : Texts{"\n", "\r\n", "\r", "\\n", " ", "\n "}) {
            add_mac("line break inside", bare.substr(0, 22) + line_break + bare.substr(22));
            add_mac("line break inside", padded.substr(0, 22) + line_break + padded.substr(22));
        }
    }

    void add_bytes(const char* what, std::string_view bytes) {
        for (const std::string& text : writings(manner_, bytes)) add_mac(what, text);
    }

    // MACs that are right in part, for a comparison that stops early or compares only a part.
    void half_right() {
        const std::size_t stride = manner_.proof == Proof::public_key ? 7 : 1;
        for (std::size_t bytes = 0; bytes < mac_.size(); bytes += stride) {
            for (const char filler : {'\0', '\xFF', '\x55'}) {
                std::string head = mac_.substr(0, bytes), tail = mac_.substr(bytes);
                head.resize(mac_.size(), filler);
                tail.insert(0, bytes, filler);
                if (head != mac_) add_bytes("right up to a byte", head);
                if (tail != mac_) add_bytes("right from a byte on", tail);
            }
            add_bytes("only the first bytes", mac_.substr(0, bytes));
            if (bytes > 0) add_bytes("only the last bytes", mac_.substr(bytes));
            add_bytes("a byte more", mac_.substr(0, bytes) + '\0' + mac_.substr(bytes));
        }
        std::string reversed(mac_.rbegin(), mac_.rend()), inverted = mac_;
        for (char& c : inverted) c = static_cast<char>(~c);
        add_bytes("bytes backwards", reversed);
        add_bytes("bits inverted", inverted);
        add_mac("digits backwards", std::string(text_.rbegin(), text_.rend()));
        for (const char digit : "0123456789abcdefA/"s) {
            add_mac("one digit throughout", std::string(text_.size(), digit));
        }
    }

    void spellings() {
        for (const std::string& separator :
             Texts{":", " ", "-", ",", "_", ".", "\\x", "0x", "%", "\t", "\0"s}) {
            std::string separated;
            for (std::size_t i = 0; i < text_.size(); i += 2) {
                if (i > 0) separated += separator;
                separated += text_.substr(i, 2);
            }
            add_mac("separated", separated);
            add_mac("separated", separator + separated);
            add_mac("separated", upper(separated));
        }
        for (const std::string& before :
             Texts{"0x", "0X", "\\x", "#", "x", "h'", "\"", "'", "<", "[", "{", "(", "\xEF\xBB\xBF"}) {
            add_mac("something before", before + text_);
            add_mac("something around", before + text_ + before);
        }
        for (const std::string& after :
             Texts{"h", "\"", "'", ";", ";v=1", "\0"s, "\r\n", "=", "==", "\xC2\xA0", "..."}) {
            add_mac("something after", text_ + after);
        }
        std::string wide;
        for (const char c : text_) wide += c + "\0"s;
        add_mac("UTF-16", wide);
        add_mac("twice", text_ + text_);
        add("the prefix in upper case", upper(manner_.prefix) + text_);
    }

    void encodings() {
        std::string url = base64(mac_);
        std::replace(url.begin(), url.end(), '+', '-');
        std::replace(url.begin(), url.end(), '/', '_');
        const std::string plain = base64(mac_), bare = without_padding(url);
        for (const std::string& text :
             Texts{url, bare, bare + "%3D", base64(text_), base64(upper(text_)), hex(text_), hex(plain),
                   hex(url), mac_, plain, without_padding(plain), hex(mac_), upper(hex(mac_))}) {
            const bool as_hex = manner_.in_hex() && upper(text) == upper(hex(mac_));
            if (!as_hex) add_mac("other encoding", text);
            if (!as_hex || !manner_.prefix.empty()) add("other encoding", text);
        }
    }

    void labels() {
        const std::string t = "t=" + forger_.stamp().time;
        for (const std::string& label : Texts{"",
                                              "sha1=",
                                              "sha256=",
                                              "sha512=",
                                              "md5=",
                                              "SHA256=",
                                              "Sha256=",
                                              "sha256:",
                                              "sha256 ",
                                              "sha256",
                                              "sha256==",
                                              "sha256= ",
                                              " sha256=",
                                              "sha-256=",
                                              "sha256=sha256=",
                                              "hmac=",
                                              "hmac-sha256=",
                                              "hmac-sha1=",
                                              "v0=",
                                              "v1=",
                                              "v1a=",
                                              "v2=",
                                              "v1,",
                                              "v1a,",
                                              "V1=",
                                              "Basic ",
                                              "basic ",
                                              "Basic",
                                              "Bearer ",
                                              "Token ",
                                              "s=",
                                              "d=",
                                              "v0:",
                                              "none=",
                                              "none",
                                              t + ",",
                                              t + ",v1=",
                                              t + ",v0=",
                                              t + ",v1a=",
                                              t + ",V1=",
                                              t + ",v1:",
                                              t + ";v1=",
                                              t + ",s=",
                                              t + ",S=",
                                              "v=" + t.substr(2) + ",d=",
                                              "T=" + t.substr(2) + ",v1="}) {
            add("label", label + text_);
            add("label", label + upper(text_));
            add_mac("label", label + text_);
        }
    }

    void words() {
        for (const std::string& word : Texts{"",
                                             "0",
                                             "1",
                                             "-1",
                                             "null",
                                             "undefined",
                                             "NaN",
                                             "true",
                                             "false",
                                             "*",
                                             ".",
                                             "=",
                                             ",",
                                             ",,",
                                             ";",
                                             "{}",
                                             "[]",
                                             "\"\"",
                                             "\0"s,
                                             "\0\0\0\0"s,
                                             "none",
                                             "test",
                                             "%00",
                                             "t=",
                                             "v1=",
                                             "t=,v1=",
                                             "sha256=",
                                             "v1,",
                                             "v1, v1,",
                                             "Basic",
                                             "Basic Og==",
                                             "%s%s%n",
                                             "' OR 1=1 --",
                                             "../../etc/passwd",
                                             std::string(43, 'A'),
                                             std::string(44, 'A'),
                                             std::string(44, '='),
                                             std::string(64, '='),
                                             std::string(40, ' '),
                                             std::string(64, ' '),
                                             std::string(64, '\0'),
                                             std::string(40, '\0'),
                                             std::string(8000, '0')}) {
            add("word", word);
            add_mac("word", word);
        }
    }

    Forger forger_;
    const Manner& manner_;
    const std::string& body_;
    std::string mac_;    // bytes
    std::string text_;   // as the vendor writes it
    std::string right_;  // the header's value
    std::set<std::string> genuine_;
};

}  // namespace

void forged_texts(const Manner& manner, const std::string& body, const Try& attempt) {
    TextForger(manner, body, attempt).make();
}

}  // namespace chathook::test
