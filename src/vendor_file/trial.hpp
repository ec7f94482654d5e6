// A vendor file held to its own proofs: its vectors, which are signed requests that others made, and its
// samples. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathook/time.hpp"
#include "vendor_file/vendor_file.hpp"
#include "yaml/findings.hpp"

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
    std::string reason;         // why, for people
    std::string public_url;
    std::string method = "POST";
    std::string path = "/";
};

// What came of one of them.
struct Outcome {
    std::string what;     // "vector https://example.com/docs", "sample escalated"
    int line = 0;         // of the vector; 0 for a sample
    std::string problem;  // empty: as the file says
};

struct Trial {
    std::unique_ptr<VendorFile> file;  // null if the text is no YAML
    std::vector<Outcome> outcomes;     // none if the findings have an error
};

// Reads the file and tries it. A file without a vector is warned of.
Trial try_file(std::string name, std::string_view text, yaml::Findings& findings);

}  // namespace chathook::vendor_file
