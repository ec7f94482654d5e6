#include "cli/request_files.hpp"

#include <string_view>

#include "cli/header_lines.hpp"
#include "cli/mistake.hpp"
#include "cli/signing.hpp"

namespace chathook::cli {

void add_request_files(CLI::App& command, RequestFiles& files) {
    command.add_option(
        "--request", files.request,
        "A file with the whole request, as `rejections show N --request` prints it: head, empty "
        "line, body (-: standard input)");
    command.add_option("--headers", files.headers, "Or its headers alone, `Name: value` a line, and BODY");
    command.add_option("body", files.body, "The request's body, byte for byte (-: standard input)");
}

RequestText read_request(const RequestFiles& files) {
    const bool apart = !files.headers.empty() || !files.body.empty();
    if (apart != files.request.empty() || (apart && (files.headers.empty() || files.body.empty()))) {
        throw Mistake(
            ExitCode::usage,
            "name the request: --request FILE for head and body in one file, or --headers FILE and BODY");
    }
    if (files.headers == "-" && files.body == "-") {
        throw Mistake(ExitCode::usage, "only one of --headers and BODY can be standard input");
    }
    if (apart) return {read_body(files.headers), read_body(files.body)};
    RequestText read{read_body(files.request), {}};
    const std::size_t head = head_size(read.head);
    read.body = read.head.substr(head);
    read.head.resize(head);
    return read;
}

}  // namespace chathook::cli
