#include "http/gate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "http/characters.hpp"
#include "support/ascii.hpp"
#include "support/utf8.hpp"

namespace chathook::http {
namespace {

using Verdict = std::optional<Refusal>;

constexpr std::size_t method_bytes_max = 32;
constexpr std::size_t request_line_rest = method_bytes_max + std::string_view("  HTTP/1.1\r\n").size();

// Fields that must not be repeated, because two of them are ambiguous. The vendors' signature headers are not
// among them: their repetition gets the vendor's own refusal.
enum Single : unsigned {
    none = 0,
    host = 1,
    content_length = 2,
    transfer_encoding = 4,
    content_type = 8,
    content_encoding = 16,
    expect = 32,
    authorization = 64,
};

// Classifies `name`, by length first: most fields need at most one comparison.
Single single_valued(std::string_view name) noexcept {
    switch (name.size()) {
        case 4: return equals_ignoring_case(name, "host") ? host : none;
        case 6: return equals_ignoring_case(name, "expect") ? expect : none;
        case 12: return equals_ignoring_case(name, "content-type") ? content_type : none;
        case 13: return equals_ignoring_case(name, "authorization") ? authorization : none;
        case 14: return equals_ignoring_case(name, "content-length") ? content_length : none;
        case 16: return equals_ignoring_case(name, "content-encoding") ? content_encoding : none;
        case 17: return equals_ignoring_case(name, "transfer-encoding") ? transfer_encoding : none;
        default: return none;
    }
}

// Whether percent-encoding is well formed and encodes no NUL. Other encoded characters stay as they are:
// routes match the target as received.
bool well_encoded(std::string_view text) noexcept {
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        if (at + 2 >= text.size() || !is(text[at + 1], hex_character) || !is(text[at + 2], hex_character)) {
            return false;
        }
        if (text[at + 1] == '0' && text[at + 2] == '0') return false;
    }
    return true;
}

// Whether the path has no "." or ".." segment, not even an encoded one, no encoded slash, and no backslash,
// which some treat as a slash: a proxy may have authorized another path than the one we see.
bool plain_path(std::string_view path) noexcept {
    std::size_t dots = 0;
    bool only_dots = true;
    for (std::size_t at = 1; at <= path.size(); ++at) {
        char c = at < path.size() ? path[at] : '/';
        if (c == '%') {
            c = static_cast<char>(hex_value(path[at + 1]) * 16 + hex_value(path[at + 2]));
            at += 2;
            if (c == '/') return false;
        }
        if (c == '\\') return false;
        if (c == '/') {
            if (only_dots && (dots == 1 || dots == 2)) return false;
            dots = 0;
            only_dots = true;
        } else if (c == '.') {
            ++dots;
        } else {
            only_dots = false;
        }
    }
    return true;
}

// RFC 9112, 2.3: "HTTP/" DIGIT "." DIGIT, in upper case.
Verdict read_version(std::string_view text, Head& head) noexcept {
    if (text == "HTTP/1.1") {
        head.version = 11;
        return std::nullopt;
    }
    if (text == "HTTP/1.0") {
        head.version = 10;
        return std::nullopt;
    }
    const auto digit = [&](std::size_t at) { return is_digit(text[at]); };
    if (text.size() == 8 && text.substr(0, 5) == "HTTP/" && digit(5) && text[6] == '.' && digit(7)) {
        return Refusal{505, "unsupported_version"};
    }
    return Refusal{400, "bad_request_line"};
}

constexpr std::string_view scheme_end = "://";

// The scheme's default port; empty: a scheme that is not HTTP.
std::string_view port_of(std::string_view scheme) noexcept {
    if (equals_ignoring_case(scheme, "http")) return ":80";
    return equals_ignoring_case(scheme, "https") ? ":443" : std::string_view();
}

bool valid_host(std::string_view text) noexcept;

// RFC 9112, 3.2.2: an absolute form, which a server must accept, is reduced to its origin form.
// is_authority() later compares its authority with Host.
bool cut_to_origin_form(std::string_view& target, Head& head) noexcept {
    const std::size_t scheme = target.find(scheme_end);
    if (scheme == std::string_view::npos) return false;
    head.scheme_port = port_of(target.substr(0, scheme));
    if (head.scheme_port.empty()) return false;
    target.remove_prefix(scheme + scheme_end.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    head.authority = target.substr(0, end);
    target.remove_prefix(end);
    return valid_host(head.authority);
}

// RFC 9112, 3: method SP request-target SP HTTP-version; of the targets the origin form (3.2.1) and the
// absolute form.
Verdict read_request_line(std::string_view line, const GateLimits& limits, Head& head) noexcept {
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) return Refusal{400, "bad_request_line"};
    head.method = line.substr(0, first);
    if (head.method.empty() || head.method.size() > method_bytes_max || !all(head.method, token_character)) {
        return Refusal{400, "bad_method"};
    }
    const std::size_t second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return Refusal{400, "bad_request_line"};
    std::string_view target = line.substr(first + 1, second - first - 1);
    if (target.size() > limits.target_bytes) return Refusal{414, "target_too_long"};
    if (target.empty() || !all(target, target_character)) return Refusal{400, "bad_target"};

    const Verdict version = read_version(line.substr(second + 1), head);
    if (version && version->status == 400) return version;
    if (head.method == "CONNECT" || head.method == "TRACE") return Refusal{405, "method_not_allowed"};
    if (!well_encoded(target)) return Refusal{400, "bad_target"};
    if (target.front() != '/' && !cut_to_origin_form(target, head)) return Refusal{400, "bad_target"};
    const std::size_t mark = target.find('?');
    head.path = target.substr(0, mark);
    if (head.path.empty()) head.path = "/";
    head.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    if (!plain_path(head.path)) return Refusal{400, "bad_target"};
    return version;
}

// RFC 3986, 3.2.2: the text between the brackets; addresses of a future version (v1.x) do not exist and are
// refused.
bool is_ipv6(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> name{};
    if (text.size() >= name.size() || text.find('\0') != std::string_view::npos) return false;
    text.copy(name.data(), text.size());
    ::in6_addr address{};
    return ::inet_pton(AF_INET6, name.data(), &address) == 1;
}

// RFC 9110, 4.2.1 and 7.2: uri-host [ ":" port ], the host not empty, no user information.
bool valid_host(std::string_view text) noexcept {
    std::string_view rest;
    if (!text.empty() && text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
        rest = text.substr(end + 1);
    } else {
        const std::size_t end = text.find(':');
        const std::string_view name = text.substr(0, end);
        if (name.empty() || !all(name, host_character)) return false;
        rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
    }
    if (rest.empty()) return true;
    if (rest.front() != ':' || rest.size() < 2 || rest.size() > 6) return false;
    unsigned port = 0;
    for (const char c : rest.substr(1)) {
        if (c < '0' || c > '9') return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port <= 65535;
}

// RFC 9110, 8.6, without the leniences: one number, no sign, no leading zero, no list.
bool read_content_length(std::string_view text, Head& head) noexcept {
    if (text.empty() || text.size() > 10 || (text.size() > 1 && text.front() == '0')) return false;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    head.content_length = value;
    return true;
}

// RFC 9112, 6.1: "chunked" and nothing else. A well-formed list of other codings that ends in chunked, or has
// none, is merely unsupported; everything else has no certain end.
Verdict read_transfer_encoding(std::string_view text, Head& head) noexcept {
    if (equals_ignoring_case(text, "chunked")) {
        head.chunked = true;
        return std::nullopt;
    }
    if (!text.empty() && text.back() == ',') return Refusal{400, "bad_transfer_encoding"};
    bool chunked_before = false;
    do {
        const std::string_view coding = take_element(text);
        if (coding.empty() || !all(coding, token_character) || chunked_before) {
            return Refusal{400, "bad_transfer_encoding"};
        }
        chunked_before = equals_ignoring_case(coding, "chunked");
    } while (!text.empty());
    return Refusal{501, "unsupported_transfer_encoding"};
}

// RFC 9112, 9.3: "close" wins; 1.1 persists by default, 1.0 on request only. RFC 9110, 7.6.1: a field named
// here is hop-by-hop. A proxy that obeys would remove fields that frame the request: false.
bool read_connection(std::string_view list, bool& close, bool& keep) noexcept {
    while (!list.empty()) {
        const std::string_view option = take_element(list);
        if (single_valued(option) != none) return false;
        close = close || equals_ignoring_case(option, "close");
        keep = keep || equals_ignoring_case(option, "keep-alive");
    }
    return true;
}

// One field line without its CRLF (RFC 9112, 5).
Verdict read_field(std::string_view line, const GateLimits& limits, Head& head) {
    if (line.front() == ' ' || line.front() == '\t') return Refusal{400, "folded_field"};
    if (line.size() > limits.field_bytes) return Refusal{431, "field_too_long"};
    if (head.fields.size() == limits.fields) return Refusal{431, "too_many_fields"};
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return Refusal{400, "bad_field"};
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 1);
    if (!all(name, token_character)) return Refusal{400, "bad_field"};
    if (name.find('_') != std::string_view::npos) return Refusal{400, "underscore_in_field_name"};
    if (plain_ascii(value) != value.size() && !all(value, value_character)) {
        return Refusal{400, "control_character"};
    }
    head.fields.push_back({name, trimmed(value)});
    return std::nullopt;
}

// Checks the fields in combination, once each of them is well formed.
class Meaning {
public:
    explicit Meaning(Head& head) noexcept : head_(head) {}

    Verdict read() noexcept {
        for (const Field& field : head_.fields) {
            if (const Single bit = single_valued(field.name); bit != none) {
                if ((seen_ & bit) != 0) return Refusal{400, "repeated_field"};
                seen_ |= bit;
                if (const Verdict verdict = read_single(bit, field.value)) return verdict;
            } else if (equals_ignoring_case(field.name, "connection")) {
                if (!read_connection(field.value, close_, keep_)) return Refusal{400, "bad_connection"};
            }
        }
        head_.keep_alive = !close_ && (head_.version == 11 || keep_);
        return judge();
    }

private:
    // Framing is judged first: only a request that cannot be smuggled deserves a more specific answer.
    Verdict read_single(Single bit, std::string_view value) noexcept {
        switch (bit) {
            case host:
                if (!valid_host(value)) return Refusal{400, "bad_host"};
                if (!is_authority(value)) return Refusal{400, "host_mismatch"};
                break;
            case content_length:
                if (!read_content_length(value, head_)) return Refusal{400, "bad_content_length"};
                break;
            case transfer_encoding: coding_ = read_transfer_encoding(value, head_); break;
            case expect:
                expected_ = true;
                head_.expect_continue = equals_ignoring_case(value, "100-continue");
                break;
            default: break;
        }
        return std::nullopt;
    }

    // Whether Host names what the target does. RFC 9112, 3.2.2 has a server ignore Host beside an absolute
    // form, but a proxy may have done otherwise: two names are two meanings.
    bool is_authority(std::string_view value) const noexcept {
        const auto named = [this](std::string_view host) {
            return host.ends_with(head_.scheme_port) ? host.substr(0, host.size() - head_.scheme_port.size())
                                                     : host;
        };
        return head_.authority.empty() || same_ignoring_case(named(value), named(head_.authority));
    }

    Verdict judge() noexcept {
        const bool coded = (seen_ & transfer_encoding) != 0;
        const bool must_name_host = head_.version == 11 || !head_.authority.empty();
        if (must_name_host && (seen_ & host) == 0) return Refusal{400, "missing_host"};
        if (coded && (seen_ & content_length) != 0) return Refusal{400, "length_and_transfer_encoding"};
        if (coded && (head_.version == 10 || head_.method == "GET" || head_.method == "HEAD")) {
            return Refusal{400, "unexpected_transfer_encoding"};
        }
        if (coding_) return coding_;
        if (expected_ && !head_.expect_continue) return Refusal{417, "unsupported_expectation"};
        // RFC 9110, 10.1.1: a server ignores the expectation of an HTTP/1.0 client, or without a body.
        head_.expect_continue = head_.expect_continue && head_.version == 11 && head_.has_body();
        return std::nullopt;
    }

    Head& head_;
    unsigned seen_ = 0;
    Verdict coding_;
    bool expected_ = false;
    bool close_ = false;
    bool keep_ = false;
};

}  // namespace

std::optional<Refusal> find_head_end(std::string_view bytes, const GateLimits& limits,
                                     HeadProgress& progress) noexcept {
    // No request line begins like a blank line, a TLS hello or a binary PROXY header.
    if (!bytes.empty() && !is(bytes.front(), token_character)) return Refusal{400, "bad_request_line"};
    while (progress.looked_at < bytes.size()) {
        const char* from = bytes.data() + progress.looked_at;
        const void* found = std::memchr(from, '\n', bytes.size() - progress.looked_at);
        if (found == nullptr) {
            progress.looked_at = bytes.size();
            break;
        }
        const std::size_t at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        if (at == 0 || bytes[at - 1] != '\r') return Refusal{400, "bare_line_feed"};
        const bool empty_line = at - 1 == progress.line_start;
        progress.looked_at = progress.line_start = at + 1;
        if (empty_line) {
            progress.size = at + 1;
            break;
        }
    }
    if (progress.line_start == 0 && bytes.size() > limits.target_bytes + request_line_rest) {
        return Refusal{414, "target_too_long"};
    }
    const std::size_t size = progress.size != 0 ? progress.size : bytes.size();
    if (size > limits.head_bytes) return Refusal{431, "head_too_large"};
    return std::nullopt;
}

std::optional<Refusal> read_head(std::string_view bytes, const GateLimits& limits, Head& head) {
    head.fields.clear();
    head.authority = head.scheme_port = {};
    head.content_length.reset();
    head.chunked = false;
    head.expect_continue = false;

    bool first = true;
    while (true) {
        const std::size_t end = bytes.find("\r\n");
        if (end == std::string_view::npos) return Refusal{400, "bad_line_ending"};
        const std::string_view line = bytes.substr(0, end);
        bytes.remove_prefix(end + 2);
        if (first) {
            if (const Verdict verdict = read_request_line(line, limits, head)) return verdict;
            first = false;
        } else if (line.empty()) {
            break;
        } else if (const Verdict verdict = read_field(line, limits, head)) {
            return verdict;
        }
    }
    if (!bytes.empty()) return Refusal{400, "bad_line_ending"};
    return Meaning(head).read();
}

}  // namespace chathook::http
