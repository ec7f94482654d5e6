#include "ecma/stringify.hpp"

#include <array>
#include <cstddef>
#include <vector>

#include "ecma/members.hpp"
#include "ecma/number.hpp"

namespace chathook::ecma {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// Bytes that JSON.stringify may not print as they stand. ED leads U+D000 to U+DFFF, of which the surrogates
// are lone ones here.
constexpr auto needs_care = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table[static_cast<unsigned char>('"')] = true;
    table[static_cast<unsigned char>('\\')] = true;
    table[0xED] = true;
    return table;
}();

// Enough for vendors' bodies without growing.
constexpr std::size_t usual_depth = 8;
constexpr std::size_t usual_members = 32;

void append_unit(std::string& out, unsigned unit) {
    out += "\\u";
    for (const unsigned shift : {12u, 8u, 4u, 0u}) out += hex_digits[(unit >> shift) & 0xF];
}

void append_escape(std::string& out, unsigned char c) {
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\t': out += "\\t"; break;
        case '\n': out += "\\n"; break;
        case '\f': out += "\\f"; break;
        case '\r': out += "\\r"; break;
        default: append_unit(out, c);
    }
}

// `text`: WTF-8. Surrogates stand alone in it, so each is escaped (ECMA-262, QuoteJSONString).
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t run = 0;
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    while (at < text.size()) {
        const unsigned char c = byte(at);
        if (!needs_care[c] || (c == 0xED && byte(at + 1) < 0xA0)) {
            ++at;
            continue;
        }
        out += text.substr(run, at - run);
        if (c == 0xED) {
            append_unit(out, 0xD000u | (byte(at + 1) & 0x3Fu) << 6 | (byte(at + 2) & 0x3Fu));
            at += 3;
        } else {
            append_escape(out, c);
            ++at;
        }
        run = at;
    }
    out += text.substr(run);
    out += '"';
}

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {
        open_.reserve(usual_depth);
        members_.reserve(usual_members);
    }

    void write(Json root) {
        value(root);
        while (!open_.empty()) {
            if (open_.back().array) {
                element();
            } else {
                member();
            }
        }
    }

private:
    struct Open {
        bool array;
        bool begun;          // something was printed in it, so a comma comes next
        Json next_element;   // of an array
        std::size_t first;   // of an object: where its members start in members_
        std::size_t member;  // and which of them comes next
        std::size_t end;
    };

    void value(Json json) {
        switch (json.kind()) {
            case Json::Kind::object: {
                const std::size_t first = members_.size();
                append_members(members_, json);
                open_.push_back({false, false, Json(), first, first, members_.size()});
                out_ += '{';
                break;
            }
            case Json::Kind::array:
                open_.push_back({true, false, json.first(), 0, 0, 0});
                out_ += '[';
                break;
            case Json::Kind::string: string(json); break;
            case Json::Kind::number: append_number(out_, json.source()); break;
            default: out_ += json.source();
        }
    }

    // What is written without escapes holds nothing that JSON.stringify would escape, and most strings are:
    // an escape is longer than what it stands for, so the sizes tell.
    void string(Json json) {
        const std::string_view text = json.text();
        const std::string_view source = json.source();
        if (source.size() == text.size() + 2) {
            out_ += source;
        } else {
            append_quoted(out_, text);
        }
    }

    void element() {
        Open& top = open_.back();
        const Json next = top.next_element;
        if (!next) return close(']');
        comma(top);
        top.next_element = next.next();
        value(next);
    }

    void member() {
        Open& top = open_.back();
        if (top.member == top.end) {
            members_.resize(top.first);
            return close('}');
        }
        comma(top);
        const Member next = members_[top.member++];
        append_quoted(out_, next.key);
        out_ += ':';
        value(next.value);
    }

    void comma(Open& top) {
        if (top.begun) out_ += ',';
        top.begun = true;
    }

    void close(char bracket) {
        out_ += bracket;
        open_.pop_back();
    }

    std::string& out_;
    std::vector<Open> open_;
    std::vector<Member> members_;  // of all open objects, the innermost one's last
};

}  // namespace

std::string stringify(const JsonDocument& document) {
    std::string out;
    out.reserve(document.text().size());
    Writer(out).write(document.root());
    return out;
}

std::optional<std::string> stringify_body(std::string_view raw) {
    // body-parser looks at the decoded text, so a lone byte order mark is an empty body too.
    if (raw.empty() || raw == "\xEF\xBB\xBF") return "{}";
    const JsonDocument::Pointer document = JsonDocument::parse_bytes(raw);
    if (document == nullptr) return std::nullopt;
    const Json root = document->root();
    if (!root.is_object() && !root.is_array()) return std::nullopt;
    return stringify(*document);
}

}  // namespace chathook::ecma
