#include <algorithm>
#include <cstddef>
#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;

using Texts = std::vector<std::string>;
using Headers = std::vector<SignedHeader>;

class HeaderForger {
public:
    HeaderForger(const Manner& manner, const std::string& body, const Try& attempt)
        : forger_(manner, attempt),
          manner_(manner),
          body_(body),
          mac_(forger_.signature(forger_.text_of(body))),
          text_(writings(manner, mac_).front()),
          zeros_(writings(manner, std::string(mac_.size(), '\0')).front()),
          right_(value_with(manner, text_, forger_.stamp().time)),
          genuine_(genuine_values(manner, mac_)),
          headers_(headers_with(manner, right_, forger_.stamp())) {}

    void make() {
        switch (manner_.grammar) {
            case Grammar::pairs: pairs(); break;
            case Grammar::list: list(); break;
            case Grammar::bare: bare(); break;
        }
        joined();
        for (std::size_t at = 0; at < headers_.size(); ++at) {
            repeated(at);
            renamed(at);
            if (at > 0) other_values(at);
        }
        exchanged();
        of_other_vendors();
    }

private:
    void add(const char* what, const std::string& value) {
        if (!genuine_.contains(value)) forger_.send_value(what, body_, value);
    }

    // The rules of t=TIME,v1=MAC (docs/vendors/newoaks.md, stripe.md, tidio.md, retell.md).
    void pairs() {
        const std::string name(manner_.time_key), key(manner_.mac_key), time = forger_.stamp().time;
        const std::string other = key == "v0" ? "v1" : "v0";
        const std::string t = name + "=" + time, v1 = key + "=" + text_, wrong = key + "=" + zeros_;
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
                                              t + "," + v1 + "," + name + "=",
                                              name + "=," + v1,
                                              name + "=," + t + "," + v1,
                                              t + ",foo," + v1,
                                              t + "," + v1 + ",foo",
                                              t + "," + v1 + "," + key + "=",
                                              t + "," + v1 + "," + key + "=zz",
                                              t + "," + key + "=," + v1,
                                              t + "," + key + "=0," + v1,
                                              t + "," + key + "= " + text_,
                                              t + "," + key + " =" + text_,
                                              name + "= " + time + "," + v1,
                                              name + " =" + time + "," + v1,
                                              t + "," + key + "=\"" + text_ + "\"",
                                              t + "," + wrong,
                                              t + "," + other + "=" + text_,
                                              t + "," + key + "=" + base64(mac_),
                                              t + "," + key + "=sha256=" + text_,
                                              t + "," + wrong + "," + other + "=" + text_,
                                              t + "," + other + "=" + text_ + "," + wrong,
                                              t + "," + key + "a=" + text_,
                                              t + "," + upper(key) + "x=" + text_,
                                              upper(name) + "=" + time + "," + v1,
                                              "x" + t + "," + v1,
                                              t + "," + key + "==" + text_,
                                              t + "," + key + "," + text_,
                                              t + ",x" + v1,
                                              name + "=0," + t + "," + v1,
                                              t + "," + v1 + "," + name + "=0",
                                              t + "," + key + "=" + time + "," + wrong,
                                              name + "=" + text_ + "," + key + "=" + time,
                                              t + ",=" + text_,
                                              "=" + time + "," + v1}) {
            add("pairs", value);
        }
        too_many(t + ",", v1, wrong, ",");
    }

    // The rules of "v1,MAC v1,MAC" (docs/vendors/standard-webhooks.md).
    void list() {
        const std::string key(manner_.mac_key), wrong = key + "," + zeros_;
        for (const std::string version : {"v1a", "v2", "v0", "V1", "v", "", "1", "v1 ", "v11", "v1,", "vl"}) {
            const std::string entry = version + "," + text_;
            for (const std::string& value :
                 Texts{entry, wrong + " " + entry, entry + " " + wrong, entry + " " + entry}) {
                add("another version", value);
            }
        }
        for (const std::string& value : Texts{text_,
                                              key,
                                              key + " " + text_,
                                              key + "=" + text_,
                                              key + ":" + text_,
                                              key + "." + text_,
                                              key + ", " + text_,
                                              key + " ," + text_,
                                              key + ",," + text_,
                                              right_ + ",",
                                              "," + right_,
                                              right_ + "," + right_,
                                              right_ + ";" + right_,
                                              right_ + ", " + wrong,
                                              right_ + " " + key,
                                              wrong + " " + text_,
                                              text_ + " " + wrong,
                                              right_ + " " + key + ",",
                                              key + ", " + right_,
                                              right_ + " " + key + ",zz",
                                              key + ",zz " + right_,
                                              right_ + "\t" + wrong,
                                              wrong + "\t" + right_,
                                              right_ + "\n" + right_,
                                              wrong + "\0"s + right_,
                                              wrong,
                                              wrong + " " + wrong,
                                              key + "," + upper(text_),
                                              key + "," + hex(mac_),
                                              wrong + " " + key + "," + hex(mac_)}) {
            add("list", value);
        }
        too_many("", right_, wrong, " ");
    }

    void bare() {
        const std::string wrong = value_with(manner_, zeros_, "");
        for (const std::string& comma : Texts{",", ", ", " ", ";", "\t", "\0"s, "\n", "|", "&"}) {
            add("joined", right_ + comma);
            add("joined", comma + right_);
            add("joined", right_ + comma + right_);
            add("joined", right_ + comma + wrong);
            add("joined", wrong + comma + right_);
            if (manner_.prefix.empty()) continue;
            add("the right one without its prefix", wrong + comma + text_);
            add("the prefix twice", std::string(manner_.prefix) + comma + right_);
            add("the prefix behind", text_ + comma + std::string(manner_.prefix));
        }
        if (manner_.prefix.empty()) return;
        const std::string prefix(manner_.prefix);
        for (const std::string& value :
             Texts{text_, prefix, prefix + prefix + text_, prefix.substr(1) + text_, " " + prefix + text_,
                   prefix.substr(0, prefix.size() - 1) + text_, prefix + zeros_, "x" + prefix + text_}) {
            add("prefix", value);
        }
    }

    // At most eight signatures are taken in one header.
    void too_many(const std::string& first, const std::string& right, const std::string& wrong,
                  const std::string& separator) {
        for (const std::size_t candidates : {9u, 10u, 16u, 100u}) {
            std::string all_right = first, last = first, front = first;
            for (std::size_t i = 0; i < candidates; ++i) {
                const std::string end = i + 1 < candidates ? separator : "";
                all_right += right + end;
                last += (i + 1 < candidates ? wrong : right) + end;
                front += (i > 0 ? wrong : right) + end;
            }
            add("too many signatures", all_right);
            add("too many signatures, the last is right", last);
            add("too many signatures, the first is right", front);
        }
    }

    void joined() {
        for (const std::string& comma : Texts{",", ", ", " ", ";", "\t", "\0"s, "\n", "|"}) {
            const bool is_list = manner_.grammar == Grammar::list && comma == " ";
            std::string many = right_;
            for (int i = 1; i < 9; ++i) many += comma + right_;
            add("joined nine times", many);
            if (!is_list && manner_.grammar != Grammar::bare) add("joined", right_ + comma + right_);
        }
    }

    // One header twice, or not there, or empty.
    void repeated(std::size_t at) {
        const SignedHeader right = headers_[at];
        const auto instead = [&](const char* what, const Headers& fields) {
            Headers headers = headers_;
            headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(at));
            for (const bool in_front : {true, false}) {
                Headers all = headers;
                all.insert(in_front ? all.begin() : all.end(), fields.begin(), fields.end());
                forger_.send(what, body_, all);
            }
        };
        instead("a header is missing", {});
        instead("a header is empty", {{right.name, ""}});
        for (const std::string& other :
             Texts{right.value, "", "0", " ", zeros_, right.value + " ", "1799999999", "1800000001",
                   value_with(manner_, zeros_, forger_.stamp().time), "msg_other"}) {
            instead("a header twice", {right, {right.name, other}});
            instead("a header twice", {{right.name, other}, right});
            instead("a header twice", {right, {upper(right.name), other}});
            instead("a header twice", {{upper(right.name), other}, right});
            instead("a header twice", {right, {"Accept", "*/*"}, {right.name, other}});
        }
        instead("a header nine times", Headers(9, right));
    }

    void renamed(std::size_t at) {
        const std::string name = headers_[at].name;
        for (const std::string& other :
             Texts{"X-Signature", "Authorization", "X-Hub-Signature-256", "X-Timestamp", "webhook-id", "Date",
                   name + "s", name + " ", " " + name, "X-" + name, name.substr(1),
                   name.substr(0, name.size() - 1), name + "\0"s, name + ":", ""}) {
            if (upper(other) == upper(name)) continue;
            Headers headers = headers_;
            headers[at].name = other;
            forger_.send("a header of another name", body_, headers);
        }
        std::string underscores = name;
        std::replace(underscores.begin(), underscores.end(), '-', '_');
        if (underscores == name) return;
        Headers headers = headers_;
        headers[at].name = underscores;
        forger_.send("a header with underscores", body_, headers);
    }

    // The time's header or the id's has another value than the one that is signed.
    void other_values(std::size_t at) {
        const std::string right = headers_[at].value;
        for (const std::string& other : Texts{"",
                                              "0",
                                              right + " ",
                                              " " + right,
                                              right + "\t",
                                              "\t" + right,
                                              right + "\0"s,
                                              right + right,
                                              right.substr(1),
                                              right.substr(0, right.size() - 1),
                                              right + "0",
                                              "0" + right,
                                              right + ",",
                                              right + ", " + right,
                                              upper(right) + ".",
                                              "msg_other",
                                              "\"" + right + "\"",
                                              text_,
                                              right + "\r\n",
                                              "+" + right,
                                              right + ";",
                                              right + ".0"}) {
            Headers headers = headers_;
            headers[at].value = other;
            forger_.send("a header with another value", body_, headers);
        }
    }

    void exchanged() {
        for (std::size_t one = 0; one < headers_.size(); ++one) {
            for (std::size_t two = 0; two < headers_.size(); ++two) {
                if (one == two) continue;
                Headers headers = headers_;
                headers[one].value = headers_[two].value;
                forger_.send("a header with another's value", body_, headers);
                headers[two].value = headers_[one].value;
                forger_.send("two headers exchanged", body_, headers);
            }
        }
        forger_.send("no header", body_, {});
    }

    void of_other_vendors() {
        for (const Manner& manner : manners) {
            if (manner.header.empty() || manner.vendor == manner_.vendor) continue;
            const Stamp stamp = stamp_of(manner);
            const std::string signature = sign_text(manner, filled(manner.text, body_, stamp));
            const std::string value = value_with(manner, writings(manner, signature).front(), stamp.time);
            add("another vendor's form", value);
            if (upper(manner.header) == upper(manner_.header)) continue;
            forger_.send("another vendor's headers", body_, headers_with(manner, value, stamp));
            Headers headers = headers_;
            headers.front().name = manner.header;
            forger_.send("another vendor's header", body_, headers);
        }
    }

    Forger forger_;
    const Manner& manner_;
    const std::string& body_;
    std::string mac_;    // bytes
    std::string text_;   // as the vendor writes it
    std::string zeros_;  // a MAC that is not right
    std::string right_;  // the header's value
    std::set<std::string> genuine_;
    Headers headers_;
};

}  // namespace

void forged_headers(const Manner& manner, const std::string& body, const Try& attempt) {
    HeaderForger(manner, body, attempt).make();
}

}  // namespace chathook::test
