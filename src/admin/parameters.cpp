#include "admin/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "support/ascii.hpp"
#include "support/clock.hpp"
#include "support/mask.hpp"

namespace chathook::admin {

namespace {

// As WHATWG URL, section 5, but a broken escape is an error.
std::optional<std::string> decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

std::optional<std::string> plain(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number_unsigned()) return value.dump();
    return std::nullopt;
}

std::optional<std::string> with_commas(const nlohmann::json& list) {
    std::string text;
    for (const nlohmann::json& item : list) {
        const auto word = plain(item);
        if (!word || word->empty() || word->find(',') != std::string::npos) return std::nullopt;
        text += (text.empty() ? "" : ",") + *word;
    }
    return text;
}

// Otherwise a script whose variable is not set would select everything.
constexpr const char* is_empty = "empty; give a value, or leave it out";

std::string given_twice(const std::string& name) {
    return printable(name, shown_bytes_max) + ": given more than once; give it once";
}

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

ParametersOrProblem parse_query(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decoded(pair.substr(0, equals));
        auto value = decoded(pair.substr(std::min(pair.size(), equals + 1)));
        if (!name || !value) return "the query string is not percent-encoded as it should be";
        const auto [place, fresh] = parameters.emplace(std::move(*name), std::move(*value));
        if (!fresh) return given_twice(place->first) + (place->first == "id" ? ", as id=A,B" : "");
    }
    return parameters;
}

ParametersOrProblem parse_body(std::string_view body) {
    std::set<std::string> names;
    std::string twice;
    // The parser itself keeps the last value of a repeated name.
    const auto note_name = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& read) {
        if (event != nlohmann::json::parse_event_t::key || depth != 1) return true;
        const auto& name = read.get_ref<const std::string&>();
        if (!names.insert(name).second && twice.empty()) twice = given_twice(name);
        return true;
    };
    const auto object = nlohmann::json::parse(body, note_name, false);
    if (!object.is_object()) return "the body is not a JSON object";
    if (!twice.empty()) return twice;
    Parameters parameters;
    for (const auto& [name, value] : object.items()) {
        auto text = value.is_array() ? with_commas(value) : plain(value);
        if (!text)
            return printable(name, shown_bytes_max) +
                   ": not a text, a whole number, a truth value or a list of such";
        parameters.emplace(name, std::move(*text));
    }
    return parameters;
}

void Taking::text(const std::string& name, std::string& value) {
    auto given = take(name);
    if (!given) return;
    if (given->empty()) complain(name, is_empty);
    value = std::move(*given);
}

void Taking::one_of(const std::string& name, std::string& value, std::span<const std::string_view> words) {
    std::string given;
    text(name, given);
    if (given.empty()) return;
    if (std::ranges::find(words, given) != words.end()) {
        value = std::move(given);
        return;
    }
    std::string all;
    for (const std::string_view word : words) all.append(all.empty() ? "" : ", ").append(word);
    complain(name, "unknown name '" + printable(given, shown_bytes_max) + "'; there are: " + all);
}

void Taking::flag(const std::string& name, bool& value) {
    const auto given = take(name);
    if (!given) return;
    if (*given == "1" || *given == "true") {
        value = true;
    } else if (*given == "0" || *given == "false") {
        value = false;
    } else {
        complain(name, "not true or false");
    }
}

void Taking::time(const std::string& name, std::optional<Instant>& value) {
    const auto given = take(name);
    if (!given) return;
    value = parse_rfc3339(*given);
    if (!value) complain(name, "not an RFC 3339 time such as 2026-11-21T20:00:00Z");
}

void Taking::number(const std::string& name, std::uint64_t& value, std::uint64_t least, std::uint64_t most) {
    const auto given = take(name);
    if (!given) return;
    const auto number = whole_number(*given);
    if (number && *number >= least && *number <= most) {
        value = *number;
    } else if (most == UINT64_MAX) {
        complain(name, "not a whole number");
    } else {
        complain(name, "not a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
}

void Taking::list(const std::string& name, std::vector<std::string>& values, std::size_t most) {
    const auto given = take(name);
    if (!given) return;
    std::string_view rest = *given;
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        values.emplace_back(word);
    }
    if (values.empty()) complain(name, is_empty);
    if (values.size() > most) complain(name, "more than " + std::to_string(most));
}

std::string Taking::problem() {
    if (!problem_.empty() || parameters_.empty()) return problem_;
    std::string words;
    for (const std::string& name : known_) words += (words.empty() ? "" : ", ") + name;
    complain(printable(parameters_.begin()->first, shown_bytes_max), "unknown; known are " + words);
    return problem_;
}

std::optional<std::string> Taking::take(const std::string& name) {
    known_.insert(name);
    auto found = parameters_.extract(name);
    if (found.empty()) return std::nullopt;
    return std::move(found.mapped());
}

void Taking::complain(const std::string& name, const std::string& what) {
    if (problem_.empty()) problem_ = name + ": " + what;
}

}  // namespace chathook::admin
