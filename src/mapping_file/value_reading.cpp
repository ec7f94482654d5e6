#include "mapping_file/value_reading.hpp"

#include <algorithm>
#include <utility>

#include "mapping_file/fields.hpp"
#include "support/ascii.hpp"

namespace chathook::mapping_file {
namespace {

using mapping::ShapeCase;
using mapping::Value;
using yaml::in_quotes;
using yaml::joined;
using yaml::Place;

constexpr std::size_t values_max = 16;  // of a list, and cases of a shape
constexpr std::size_t conditions_max = 8;
constexpr std::size_t words_max = 256;  // of a table

constexpr const char* forms =
    "write a pointer as in /data/id, a list of values, or one of {const: ...}, {at: ..., words: ...}, "
    "{in: ..., where: ..., take: ...}, {first: [...]}";

std::vector<std::string> texts(std::span<const mapping::Word> words) { return {words.begin(), words.end()}; }

// A word of ours, which some fields limit.
std::string read_word(const Place& at, const Expected& expected) {
    std::string word;
    if (!at.text(word) || expected.words.empty()) return word;
    if (std::ranges::find(expected.words, word) != expected.words.end()) return word;
    const std::vector<std::string> allowed = texts(expected.words);
    at.error(in_quotes(word) + " is not one of: " + joined(allowed) + yaml::suggestion(word, allowed));
    return {};
}

// `same_levels_up`: how far up the places may be that are compared with.
std::vector<mapping::Condition> read_conditions(const Place& at, Scope& scope, std::size_t levels_up,
                                                std::size_t same_levels_up) {
    std::vector<mapping::Condition> conditions;
    for (const auto& [key, place] : named(at, conditions_max, "write {/type: text}")) {
        auto pointer = read_pointer(place, key, scope, levels_up);
        mapping::Condition condition;
        if (place.is_mapping()) {
            const Fields fields(place, {"same"});
            const Place* same =
                fields.required("same", "write the place with the same text, as in same: ^/from");
            if (same != nullptr) condition.same = read_pointer(*same, scope, same_levels_up);
            if (!condition.same) continue;
        } else if (!place.text(condition.text)) {
            continue;
        }
        if (!pointer) continue;
        condition.at = std::move(*pointer);
        conditions.push_back(std::move(condition));
    }
    return conditions;
}

// Texts that a body may contain must not become words of ours.
bool must_be_words(const Place& at, const Expected& expected) {
    if (expected.words.empty()) return false;
    at.error("may become only " + joined(texts(expected.words)) +
             "; write {const: ...}, or a table: {at: /data/x, words: {theirs: ours}}");
    return true;
}

Value read_table(const Fields& fields, Scope& scope, const Expected& expected) {
    mapping::Table table;
    if (const Place* at = fields.required("at", "write where their word stands, as in at: /data/role")) {
        Expected theirs = expected;
        theirs.words = {};
        theirs.kind = mapping::Kind::id;
        table.at.push_back(read_value(*at, scope, theirs));
    }
    bool ignore_case = false;
    if (const Place* at = fields.find("ignore_case")) at->boolean(ignore_case);
    std::vector<mapping::Words<std::string>::Entry> entries;
    if (const Place* at = fields.required("words", "write words: {theirs: ours}")) {
        for (const auto& [theirs, place] : named(*at, words_max, "write words: {theirs: ours}")) {
            const auto same = [&](const auto& entry) {
                return ignore_case ? same_ignoring_case(entry.first, theirs) : entry.first == theirs;
            };
            if (std::ranges::any_of(entries, same)) {
                place.error(
                    "stands here already in other letters, which ignore_case takes as the same; keep one");
                continue;
            }
            entries.emplace_back(theirs, read_word(place, expected));
        }
    }
    table.words = mapping::Words<std::string>(std::move(entries),
                                              ignore_case ? mapping::Case::ignored : mapping::Case::counts);
    if (const Place* at = fields.find("else")) table.otherwise = read_word(*at, expected);
    return {std::move(table)};
}

Value read_search(const Place& at, const Fields& fields, Scope& scope, const Expected& expected) {
    if (must_be_words(at, expected)) return {};
    mapping::Search search;
    if (const Place* in = fields.required("in", "write where the list stands, as in in: /answers")) {
        search.in = read_pointer(*in, scope, expected.levels_up).value_or(mapping::Pointer());
    }
    if (const Place* where =
            fields.required("where", "write what the element has, as in where: {/type: email}")) {
        search.where = read_conditions(*where, scope, 0, expected.levels_up + 1);
    }
    if (const Place* take =
            fields.required("take", "write what to take of the element, as in take: /email")) {
        search.take = read_pointer(*take, scope, 0).value_or(mapping::Pointer());
    }
    return {std::move(search)};
}

ShapeCase read_case(const Place& at, Scope& scope, const Expected& expected) {
    ShapeCase one;
    const Fields fields(at, {"present", "text", "array", "is", "const"});
    std::size_t tests = 0;
    const auto test = [&](std::string_view key, ShapeCase::Test meant) {
        const Place* const place = fields.find(key);
        if (place == nullptr) return;
        ++tests;
        one.test = meant;
        if (meant == ShapeCase::Test::is) {
            one.is = read_conditions(*place, scope, expected.levels_up, expected.levels_up);
        } else if (auto pointer = read_pointer(*place, scope, expected.levels_up)) {
            one.at = std::move(*pointer);
        }
    };
    test("present", ShapeCase::Test::present);
    test("text", ShapeCase::Test::text);
    test("array", ShapeCase::Test::array);
    test("is", ShapeCase::Test::is);
    if (tests != 1 && at.is_mapping()) {
        at.error("needs one of present, text, array and is, and has " + std::to_string(tests));
    }
    if (const Place* word = fields.required("const", "write the word that this shape means")) {
        one.word = read_word(*word, expected);
    }
    return one;
}

Value read_shape(const Place& at, Scope& scope, const Expected& expected) {
    mapping::Shape shape;
    if (!at.is_list()) {
        at.error("must be a list, as in first: [{present: /messages/0, const: message}]");
        return {};
    }
    for (const Place& item : at.items(values_max)) shape.cases.push_back(read_case(item, scope, expected));
    if (shape.cases.empty()) at.error("is empty; write at least one case, or leave the key out");
    return {std::move(shape)};
}

Value read_header_value(const Place& at, Scope& scope, const Expected& expected) {
    if (!expected.header) {
        at.error("a header may stand for the event alone; take the value from the body");
        return {};
    }
    const auto index = read_header(at, scope);
    if (!index) return {};
    const std::string& name = scope.mapping.headers[*index];
    if (!is_signed(name, scope.parts)) {
        at.warning("is not signed, so whoever repeats a webhook can change the event; sign it with {header:" +
                   name + "} in verify.text, or take the event from the body");
    }
    return {mapping::Header{*index}};
}

// The form that a mapping is by the key that only that form has.
Value read_form(const Place& at, Scope& scope, const Expected& expected) {
    if (at.holds("const")) {
        const Fields fields(at, {"const"});
        return {mapping::Constant{read_word(*fields.find("const"), expected)}};
    }
    if (at.holds("at") || at.holds("words")) {
        return read_table(Fields(at, {"at", "words", "else", "ignore_case"}), scope, expected);
    }
    if (at.holds("in") || at.holds("where") || at.holds("take")) {
        return read_search(at, Fields(at, {"in", "where", "take"}), scope, expected);
    }
    if (at.holds("first")) {
        const Fields fields(at, {"first"});
        return read_shape(*fields.find("first"), scope, expected);
    }
    if (at.holds("header")) {
        const Fields fields(at, {"header"});
        return read_header_value(*fields.find("header"), scope, expected);
    }
    at.error(std::string("is none of the forms of a value; ") + forms);
    return {};
}

}  // namespace

std::optional<mapping::Pointer> read_pointer(const Place& at, const std::string& text, Scope& scope,
                                             std::size_t levels_up) {
    if (const std::string fault = mapping::Pointer::fault_of(text); !fault.empty()) {
        at.error(in_quotes(text) + " " + fault);
        return std::nullopt;
    }
    if (++scope.pointers == mapping::pointers_max + 1) {
        at.error("is one pointer more than the " + std::to_string(mapping::pointers_max) +
                 " that a mapping may have; take some out, or put what events share into a block");
    }
    const std::string parent = text.substr(0, std::min(text.rfind('/'), text.size()));
    const std::size_t number = scope.parents.try_emplace(parent, scope.parents.size() + 1).first->second;
    mapping::Pointer pointer(text, number);
    if (pointer.levels_up() <= levels_up) {
        const std::size_t inside = levels_up - std::min(levels_up, scope.levels_up);
        if (pointer.levels_up() > inside) {
            scope.mapping.outward.push_back({pointer.levels_up() - inside, pointer});
        }
        return pointer;
    }
    at.error(in_quotes(text) +
             (levels_up == 0 ? " goes up with '^', but nothing is around the value here"
                             : " goes up further than the body, which is " + std::to_string(levels_up) +
                                   " up from here") +
             "; take a '^' out");
    return std::nullopt;
}

std::optional<mapping::Pointer> read_pointer(const Place& at, Scope& scope, std::size_t levels_up) {
    const std::string* const text = at.scalar("a JSON pointer such as /data/id");
    return text == nullptr ? std::nullopt : read_pointer(at, *text, scope, levels_up);
}

std::optional<std::size_t> read_header(const Place& at, Scope& scope) {
    std::string name;
    if (!at.text(name)) return std::nullopt;
    if (!is_token(name)) {
        at.error(in_quotes(name) + " is not the name of a header, as in X-Event-Type");
        return std::nullopt;
    }
    auto& headers = scope.mapping.headers;
    const auto known = std::ranges::find_if(
        headers, [&](const std::string& header) { return same_ignoring_case(header, name); });
    const auto index = static_cast<std::size_t>(known - headers.begin());
    if (known == headers.end()) headers.push_back(std::move(name));
    return index;
}

bool is_signed(const std::string& header, const SignedParts& parts) {
    return std::ranges::any_of(parts.headers,
                               [&](const std::string& name) { return same_ignoring_case(name, header); });
}

Value read_value(const Place& at, Scope& scope, const Expected& expected) {
    if (at.is_mapping()) return read_form(at, scope, expected);
    if (at.is_list()) {
        mapping::AnyOf any;
        for (const Place& item : at.items(values_max))
            any.values.push_back(read_value(item, scope, expected));
        if (any.values.empty()) at.error("is empty; write at least one value, or leave the key out");
        return {std::move(any)};
    }
    auto pointer = read_pointer(at, scope, expected.levels_up);
    if (!pointer || must_be_words(at, expected)) return {};
    return {std::move(*pointer)};
}

}  // namespace chathook::mapping_file
