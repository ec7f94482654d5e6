// One way of signing that explains a request, as a vendor file says it. Plain values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chathook::learn {

// The words of `verify` in docs/vendor-files.md; empty: left out.
struct Lesson {
    std::string kind = {};       // empty: hmac
    std::string algorithm = {};  // empty: sha256
    std::string key = {};        // empty: text
    std::string header = {};
    std::string pointer = {};  // of a token in the body
    std::string form = {};
    std::string prefix = {};
    std::string signature = {};
    std::string encoding = {};  // empty: hex; of a token: text
    std::string text = {};      // empty: {body}
    bool stringified = false;   // the body's JSON.stringify form was signed
    std::string id_header = {};
    std::string time_header = {};
    std::string time_pair = {};
    std::string time_unit = {};

    std::size_t secret = 0;  // which of the secrets, from 0

    // Why it can be said in no vendor file, or must not be: sentences without a subject. Empty: it can be.
    std::vector<std::string> obstacles = {};
};

// The section `verify`, indented by nothing, its last line ended.
std::string to_yaml(const Lesson& lesson);

// A text as a YAML scalar: as it is, or in double quotation marks.
std::string yaml_scalar(const std::string& text);

}  // namespace chathook::learn
