// A request's parameters as names and values: of a GET from its query string, of a POST from a JSON object.
// One thread; lives as long as one request.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <chathook/time.hpp>

namespace chathook::admin {

// Limit for showing a client's text in an answer or in the log.
inline constexpr std::size_t shown_bytes_max = 64;

// Parses digits and nothing else, up to 2^64 - 1.
std::optional<std::uint64_t> whole_number(std::string_view text);

using Parameters = std::map<std::string, std::string>;

// Both return a plain description of what is wrong, if anything. A repeated name is wrong, too, because its
// values are ambiguous.
using ParametersOrProblem = std::variant<Parameters, std::string>;

// Percent-decoded (WHATWG URL, application/x-www-form-urlencoded).
ParametersOrProblem parse_query(std::string_view query);

// A JSON object of strings, numbers, booleans and lists of strings or numbers; a list becomes a text with
// commas.
ParametersOrProblem parse_body(std::string_view body);

// Takes parameters out one by one, and keeps the first error.
class Taking {
public:
    explicit Taking(Parameters parameters) : parameters_(std::move(parameters)) {}

    // Each leaves `value` unchanged if the parameter is missing or wrong.
    void text(const std::string& name, std::string& value);
    void one_of(const std::string& name, std::string& value, std::span<const std::string_view> words);
    void flag(const std::string& name, bool& value);  // 1, true, 0, false
    void time(const std::string& name, std::optional<Instant>& value);
    void number(const std::string& name, std::uint64_t& value, std::uint64_t least = 0,
                std::uint64_t most = UINT64_MAX);
    void list(const std::string& name, std::vector<std::string>& values, std::size_t most);

    // Call this last: the first error, empty if there is none. A parameter that was not taken is an error.
    std::string problem();

private:
    std::optional<std::string> take(const std::string& name);
    void complain(const std::string& name, const std::string& what);

    Parameters parameters_;
    std::set<std::string> known_;
    std::string problem_;
};

}  // namespace chathook::admin
