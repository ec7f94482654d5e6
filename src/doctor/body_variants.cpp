#include "doctor/body_variants.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "doctor/json_forms.hpp"
#include "doctor/loose_encoding.hpp"
#include "ecma/document.hpp"
#include "ecma/stringify.hpp"
#include "ecma/utf8.hpp"

namespace chathook::doctor {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr std::string_view print_mend =
    "between signing and this body the JSON was parsed and printed again: keep the raw bytes as they are "
    "received, and let the sender sign the very bytes it sends";
constexpr std::string_view lost_end_mend =
    "the line break at the end of the signed body was lost on the way, as shells and logs lose it: save the "
    "body byte for byte, send it with curl --data-binary";
constexpr std::string_view added_end_mend =
    "a line break was added to the signed body, as editors and echo add one: save the body byte for byte, or "
    "write it with printf '%s'";
constexpr std::string_view breaks_mend =
    "line breaks were converted between signing and this body (git, FTP or an editor do that): handle the "
    "body as binary";
constexpr std::string_view mark_mend =
    "a byte order mark was lost or added between signing and this body: sign and send the same bytes, best "
    "without one";
constexpr std::string_view charset_mend =
    "the body was decoded and encoded again in another charset between signing and this body: handle it as "
    "bytes, and let the sender sign and send UTF-8";

struct PrintedForm {
    std::string_view name;
    std::string_view what;
    JsonStyle style;
};

// Python's, PHP's and Go's defaults, and the usual options.
constexpr std::array printed_forms{
    PrintedForm{"indent-2",
                "the body as JSON.stringify(body, null, 2) prints it",
                {.indent = "  ", .colon = ": ", .javascript = true}},
    PrintedForm{"indent-4",
                "the body as JSON.stringify(body, null, 4) prints it",
                {.indent = "    ", .colon = ": ", .javascript = true}},
    PrintedForm{"indent-tab",
                "the body as JSON.stringify(body, null, '\\t') prints it",
                {.indent = "\t", .colon = ": ", .javascript = true}},
    PrintedForm{"python",
                "the body as Python's json.dumps(body) prints it",
                {.comma = ", ", .colon = ": ", .ascii = true}},
    PrintedForm{"python-unicode",
                "the body as Python's json.dumps(body, ensure_ascii=False) prints it",
                {.comma = ", ", .colon = ": "}},
    PrintedForm{"python-compact",
                "the body as Python's json.dumps(body, separators=(',', ':')) prints it",
                {.ascii = true}},
    PrintedForm{"compact", "the body as JSON without blanks, its numbers and the order of its keys kept", {}},
    PrintedForm{"python-indent-2",
                "the body as Python's json.dumps(body, indent=2) prints it",
                {.indent = "  ", .colon = ": ", .ascii = true}},
    PrintedForm{"python-indent-4",
                "the body as Python's json.dumps(body, indent=4) prints it",
                {.indent = "    ", .colon = ": ", .ascii = true}},
    PrintedForm{"php", "the body as PHP's json_encode prints it", {.ascii = true, .escape_slashes = true}},
    PrintedForm{"go", "the body as Go's json.Marshal prints it", {.escape_html = true, .sort_keys = true}},
    PrintedForm{"sorted", "the body as JSON without blanks, its keys sorted", {.sort_keys = true}},
    PrintedForm{"python-sorted",
                "the body as Python's json.dumps(body, sort_keys=True) prints it",
                {.comma = ", ", .colon = ": ", .ascii = true, .sort_keys = true}},
    PrintedForm{"python-sorted-compact",
                "the body as Python's json.dumps(body, sort_keys=True, separators=(',', ':')) prints it",
                {.ascii = true, .sort_keys = true}},
};

std::string with_crlf(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
        out += text[i];
    }
    return out;
}

std::string without_crlf(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        out += text[i];
    }
    return out;
}

std::string without_breaks(std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c == '\n' || c == '\r'; });
    return out;
}

// Reads the bytes as Latin-1 and encodes them as UTF-8.
std::string from_latin1(std::string_view text) {
    std::string out;
    for (const char c : text) ecma::append_utf8(out, static_cast<unsigned char>(c));
    return out;
}

// Converts UTF-8 to Latin-1; nullopt if it contains a character outside Latin-1.
std::optional<std::string> to_latin1(std::string_view text) {
    if (!ecma::is_utf8(text)) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            out += text[i];
        } else if (lead == 0xC2 || lead == 0xC3) {
            out += static_cast<char>((lead & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
        } else {
            return std::nullopt;
        }
    }
    return out;
}

class Variants {
public:
    Variants(std::string_view body, std::optional<std::size_t> content_length)
        : body_(body), content_length_(content_length) {
        variants_.push_back({{}, "the body as it stands", {}, std::string(body)});
    }

    void all(bool stringified_expected) {
        if (stringified_expected) stringified();
        if (body_.size() > varied_bytes_max) return;
        line_ends();
        bytes();
        stringified();
        printed();
        wrapped();
    }

    std::vector<BodyVariant> take() { return std::move(variants_); }

private:
    void add(std::string_view name, std::string_view what, std::string_view hint, std::string body) {
        const auto same = [&](const BodyVariant& known) { return known.body == body; };
        if (std::ranges::any_of(variants_, same)) return;
        variants_.push_back({name, std::string(what), hint, std::move(body)});
    }

    void stringified() {
        if (std::optional<std::string> text = ecma::stringify_body(body_)) {
            add("stringified", "the body's JSON.stringify form", print_mend, std::move(*text));
        }
    }

    void line_ends() {
        add("newline-added", "the body with a line feed at its end", lost_end_mend,
            std::string(body_) + '\n');
        add("crlf-added", "the body with a carriage return and a line feed at its end", lost_end_mend,
            std::string(body_) + "\r\n");
        std::string_view shorter = body_;
        if (shorter.ends_with('\n')) shorter.remove_suffix(shorter.ends_with("\r\n") ? 2 : 1);
        add("newline-removed", "the body without the line break at its end", added_end_mend,
            std::string(shorter));
        add("trimmed", "the body without the blanks around it", added_end_mend,
            std::string(without_blanks_around(body_)));
        add("lf-to-crlf", "the body with each line feed made a carriage return and a line feed", breaks_mend,
            with_crlf(body_));
        add("crlf-to-lf", "the body with line feeds in place of carriage return and line feed", breaks_mend,
            without_crlf(body_));
        add("breaks-removed", "the body without any line break",
            "line breaks were taken out before signing, as curl -d does: send with curl --data-binary",
            without_breaks(body_));
    }

    void printed() {
        const JsonDocument::Pointer document = JsonDocument::parse_bytes(body_);
        if (document == nullptr || (!document->root().is_object() && !document->root().is_array())) return;
        for (const PrintedForm& form : printed_forms) {
            if (std::optional<std::string> text = print_json(*document, form.style)) {
                add(form.name, form.what, print_mend, std::move(*text));
            }
        }
    }

    void bytes() {
        if (body_.starts_with(byte_order_mark)) {
            add("bom-removed", "the body without the byte order mark at its beginning", mark_mend,
                std::string(body_.substr(byte_order_mark.size())));
        } else {
            add("bom-added", "the body with a byte order mark at its beginning", mark_mend,
                std::string(byte_order_mark).append(body_));
        }
        if (std::optional<std::string> text = to_latin1(body_)) {
            add("utf8-to-latin1", "the body in Latin-1 (ISO 8859-1)", charset_mend, std::move(*text));
        }
        add("latin1-to-utf8", "the body taken for Latin-1 and turned into UTF-8", charset_mend,
            from_latin1(body_));
        add("invalid-replaced", "the body with U+FFFD for every byte that is not UTF-8", charset_mend,
            ecma::decode_utf8(body_));
        if (content_length_ && *content_length_ < body_.size()) {
            add("cut-to-length",
                "the first " + std::to_string(*content_length_) +
                    " bytes of the body, as Content-Length says",
                "what follows in this body was not part of the request: save the request's bytes alone",
                std::string(body_.substr(0, *content_length_)));
        }
    }

    void wrapped() {
        std::string decoded;
        if (decode_loosely(without_blanks_around(body_), Notation::base64, decoded)) {
            add("base64-decoded", "the body decoded from base64",
                "this body is the base64 form in which a gateway or a log keeps it: decode it first",
                std::move(decoded));
        }
        const JsonDocument::Pointer document = JsonDocument::parse_bytes(body_);
        if (document != nullptr && document->root().kind() == Json::Kind::string) {
            add("json-string-decoded", "the text of the JSON string that the body is",
                "this body is a JSON string that holds the real one, as a log or a queue keeps it: unpack it "
                "first",
                std::string(document->root().text()));
        }
        add("json-string-encoded", "the body as one JSON string (JSON.stringify of a text)",
            "the signer calls JSON.stringify on what already is JSON text: let it sign the text itself",
            quote_json(ecma::decode_utf8(body_)));
        add("empty", "an empty body",
            "the signer had no body when it signed (it was read before): sign the raw bytes", std::string());
        add("empty-object", "an empty JSON object, {}",
            "the signer had no parsed body when it signed (JSON.stringify gave {}): sign the raw bytes",
            "{}");
    }

    std::string_view body_;
    std::optional<std::size_t> content_length_;
    std::vector<BodyVariant> variants_;
};

}  // namespace

std::vector<BodyVariant> body_variants(std::string_view body, std::optional<std::size_t> content_length,
                                       bool stringified_expected) {
    Variants variants(body, content_length);
    variants.all(stringified_expected);
    return variants.take();
}

}  // namespace chathook::doctor
