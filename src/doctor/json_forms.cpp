#include "doctor/json_forms.hpp"

#include <algorithm>
#include <vector>

#include "ecma/members.hpp"
#include "ecma/number.hpp"
#include "verify/encoding.hpp"

namespace chathook::doctor {

using verify::hex_digits;

namespace {

void append_unit(std::string& out, char32_t unit) {
    out += "\\u";
    for (const unsigned shift : {12u, 8u, 4u, 0u}) out += hex_digits[(unit >> shift) & 0xF];
}

// The next code point of a WTF-8 text, as ecma decodes it, and its size in bytes.
struct Step {
    char32_t value;
    std::size_t size;
};

Step step(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) -> char32_t { return static_cast<unsigned char>(text[i]); };
    const auto trail = [&](std::size_t i) { return byte(i) & 0x3F; };
    if (byte(0) < 0x80 || text.size() < 2) return {byte(0), 1};
    if (byte(0) < 0xE0) return {(byte(0) & 0x1F) << 6 | trail(1), 2};
    if (text.size() < 3) return {byte(0), 1};
    if (byte(0) < 0xF0) return {(byte(0) & 0x0F) << 12 | trail(1) << 6 | trail(2), 3};
    if (text.size() < 4) return {byte(0), 1};
    return {(byte(0) & 0x07) << 18 | trail(1) << 12 | trail(2) << 6 | trail(3), 4};
}

class Printer {
public:
    // `document` contains the printed values; null for a lone string.
    Printer(std::string& out, const JsonStyle& style, const JsonDocument* document = nullptr)
        : out_(out), style_(style), document_(document) {}

    void value(Json json) {
        switch (json.kind()) {
            case Json::Kind::object: return object(json);
            case Json::Kind::array: return array(json);
            case Json::Kind::string: return string(json.text());
            case Json::Kind::number: return number(json);
            default: out_ += json.source();
        }
    }

    void string(std::string_view text) {
        out_ += '"';
        while (!text.empty()) {
            const Step next = step(text);
            character(next.value, text.substr(0, next.size));
            text.remove_prefix(next.size);
        }
        out_ += '"';
    }

private:
    void object(Json json) {
        std::vector<ecma::Member> members;
        ecma::append_members(members, *document_, json);
        if (style_.sort_keys) {
            std::ranges::sort(members, {}, &ecma::Member::key);
        } else if (!style_.javascript) {
            std::ranges::sort(members, {}, [](const ecma::Member& m) { return m.value.source().data(); });
        }
        open('{');
        for (const ecma::Member& member : members) {
            item();
            string(member.key);
            out_ += style_.colon;
            value(member.value);
        }
        close('}');
    }

    void array(Json json) {
        open('[');
        for (Json element = json.first(); element; element = element.next()) {
            item();
            value(element);
        }
        close(']');
    }

    void number(Json json) {
        if (style_.javascript) {
            ecma::append_number(out_, json.source());
        } else {
            out_ += json.source();
        }
    }

    void open(char bracket) {
        out_ += bracket;
        ++depth_;
        empty_ = true;
    }

    void item() {
        if (!empty_) out_ += style_.comma;
        new_line();
        empty_ = false;
    }

    void close(char bracket) {
        --depth_;
        if (!empty_) new_line();
        out_ += bracket;
        empty_ = false;
    }

    void new_line() {
        if (style_.indent.empty()) return;
        out_ += '\n';
        for (std::size_t i = 0; i < depth_; ++i) out_ += style_.indent;
    }

    void character(char32_t value, std::string_view bytes) {
        if (short_escape(value)) return;
        const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        const bool html = style_.escape_html && (value == '<' || value == '>' || value == '&' ||
                                                 value == 0x2028 || value == 0x2029);
        if (value < 0x20 || surrogate || html || (style_.ascii && value >= 0x80 && value < 0x10000)) {
            append_unit(out_, value);
        } else if (style_.ascii && value >= 0x10000) {
            append_unit(out_, 0xD800 + ((value - 0x10000) >> 10));
            append_unit(out_, 0xDC00 + ((value - 0x10000) & 0x3FF));
        } else {
            out_ += bytes;
        }
    }

    bool short_escape(char32_t value) {
        switch (value) {
            case '"': out_ += "\\\""; return true;
            case '\\': out_ += "\\\\"; return true;
            case '\b': out_ += "\\b"; return true;
            case '\t': out_ += "\\t"; return true;
            case '\n': out_ += "\\n"; return true;
            case '\f': out_ += "\\f"; return true;
            case '\r': out_ += "\\r"; return true;
            case '/':
                if (style_.escape_slashes) out_ += '\\';
                out_ += '/';
                return true;
            default: return false;
        }
    }

    std::string& out_;
    const JsonStyle& style_;
    const JsonDocument* document_;
    std::size_t depth_ = 0;
    bool empty_ = true;  // nothing was printed in the innermost container yet
};

}  // namespace

std::optional<std::string> print_json(const JsonDocument& document, const JsonStyle& style) {
    if (document.max_depth() > printed_depth_max) return std::nullopt;
    std::string out;
    out.reserve(document.text().size() * 2);
    Printer(out, style, &document).value(document.root());
    return out;
}

std::string quote_json(std::string_view text) {
    std::string out;
    const JsonStyle plain;
    Printer(out, plain).string(text);
    return out;
}

}  // namespace chathook::doctor
