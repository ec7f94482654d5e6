#include "mapping/values.hpp"

#include <algorithm>

#include "normalize/reading.hpp"
#include "normalize/vendor_time.hpp"

namespace chathook::mapping {
namespace {

// A text or a number as it is written, or true or false.
bool is_written(Json value, std::string_view text) noexcept {
    return value.kind() == Json::Kind::boolean ? value.source() == text : value.id() == text;
}

bool meets(const Condition& condition, const Level& level) noexcept {
    const Json value = condition.at.at(level);
    if (!condition.same) return is_written(value, condition.text);
    const std::string_view other = condition.same->at(level).id();
    return !other.empty() && value.id() == other;
}

// Every place is looked up, even where one condition fails: see Shape.
bool meets(const std::vector<Condition>& conditions, const Level& level) noexcept {
    bool all = true;
    for (const Condition& condition : conditions) all &= meets(condition, level);
    return all;
}

bool holds(const ShapeCase& one, const Level& level) noexcept {
    switch (one.test) {
        case ShapeCase::Test::present: return !normalize::is_empty(one.at.at(level));
        case ShapeCase::Test::text: return !one.at.at(level).text().empty();
        case ShapeCase::Test::array: return one.at.at(level).is_array();
        case ShapeCase::Test::is: return meets(one.is, level);
    }
    return false;
}

std::string_view word_of(const Shape& shape, const Level& level) noexcept {
    std::string_view word;
    for (const ShapeCase& one : shape.cases) {
        if (holds(one, level) && word.empty()) word = one.word;
    }
    return word;
}

std::string_view first_of(const std::vector<Value>& values, Kind kind, const Level& level,
                          const Signed& sent) noexcept {
    for (const Value& value : values) {
        if (const std::string_view text = read_value(value, kind, level, sent); !text.empty()) return text;
    }
    return {};
}

std::string_view word_of(const Table& table, const Level& level, const Signed& sent) noexcept {
    const std::string* const word = table.words.find(first_of(table.at, Kind::id, level, sent));
    return word == nullptr ? table.otherwise : *word;
}

std::string_view found_by(const Search& search, Kind kind, const Level& level) noexcept {
    const Json list = search.in.at(level);
    if (!list.is_array()) return {};
    std::size_t looked_at = 0;
    for (Json element = list.first(); element && looked_at < searched_max;
         element = element.next(), ++looked_at) {
        const Level inside{element, &level};
        if (meets(search.where, inside)) return text_of(search.take.at(inside), kind);
    }
    return {};
}

}  // namespace

std::string_view text_of(Json value, Kind kind) noexcept {
    switch (kind) {
        case Kind::text: return value.text();
        case Kind::id: return value.id();
        case Kind::number: return normalize::number_text(value);
    }
    return {};
}

std::string_view identity_source(const IdentityPart& part, const Level& level) noexcept {
    const Json value = part.at.at(level);
    const bool missing = part.from == IdentityPart::From::source ? normalize::is_empty(value)
                         : part.from == IdentityPart::From::text ? value.text().empty()
                         : part.from == IdentityPart::From::id   ? value.id().empty()
                                                                 : false;
    return missing ? std::string_view{} : value.source();
}

std::string_view read_form(const Value& value, Kind kind, const Level& level, const Signed& sent) noexcept {
    const auto& form = value.form;
    if (const auto* constant = std::get_if<Constant>(&form)) return constant->word;
    if (const auto* any = std::get_if<AnyOf>(&form)) return first_of(any->values, kind, level, sent);
    if (const auto* table = std::get_if<Table>(&form)) return word_of(*table, level, sent);
    if (const auto* search = std::get_if<Search>(&form)) return found_by(*search, kind, level);
    if (const auto* shape = std::get_if<Shape>(&form)) return word_of(*shape, level);
    if (const auto* header = std::get_if<Header>(&form)) {
        return header->index < sent.headers.size() ? sent.headers[header->index] : std::string_view{};
    }
    return {};
}

std::optional<Instant> read_time(const Value& value, const Level& level, const Signed& sent) noexcept {
    if (const auto* any = std::get_if<AnyOf>(&value.form)) {
        for (const Value& one : any->values) {
            if (const auto time = read_time(one, level, sent)) return time;
        }
        return std::nullopt;
    }
    return normalize::parse_vendor_time(read_value(value, Kind::id, level, sent));
}

}  // namespace chathook::mapping
