// One saved request, from the files that a command names. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace chathook::cli {

struct RequestFiles {
    std::string request;        // head and body in one file; or
    std::string headers, body;  // each in its own
};

// --request, --headers and BODY
void add_request_files(CLI::App& command, RequestFiles& files);

struct RequestText {
    std::string head;  // for parse_header_lines
    std::string body;  // byte for byte
};

// Throws Mistake, also unless one of the two ways is given, whole.
RequestText read_request(const RequestFiles& files);

}  // namespace chathook::cli
