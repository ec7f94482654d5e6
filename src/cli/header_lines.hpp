// The headers of one request out of a text file, as people keep them: copied from a log, a raw request, or
// the output of curl -v. One thread.
#pragma once

#include <string_view>
#include <vector>

#include <chathook/request.hpp>

namespace chathook::cli {

// One `Name: value` a line, up to the first empty line; line endings of either kind. A request line, the
// marks of curl -v ("> " before what was sent; "* " and "< " before what was not) and HTTP/2's pseudo headers
// are passed over. The result points into `text`. Throws Mistake, naming the line but nothing of it.
std::vector<Field> parse_header_lines(std::string_view text);

}  // namespace chathook::cli
