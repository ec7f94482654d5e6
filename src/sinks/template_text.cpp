#include "sinks/template_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "ecma/utf8.hpp"

namespace chathook::sinks {
namespace {

using Mistake = std::optional<std::string>;

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

Mistake check_path(std::string_view path, std::string_view tag) {
    const std::string shown = "{{" + std::string(tag) + "}}";
    if (path.empty()) return shown + " names nothing; write a path such as {{data.contact.email}}";
    if (path == ".") return std::nullopt;
    if (path.front() == as_text || path.find_first_of("{}") != std::string_view::npos) {
        return shown + " is not a path; write one such as {{data.contact.email}}";
    }
    if (path.front() == '.' || path.back() == '.' || path.find("..") != std::string_view::npos) {
        return shown + " has a dot too many";
    }
    return std::nullopt;
}

// Checks a text for what we support of Mustache and rewrites it so that the library renders every value as
// plain text.
class Normalizer {
public:
    explicit Normalizer(std::string_view text) : whole_(text), rest_(text) {}

    Mistake run() {
        for (std::size_t begin = rest_.find("{{"); begin != std::string_view::npos;
             begin = rest_.find("{{")) {
            literal(rest_.substr(0, begin));
            rest_.remove_prefix(begin);
            if (Mistake mistake = next_tag()) return mistake;
        }
        literal(rest_);
        if (open_.empty()) return std::nullopt;
        return "{{#" + open_.back() + "}} is not closed; write {{/" + open_.back() +
               "}} behind what belongs to it";
    }

    const std::string& normal_text() const noexcept { return out_; }

    std::optional<std::string> only_tag() const {
        return tags_ == 1 && values_.size() == 1 && !has_literals_ ? std::optional(values_.front())
                                                                   : std::nullopt;
    }

private:
    // Line breaks are hidden from the library, which removes more lines than Mustache specifies;
    // drop_line_of_tag() removes the lines of standalone tags instead.
    void literal(std::string_view text) {
        has_literals_ |= !text.empty();
        for (const char c : text) {
            if (c == '\n') {
                out_ += "{{{" + std::string(1, as_text) + std::string(line_feed_path) + "}}}";
            } else if (c == '\r') {
                out_ += "{{{" + std::string(1, as_text) + std::string(carriage_return_path) + "}}}";
            } else {
                out_ += c;
            }
        }
    }

    // A section's tag or a comment alone on its line is removed with the whole line (Mustache, "standalone
    // tags"). Called when the tag, which began at `begin` of the whole text, has been read and before
    // anything is written for it.
    void drop_line_of_tag(std::size_t begin) {
        constexpr std::string_view blanks = " \t";
        const std::string_view before = whole_.substr(0, begin);
        const std::size_t line = before.rfind('\n') + 1;  // npos + 1 is 0
        if (before.find_first_not_of(blanks, line) != std::string_view::npos) return;
        std::string_view behind = rest_;
        behind.remove_prefix(std::min(behind.find_first_not_of(blanks), behind.size()));
        if (behind.starts_with("\r\n")) behind.remove_prefix(1);
        if (!behind.empty() && behind.front() != '\n') return;
        out_.resize(out_.size() - (begin - line));
        rest_ = behind.substr(behind.empty() ? 0 : 1);
    }

    Mistake next_tag() {
        const bool triple = rest_.starts_with("{{{");
        const std::string_view closing = triple ? "}}}" : "}}";
        const std::size_t begin = triple ? 3 : 2;
        const std::size_t end = rest_.find(closing, begin);
        if (end == std::string_view::npos)
            return "a {{ is not closed; write " + std::string(closing) + " behind the tag";
        const std::string_view tag = without_blanks(rest_.substr(begin, end - begin));
        const std::size_t tag_at = whole_.size() - rest_.size();
        rest_.remove_prefix(end + closing.size());
        ++tags_;
        if (triple) return value(tag, tag);
        if (tag.empty()) return check_path(tag, tag);
        const std::string_view name = without_blanks(tag.substr(1));
        if (std::string_view("!#^/").find(tag.front()) != std::string_view::npos) drop_line_of_tag(tag_at);
        switch (tag.front()) {
            case '!': return std::nullopt;  // a comment
            case '#':
            case '^': return open(tag.front(), name, tag);
            case '/': return close(name);
            case '&': return value(name, tag);
            case '>': return "partials ({{>name}}) are not supported; write the text out";
            case '=': return "other delimiters ({{=...=}}) are not supported";
            default: return value(tag, tag);
        }
    }

    Mistake value(std::string_view path, std::string_view tag) {
        if (Mistake mistake = check_path(path, tag)) return mistake;
        values_.emplace_back(path);
        out_ += "{{{" + (as_text + std::string(path)) + "}}}";
        return std::nullopt;
    }

    Mistake open(char kind, std::string_view path, std::string_view tag) {
        if (Mistake mistake = check_path(path, tag)) return mistake;
        open_.emplace_back(path);
        out_ += std::string("{{") + kind + std::string(path) + "}}";
        return std::nullopt;
    }

    Mistake close(std::string_view path) {
        if (open_.empty()) return "{{/" + std::string(path) + "}} closes what was never opened";
        if (open_.back() != path) {
            return "{{/" + std::string(path) + "}} stands where {{/" + open_.back() + "}} is due";
        }
        open_.pop_back();
        out_ += "{{/" + std::string(path) + "}}";
        return std::nullopt;
    }

    const std::string_view whole_;
    std::string_view rest_;
    std::string out_;
    std::vector<std::string> open_;
    std::vector<std::string> values_;
    std::size_t tags_ = 0;
    bool has_literals_ = false;
};

}  // namespace

std::variant<TemplateText, std::string> TemplateText::read(std::string_view text) {
    if (!ecma::is_utf8(text)) return "is not UTF-8";
    Normalizer normalizer(text);
    if (Mistake mistake = normalizer.run()) return *std::move(mistake);
    TemplateText made(normalizer.normal_text(), normalizer.only_tag());
    if (!made.mustache_.is_valid()) return "is not a Mustache template: " + made.mustache_.error_message();
    return made;
}

}  // namespace chathook::sinks
