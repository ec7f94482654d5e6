#include "tidy/code.hpp"

#include <algorithm>
#include <cctype>

#include "tidy/tree.hpp"

namespace chathook::tidy {
namespace {

bool is_word_character(char character) {
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

bool is_blank(char character) { return std::isspace(static_cast<unsigned char>(character)) != 0; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// The end of the literal that opens at `at`: one past its closing quote.
std::size_t end_of_literal(std::string_view source, std::size_t at) {
    const char quote = source[at];
    for (std::size_t i = at + 1; i < source.size(); ++i) {
        if (source[i] == '\\') {
            ++i;
        } else if (source[i] == quote || source[i] == '\n') {
            return i + 1;
        }
    }
    return source.size();
}

std::size_t end_of_raw_literal(std::string_view source, std::size_t quote) {
    const std::size_t open = source.find('(', quote);
    if (open == std::string_view::npos) return source.size();
    const std::string close = ")" + std::string(source.substr(quote + 1, open - quote - 1)) + "\"";
    const std::size_t end = source.find(close, open);
    return end == std::string_view::npos ? source.size() : end + close.size();
}

// The end of the comment or literal that begins at `at`; `at` itself if none begins there.
std::size_t end_of_blank(std::string_view source, std::size_t at) {
    const std::string_view rest = source.substr(at);
    if (rest.starts_with("//")) return std::min(source.find('\n', at), source.size());
    if (rest.starts_with("/*")) return std::min(source.find("*/", at), source.size() - 2) + 2;
    const bool in_word = at > 0 && is_word_character(source[at - 1]);
    if (source[at] == '"') {
        return in_word && source[at - 1] == 'R' ? end_of_raw_literal(source, at) : end_of_literal(source, at);
    }
    // Inside a word it is not a literal but a digit separator, 1'000.
    return source[at] == '\'' && !in_word ? end_of_literal(source, at) : at;
}

// Preprocessor lines are skipped: their braces need not balance.
void blank_directives(std::string& code) {
    bool continued = false;
    for (std::size_t at = 0; at < code.size();) {
        const std::size_t end = std::min(code.find('\n', at), code.size());
        const std::string_view line = std::string_view(code).substr(at, end - at);
        const bool directive = continued || trimmed(line).starts_with('#');
        continued = directive && line.ends_with('\\');
        if (directive) std::fill(code.begin() + at, code.begin() + end, ' ');
        at = end + 1;
    }
}

std::string as_one_line(std::string_view text) {
    std::string line;
    for (const char character : trimmed(text)) {
        if (!is_blank(character)) {
            line += character;
        } else if (!line.ends_with(' ')) {
            line += ' ';
        }
    }
    return line;
}

// Scans code and records every brace that opens a function outside of any other function.
class FunctionFinder {
public:
    explicit FunctionFinder(std::string_view source) : code_(without_comments_and_literals(source)) {
        blank_directives(code_);
    }

    std::vector<Function> find() {
        for (at_ = 0; at_ < code_.size(); ++at_) {
            if (code_[at_] == '{') {
                open();
            } else if (code_[at_] == '}') {
                close();
            } else if (code_[at_] == ';') {
                statement_ = at_ + 1;
            }
        }
        return std::move(functions_);
    }

private:
    enum class Kind { container, function, other };
    struct Scope {
        Kind kind;
        std::size_t statement;  // where the text before the brace begins
        std::size_t brace;
    };

    void open() {
        const std::string head = as_one_line(std::string_view(code_).substr(statement_, at_ - statement_));
        const bool at_top = std::all_of(scopes_.begin(), scopes_.end(),
                                        [](const Scope& scope) { return scope.kind == Kind::container; });
        scopes_.push_back({at_top ? kind_of(head) : Kind::other, statement_, at_});
        statement_ = at_ + 1;
    }

    void close() {
        if (scopes_.empty()) return;
        const Scope scope = scopes_.back();
        scopes_.pop_back();
        const std::size_t next = code_.find_first_not_of(" \n", at_ + 1);
        const char follower = next == std::string::npos ? '\0' : code_[next];
        // `: a_{1}, b_(T{2}) {`: a brace within the text that leads to another one.
        const bool initializer =
            scope.kind != Kind::container && (follower == ',' || follower == '{' || follower == ')');
        if (scope.kind == Kind::function && !initializer) note(scope);
        statement_ = initializer ? scope.statement : at_ + 1;
    }

    static Kind kind_of(std::string_view head) {
        for (const std::string_view word : {"namespace", "extern"}) {
            if (has_word(head, word) && head.find('(') == std::string_view::npos) return Kind::container;
        }
        const bool has_parameters = head.find('(') != std::string_view::npos;
        for (const std::string_view word : {"class", "struct", "union"}) {
            if (has_word(head, word) && !has_parameters) return Kind::container;
        }
        return has_parameters || head.find("[]") != std::string_view::npos ? Kind::function : Kind::other;
    }

    void note(const Scope& scope) {
        const std::size_t begin = code_.find_first_not_of(" \n", scope.statement);
        functions_.push_back({line_of(begin), line_of(at_),
                              as_one_line(std::string_view(code_).substr(begin, scope.brace - begin)),
                              code_.substr(scope.brace + 1, at_ - scope.brace - 1)});
    }

    std::size_t line_of(std::size_t at) const {
        return 1 + static_cast<std::size_t>(std::count(code_.begin(), code_.begin() + at, '\n'));
    }

    std::string code_;
    std::vector<Function> functions_;
    std::vector<Scope> scopes_;
    std::size_t at_ = 0;
    std::size_t statement_ = 0;
};

}  // namespace

std::string without_comments_and_literals(std::string_view source) {
    std::string code(source);
    for (std::size_t at = 0; at < code.size(); ++at) {
        const std::size_t end = end_of_blank(source, at);
        if (end == at) continue;
        const bool literal = source[at] != '/';
        for (std::size_t i = literal ? at + 1 : at; i < (literal ? end - 1 : end); ++i) {
            if (code[i] != '\n') code[i] = ' ';
        }
        at = end - 1;
    }
    return code;
}

std::vector<Function> functions_of(std::string_view source) { return FunctionFinder(source).find(); }

std::string name_of(const Function& function) {
    const std::string_view signature = function.signature;
    const std::string_view before = trimmed(signature.substr(0, signature.find('(')));
    std::size_t begin = before.size();
    while (begin > 0 && is_word_character(before[begin - 1])) --begin;
    return std::string(before.substr(begin));
}

bool has_word(std::string_view line, std::string_view word) {
    for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        const bool before = at > 0 && is_word_character(line[at - 1]);
        const std::size_t end = at + word.size();
        const bool after = end < line.size() && is_word_character(line[end]);
        if (!before && !after) return true;
    }
    return false;
}

std::vector<Include> includes_of(std::string_view source) {
    std::vector<Include> includes;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(source)) {
        ++number;
        constexpr std::string_view directive = "#include ";
        if (!line.starts_with(directive)) continue;
        const std::string_view name = line.substr(directive.size());
        const std::size_t end = name.find_first_of("\">", 1);
        if (name.empty() || end == std::string_view::npos) continue;
        includes.push_back({number, std::string(name.substr(1, end - 1)), name.front() == '"'});
    }
    return includes;
}

}  // namespace chathook::tidy
