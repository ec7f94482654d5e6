// What a request asks for, as names and values: of a GET in its query string, of a POST in a JSON object. One
// thread; lives as long as one request.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <chathook/time.hpp>

namespace chathook::admin {

using Parameters = std::map<std::string, std::string>;

// Percent-decoded (WHATWG URL, application/x-www-form-urlencoded); of a repeated name the last value counts.
// nullopt when the encoding is broken.
std::optional<Parameters> parse_query(std::string_view query);

// A JSON object of texts, numbers, truth values and lists of texts or numbers; a list becomes a text with
// commas. Else what is wrong with it, in plain words.
std::variant<Parameters, std::string> parse_body(std::string_view body);

// Takes parameters out one by one, and keeps the first thing that is wrong with any.
class Taking {
public:
    explicit Taking(Parameters parameters) : parameters_(std::move(parameters)) {}

    // Each leaves `value` alone when there is no such parameter or it is wrong.
    void text(const std::string& name, std::string& value);
    void flag(const std::string& name, bool& value);  // 1, true, 0, false
    void time(const std::string& name, std::optional<Instant>& value);
    void number(const std::string& name, std::uint64_t& value, std::uint64_t least = 0,
                std::uint64_t most = UINT64_MAX);
    void list(const std::string& name, std::vector<std::string>& values, std::size_t most);

    // To be called last: what is wrong, empty if nothing. A parameter that nobody took is wrong.
    std::string problem();

private:
    std::optional<std::string> take(const std::string& name);
    void complain(const std::string& name, const std::string& what);

    Parameters parameters_;
    std::set<std::string> known_;
    std::string problem_;
};

}  // namespace chathook::admin
