// Reads `vectors`: signed requests that others made. Everything wrong is an error with its line. One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chathook/error.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/time.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

inline constexpr std::size_t vectors_max = 200;
inline constexpr std::size_t vector_headers_max = 32;

// A signed request, with the secret that it was signed with.
struct Vector {
    std::string from;  // where it stands
    int line = 0;
    std::string secret;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::optional<Instant> at;  // the date of its verification; none: whenever it says that it was signed
    bool accepted = true;       // false: it must be refused
    std::string reason;         // why: for people, or the code of `refused_for`
    std::optional<Errc> refused_for;  // none: for whatever reason
    std::string public_url;
    std::string method = "POST";
    std::string path = "/";
};

// Those of a file whose `verify` says `rules`. A file without a vector is warned of.
std::vector<Vector> read_vectors(const yaml::Place& root, const verify::SchemeRules& rules);

}  // namespace chathook::vendor_file
