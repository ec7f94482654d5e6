#include "fuzz/reference_head.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <set>

namespace chathook::fuzz {
namespace {

using Strings = std::vector<std::string>;

const std::string digits = "0123456789";
const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const std::string hexadecimal = digits + "abcdefABCDEF";
const std::string token_set = digits + letters + "!#$%&'*+-.^_`|~";

bool only(const std::string& text, const std::string& set) {
    return text.find_first_not_of(set) == std::string::npos;
}

std::string lowered(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
}

std::string without_blanks_around(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Strings split(const std::string& text, const std::string& separator) {
    Strings parts;
    std::size_t from = 0;
    for (std::size_t at; (at = text.find(separator, from)) != std::string::npos; from = at + separator.size())
        parts.push_back(text.substr(from, at - from));
    parts.push_back(text.substr(from));
    return parts;
}

// RFC 3986, 2.1: every percent sign with two digits behind it, and none of them a NUL.
bool good_encoding(const std::string& text) {
    const Strings parts = split(text, "%");
    return std::all_of(parts.begin() + 1, parts.end(), [](const std::string& part) {
        return part.size() >= 2 && only(part.substr(0, 2), hexadecimal) && part.substr(0, 2) != "00";
    });
}

std::string decoded(const std::string& path) {
    std::string result;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] != '%') {
            result += path[at];
            continue;
        }
        result += static_cast<char>(std::stoi(path.substr(at + 1, 2), nullptr, 16));
        at += 2;
    }
    return result;
}

bool good_path(const std::string& path) {
    const std::string plain = decoded(path);
    // A slash or a backslash more than was written came out of an encoding.
    if (std::count(plain.begin(), plain.end(), '/') != std::count(path.begin(), path.end(), '/'))
        return false;
    if (plain.find('\\') != std::string::npos) return false;
    const Strings segments = split(plain, "/");
    return std::none_of(segments.begin(), segments.end(),
                        [](const std::string& segment) { return segment == "." || segment == ".."; });
}

bool good_host(std::string host);

// Host without the port that its scheme has anyway.
std::string named(const std::string& host, const std::string& scheme) {
    const std::string port = scheme == "http" ? ":80" : ":443";
    const std::size_t at = host.size() < port.size() ? std::string::npos : host.size() - port.size();
    return lowered(at != std::string::npos && host.substr(at) == port ? host.substr(0, at) : host);
}

// RFC 9112, 3.2.2: scheme, authority and what is an origin form but for a path that may be missing.
bool read_absolute_form(std::string& target, ReferenceHead& head) {
    const Strings parts = split(target, "://");
    if (parts.size() < 2) return false;
    head.scheme = lowered(parts[0]);
    if (head.scheme != "http" && head.scheme != "https") return false;
    const std::string rest = target.substr(parts[0].size() + 3);
    head.authority = split(split(rest, "/")[0], "?")[0];
    target = rest.substr(head.authority.size());
    if (target.empty() || target[0] == '?') target = "/" + target;
    return good_host(head.authority);
}

bool read_request_line(const std::string& line, ReferenceHead& head) {
    const Strings parts = split(line, " ");
    if (parts.size() != 3) return false;
    head.method = parts[0];
    head.version = parts[2];
    std::string target = parts[1];
    if (head.method.empty() || head.method.size() > 32 || !only(head.method, token_set)) return false;
    if (head.method == "TRACE" || head.method == "CONNECT") return false;
    if (head.version != "HTTP/1.0" && head.version != "HTTP/1.1") return false;
    if (target.size() > 2048 || target.empty()) return false;
    for (const char c : target) {
        if (c < '!' || c > '~' || c == '#') return false;
    }
    if (!good_encoding(target)) return false;
    if (target[0] != '/' && !read_absolute_form(target, head)) return false;
    const Strings halves = split(target, "?");
    head.path = halves[0];
    head.query = halves.size() > 1 ? target.substr(head.path.size() + 1) : "";
    return good_path(head.path);
}

bool read_field(const std::string& line, ReferenceHead& head) {
    const std::size_t colon = line.find(':');
    if (line.size() > 8192 || colon == std::string::npos || colon == 0) return false;
    const std::string name = line.substr(0, colon);
    const std::string value = line.substr(colon + 1);
    if (!only(name, token_set) || name.find('_') != std::string::npos) return false;
    for (const char c : value) {
        const auto code = static_cast<unsigned char>(c);
        if ((code < 32 && c != '\t') || code == 127) return false;
    }
    head.fields.emplace_back(name, without_blanks_around(value));
    return true;
}

Strings values_of(const ReferenceHead& head, const std::string& name) {
    Strings values;
    for (const auto& [written, value] : head.fields) {
        if (lowered(written) == name) values.push_back(value);
    }
    return values;
}

bool good_host(std::string host) {
    std::string port = "0";
    const std::size_t colon = host.rfind(':');
    if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
        port = host.substr(colon + 1);
        host = host.substr(0, colon);
    }
    if (port.empty() || port.size() > 5 || !only(port, digits) || std::stoi(port) > 65535) return false;
    if (host.empty()) return false;
    if (host[0] != '[') return only(host, digits + letters + "-._~");
    if (host.back() != ']' || host.find('\0') != std::string::npos) return false;
    in6_addr address;
    return inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address) == 1;
}

// What frames the body, and how the connection goes on.
bool read_meaning(ReferenceHead& head) {
    std::set<std::string> options;
    for (const std::string& list : values_of(head, "connection")) {
        for (const std::string& option : split(list, ","))
            options.insert(lowered(without_blanks_around(option)));
    }
    for (const char* once : {"host", "content-length", "transfer-encoding", "content-type",
                             "content-encoding", "expect", "authorization"}) {
        if (values_of(head, once).size() > 1 || options.contains(once)) return false;
    }
    const bool modern = head.version == "HTTP/1.1";
    const Strings hosts = values_of(head, "host");
    if (hosts.empty() ? modern : !good_host(hosts[0])) return false;
    if (!head.scheme.empty()) {
        if (hosts.empty() || named(hosts[0], head.scheme) != named(head.authority, head.scheme)) return false;
    }

    if (const Strings lengths = values_of(head, "content-length"); !lengths.empty()) {
        const std::string& text = lengths[0];
        if (text.empty() || text.size() > 10 || !only(text, digits)) return false;
        if (text[0] == '0' && text != "0") return false;
        head.length = std::stoull(text);
    }
    if (const Strings codings = values_of(head, "transfer-encoding"); !codings.empty()) {
        if (lowered(codings[0]) != "chunked" || head.length || !modern) return false;
        if (head.method == "GET" || head.method == "HEAD") return false;
        head.chunked = true;
    }
    if (const Strings expected = values_of(head, "expect"); !expected.empty()) {
        if (lowered(expected[0]) != "100-continue") return false;
        head.waits_for_continue = modern && (head.chunked || head.length.value_or(0) > 0);
    }
    head.keep_alive = !options.contains("close") && (modern || options.contains("keep-alive"));
    return true;
}

}  // namespace

std::optional<ReferenceHead> read_reference(const std::string& bytes) {
    if (bytes.size() > 16384) return std::nullopt;
    Strings lines = split(bytes, "\r\n");
    // The CRLF of the last field, the empty line's own, and nothing behind it.
    if (lines.size() < 3 || !lines.back().empty() || !lines[lines.size() - 2].empty()) return std::nullopt;
    lines.resize(lines.size() - 2);
    if (lines.size() > 65) return std::nullopt;
    ReferenceHead head;
    if (!read_request_line(lines[0], head)) return std::nullopt;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (!read_field(lines[i], head)) return std::nullopt;
    }
    if (!read_meaning(head)) return std::nullopt;
    return head;
}

}  // namespace chathook::fuzz
