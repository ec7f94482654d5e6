#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

#include "vendors/forgeries.hpp"

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
    TextForger(const Manner& manner, const std::string& body)
        : manner_(manner),
          body_(body),
          mac_(right_mac(manner, body)),
          text_(hex(mac_)),
          right_(value_with(manner, text_)),
          genuine_(genuine_values(manner, body)) {}

    Attempts make() {
        edits(right_, right_.size() - text_.size(), "0123456789abcdefABCDEF");
        if (manner_.base64) {
            const std::string padded = base64(mac_);
            edits(padded, padded.size(), base64_alphabet);
            edits(padded.substr(0, 43), padded.size(), base64_alphabet);
            not_canonical(padded);
        }
        half_right();
        spellings();
        encodings();
        labels();
        words();
        if (manner_.timed) pairs();
        lists();
        headers();
        return std::move(attempts_);
    }

private:
    void add(const std::string& what, const std::string& value) {
        if (genuine_.contains(value)) return;
        attempts_.push_back({what + ": " + value, body_, {{std::string(manner_.header), value}}});
    }
    void add_mac(const std::string& what, std::string_view mac_text) {
        add(what, value_with(manner_, mac_text));
    }

    // Every change at one position. From `label_end` on, changes of case are skipped.
    void edits(const std::string& right, std::size_t label_end, std::string_view digits) {
        const std::string pool = std::string(digits) + std::string(junk);
        for (std::size_t at = 0; at < right.size(); ++at) {
            add("cut to " + std::to_string(at), right.substr(0, at));
            if (at > 0) add("cut from " + std::to_string(at), right.substr(at));
            add("one character left out", right.substr(0, at) + right.substr(at + 1));
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
        for (std::size_t at = 0; at <= right.size(); ++at) {
            for (const char c : "0f"s + std::string(junk)) {
                add("one character more", std::string(right).insert(at, 1, c));
            }
        }
    }

    // The last of 43 digits contains four bits of the MAC and two that must be zero.
    void not_canonical(const std::string& padded) {
        const std::size_t value = base64_alphabet.find(padded[42]);
        for (std::size_t bits = 1; bits < 4; ++bits) {
            std::string text = padded.substr(0, 42) + base64_alphabet[value + bits];
            add("bits that are not zero", text);
            add("bits that are not zero", text + "=");
        }
        const std::string bare = padded.substr(0, 43);
        for (const std::string& end :
             Texts{"==", "===", "= ", " =", "=\n", "A=", "A", "=A", "%3D", "\n", "=\0"s}) {
            add("wrong padding", bare + end);
        }
        add("line break inside", padded.substr(0, 22) + "\n" + padded.substr(22));
        add("line break inside", padded.substr(0, 22) + "\r\n" + padded.substr(22));
    }

    // MACs that are right in part, for a comparison that stops early or compares only a part.
    void half_right() {
        for (std::size_t bytes = 0; bytes < mac_.size(); ++bytes) {
            for (const char filler : {'\0', '\xFF', '\x55'}) {
                std::string head = mac_.substr(0, bytes), tail = mac_.substr(bytes);
                head.resize(mac_.size(), filler);
                tail.insert(0, bytes, filler);
                if (head != mac_) add_mac("right up to a byte", hex(head));
                if (tail != mac_) add_mac("right from a byte on", hex(tail));
            }
        }
        std::string reversed(mac_.rbegin(), mac_.rend()), inverted = mac_;
        for (char& c : inverted) c = static_cast<char>(~c);
        add_mac("bytes backwards", hex(reversed));
        add_mac("bits inverted", hex(inverted));
        add_mac("digits backwards", std::string(text_.rbegin(), text_.rend()));
        for (const char digit : "0123456789abcdef"s) {
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
        if (!manner_.prefix.empty()) add("label in upper case", upper(right_));
    }

    void encodings() {
        std::string url = base64(mac_);
        std::replace(url.begin(), url.end(), '+', '-');
        std::replace(url.begin(), url.end(), '/', '_');
        const std::string bare = url.substr(0, url.find('='));
        for (const std::string& text : Texts{url, bare, bare + "%3D", base64(text_), base64(upper(text_)),
                                             hex(text_), hex(base64(mac_)), hex(url), mac_}) {
            add_mac("other encoding", text);
            add("other encoding", text);
        }
        if (manner_.base64) return;
        add_mac("base64", base64(mac_));
        add_mac("base64", base64(mac_).substr(0, base64(mac_).find('=')));
        add("base64", base64(mac_));
    }

    void labels() {
        const std::string t = "t=" + std::string(sent_at);
        for (const std::string& label : Texts{""s,
                                              "sha1="s,
                                              "sha256="s,
                                              "sha512="s,
                                              "md5="s,
                                              "SHA256="s,
                                              "Sha256="s,
                                              "sha256:"s,
                                              "sha256 "s,
                                              "sha256"s,
                                              "sha256=="s,
                                              "sha256= "s,
                                              " sha256="s,
                                              "sha-256="s,
                                              "sha256=sha256="s,
                                              "hmac="s,
                                              "hmac-sha256="s,
                                              "hmac-sha1="s,
                                              "v0="s,
                                              "v1="s,
                                              "v1a="s,
                                              "v2="s,
                                              "v1,"s,
                                              "v1a,"s,
                                              "V1="s,
                                              "="s,
                                              "Bearer "s,
                                              "Basic "s,
                                              "HMAC "s,
                                              "signature="s,
                                              "s="s,
                                              "none="s,
                                              "none"s,
                                              t + ",",
                                              t + ",v1=",
                                              t + ",v0=",
                                              t + ",v1a=",
                                              t + ",V1=",
                                              t + ",v1:",
                                              t + ";v1=",
                                              "T=" + std::string(sent_at) + ",v1="}) {
            add("label", label + text_);
            add("label", label + upper(text_));
            add_mac("label", label + text_);
        }
    }

    void words() {
        for (const std::string& word : Texts{""s,
                                             "0"s,
                                             "1"s,
                                             "-1"s,
                                             "null"s,
                                             "undefined"s,
                                             "NaN"s,
                                             "true"s,
                                             "false"s,
                                             "*"s,
                                             "."s,
                                             "="s,
                                             ","s,
                                             ",,"s,
                                             ";"s,
                                             "{}"s,
                                             "[]"s,
                                             "\"\""s,
                                             "\0"s,
                                             "\0\0\0\0"s,
                                             "none"s,
                                             "test"s,
                                             "%00"s,
                                             "t="s,
                                             "v1="s,
                                             "t=,v1="s,
                                             "sha256="s,
                                             "%s%s%n"s,
                                             "' OR 1=1 --"s,
                                             "../../etc/passwd"s,
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

    // The rules of t=..,v1=.. (docs/vendors/newoaks.md).
    void pairs() {
        const std::string t = "t=" + std::string(sent_at), v1 = "v1=" + text_;
        const std::string wrong = "v1=" + std::string(text_.size(), '0');
        for (const std::string& value : Texts{t,
                                              v1,
                                              t + ",",
                                              v1 + ",",
                                              "," + right_,
                                              right_ + ",",
                                              t + ",," + v1,
                                              t + ", ," + v1,
                                              t + ";" + v1,
                                              t + " " + v1,
                                              t + "&" + v1,
                                              t + "\n" + v1,
                                              t + v1,
                                              t + "," + t + "," + v1,
                                              right_ + "," + t,
                                              t + "," + v1 + ",t=",
                                              "t=," + v1,
                                              "t=," + t + "," + v1,
                                              t + ",foo," + v1,
                                              t + "," + v1 + ",foo",
                                              t + "," + v1 + ",v1=",
                                              t + "," + v1 + ",v1=zz",
                                              t + ",v1=," + v1,
                                              t + ",v1=0," + v1,
                                              t + ",v1= " + text_,
                                              t + ",v1 =" + text_,
                                              "t= " + std::string(sent_at) + "," + v1,
                                              "t =" + std::string(sent_at) + "," + v1,
                                              t + ",v1=\"" + text_ + "\"",
                                              t + "," + wrong,
                                              t + ",v0=" + text_,
                                              t + ",v1=" + base64(mac_),
                                              t + ",v1=sha256=" + text_,
                                              t + "," + wrong + ",v0=" + text_}) {
            add("pairs", value);
        }
        for (const std::size_t candidates : {9u, 10u, 16u, 100u}) {
            std::string right = t, last = t;
            for (std::size_t i = 0; i < candidates; ++i) {
                right += "," + v1;
                last += "," + (i + 1 < candidates ? wrong : v1);
            }
            add("too many candidates", right);
            add("too many candidates", last);
        }
    }

    void lists() {
        const std::string wrong = value_with(manner_, std::string(text_.size(), '0'));
        for (const std::string& comma : Texts{",", ", ", " ", ";", "\t", "\0"s, "\n", "|"}) {
            add("joined", right_ + comma + right_);
            if (!manner_.timed) {
                add("joined", right_ + comma);
                add("joined", comma + right_);
            }
            add("joined", wrong + comma + right_);
            add("joined", right_ + comma + wrong);
            std::string many = right_;
            for (int i = 1; i < 9; ++i) many += comma + right_;
            add("joined nine times", many);
        }
    }

    void headers() {
        const std::string name(manner_.header), wrong = value_with(manner_, std::string(text_.size(), '0'));
        const auto repeated = [&](std::vector<SignedHeader> fields) {
            attempts_.push_back({"header repeated", body_, std::move(fields)});
        };
        repeated({{name, right_}, {name, right_}});
        repeated({{name, right_}, {name, wrong}});
        repeated({{name, wrong}, {name, right_}});
        repeated({{name, ""}, {name, right_}});
        repeated({{name, right_}, {name, ""}});
        repeated({{name, right_}, {upper(name), right_}});
        repeated({{name, wrong}, {"Accept", "*/*"}, {upper(name), right_}});
        repeated(std::vector<SignedHeader>(9, SignedHeader{name, right_}));
        for (const std::string& other : Texts{"X-Signature"s, "Authorization"s, "X-Hub-Signature-256"s,
                                              name + "s", name + " ", " " + name, "X-" + name, name.substr(1),
                                              name.substr(0, name.size() - 1), name + "\0"s, ""s}) {
            attempts_.push_back({"header named " + other, body_, {{other, right_}}});
        }
        attempts_.push_back({"no header", body_, {}});
        for (const Manner& manner : manners) {
            if (manner.header == manner_.header) continue;
            attempts_.push_back({"another vendor's header", body_, {{std::string(manner.header), right_}}});
            add("another vendor's form", value_with(manner, hex(right_mac(manner, body_))));
        }
    }

    const Manner& manner_;
    const std::string& body_;
    std::string mac_;    // bytes
    std::string text_;   // in hex
    std::string right_;  // the header's value
    std::set<std::string> genuine_;
    Attempts attempts_;
};

}  // namespace

Attempts forged_texts(const Manner& manner, const std::string& body) {
    return TextForger(manner, body).make();
}

}  // namespace chathook::test
