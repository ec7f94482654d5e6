#include "ingest/kept_request.hpp"

namespace chathook::ingest {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view version = " HTTP/1.1";
constexpr std::string_view separator = ": ";

// Removes the first line and its end from the front and returns it without the end.
std::optional<std::string_view> take_line(std::string_view& text) noexcept {
    const std::size_t end = text.find(line_end);
    if (end == text.npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + line_end.size());
    return line;
}

bool read_request_line(std::string_view line, KeptRequest& kept) noexcept {
    const std::size_t blank = line.find(' ');
    if (blank == line.npos || !line.ends_with(version)) return false;
    kept.method = line.substr(0, blank);
    line.remove_suffix(version.size());
    if (line.size() < blank + 1) return false;
    const std::string_view target = line.substr(blank + 1);
    const std::size_t mark = target.find('?');
    kept.path = target.substr(0, mark);
    if (mark != target.npos) kept.query = target.substr(mark + 1);
    return true;
}

}  // namespace

std::optional<std::string> keep_request(const Request& request) {
    const std::string_view mark = request.query.empty() ? "" : "?";
    std::size_t size = request.method.size() + 1 + request.path.size() + mark.size() + request.query.size() +
                       version.size() + 2 * line_end.size() + request.body.size();
    for (const Field& field : request.fields) {
        size += field.name.size() + separator.size() + field.value.size() + line_end.size();
    }
    if (size > kept_bytes_max) return std::nullopt;
    std::string text;
    text.reserve(size);
    text.append(request.method).append(" ").append(request.path).append(mark).append(request.query);
    text.append(version).append(line_end);
    for (const Field& field : request.fields) {
        text.append(field.name).append(separator).append(field.value).append(line_end);
    }
    text.append(line_end).append(request.body);
    return text;
}

Request KeptRequest::request() const {
    Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.fields = fields;
    request.body = body;
    return request;
}

std::optional<KeptRequest> read_kept_request(std::string_view text) {
    KeptRequest kept;
    const auto first = take_line(text);
    if (!first || !read_request_line(*first, kept)) return std::nullopt;
    while (true) {
        const auto line = take_line(text);
        if (!line) return std::nullopt;
        if (line->empty()) break;
        const std::size_t colon = line->find(separator);
        if (colon == line->npos) return std::nullopt;
        kept.fields.push_back({line->substr(0, colon), line->substr(colon + separator.size())});
    }
    kept.body = text;
    return kept;
}

}  // namespace chathook::ingest
