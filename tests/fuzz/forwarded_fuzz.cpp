// Whose address counts, whatever stands in X-Forwarded-For and Forwarded: what a plain reading gives, which
// lists all hops first and then goes back from the last. The input's lines are values of one field each; a
// line that begins with "F" is a Forwarded, all others are X-Forwarded-For.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "http/client_address.hpp"

using namespace chathook;
using namespace chathook::fuzz;
using boost::asio::ip::make_address;

namespace {

using Strings = std::vector<std::string>;

const std::string decimal = "0123456789";
const std::string token_set = decimal + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~";

// 127.0.0.0/8 and 2001:db8::/32, as text: what inet_ntop prints of them begins so and of no other address.
const std::vector<std::string> trusted_blocks = {"127.0.0.0/8", "2001:db8::/32"};
bool is_trusted(const std::string& address) {
    return address.starts_with("127.") || address.starts_with("2001:db8:");
}

Strings split(const std::string& text, char separator) {
    Strings parts{""};
    for (const char c : text) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

std::string trimmed(std::string text) {
    const std::string blanks = " \t";
    while (!text.empty() && blanks.find(text.back()) != std::string::npos) text.pop_back();
    while (!text.empty() && blanks.find(text.front()) != std::string::npos) text.erase(0, 1);
    return text;
}

bool is_port(const std::string& text) {
    if (text.empty()) return false;
    if (text[0] == '_') return text.find_first_not_of(token_set) == std::string::npos;
    return text.size() <= 5 && text.find_first_not_of(decimal) == std::string::npos;
}

// The address as inet_ntop prints it, mapped ones as IPv4; "" for what is none.
std::string literal(int family, const std::string& text) {
    std::array<unsigned char, 16> address{};
    if (text.find('\0') != std::string::npos) return "";
    if (inet_pton(family, text.c_str(), address.data()) != 1) return "";
    std::array<char, INET6_ADDRSTRLEN> printed{};
    const std::array<unsigned char, 12> mapping{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    const bool mapped = family == AF_INET6 && std::equal(mapping.begin(), mapping.end(), address.begin());
    inet_ntop(mapped ? AF_INET : family, address.data() + (mapped ? 12 : 0), printed.data(), printed.size());
    return printed.data();
}

std::string address_of(const std::string& node) {
    if (const std::string v4 = literal(AF_INET, node); !v4.empty()) return v4;
    if (const std::string v6 = literal(AF_INET6, node); !v6.empty()) return v6;
    if (node.starts_with('[')) {
        const std::string inner = node.substr(1, node.find(']') - 1);
        const std::string behind = node.substr(std::min(node.size(), inner.size() + 1));
        if (behind == "]") return literal(AF_INET6, inner);
        return behind.starts_with("]:") && is_port(behind.substr(2)) ? literal(AF_INET6, inner) : "";
    }
    const Strings parts = split(node, ':');
    return parts.size() == 2 && is_port(parts[1]) ? literal(AF_INET, parts[0]) : "";
}

std::string forwarded_node(const std::string& element) {
    if (std::count(element.begin(), element.end(), '"') % 2 == 1) return "";
    if (element.find('\\') != std::string::npos) return "";
    for (const std::string& part : split(element, ';')) {
        const std::string pair = trimmed(part);
        std::string name = pair.substr(0, 4);
        for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if (name != "for=") continue;
        const std::string value = pair.substr(4);
        const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
        return quoted ? value.substr(1, value.size() - 2) : value;
    }
    return "";
}

std::string reference(const std::string& peer, const Strings& classic, const Strings& standard) {
    Strings hops;
    for (const std::string& value : classic.empty() ? standard : classic) {
        for (const std::string& hop : split(value, ',')) hops.push_back(trimmed(hop));
    }
    std::string client = peer;
    for (std::size_t walked = 0; walked < 32 && !hops.empty(); ++walked, hops.pop_back()) {
        if (!client.empty() && !is_trusted(client)) break;
        const std::string node = classic.empty() ? forwarded_node(hops.back()) : hops.back();
        const std::string address = address_of(node);
        if (address.empty()) break;
        client = address;
    }
    return client;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const http::TrustedProxies trusted(trusted_blocks);
    const Strings lines = split(std::string(reinterpret_cast<const char*>(data), size), '\n');
    Strings classic, standard;
    std::vector<Field> fields;
    for (const std::string& line : lines) {
        const bool is_standard = line.starts_with('F');
        (is_standard ? standard : classic).push_back(is_standard ? line.substr(1) : line);
        fields.push_back({is_standard ? "Forwarded" : "x-forwarded-FOR",
                          is_standard ? std::string_view(line).substr(1) : line});
    }
    for (const std::string peer : {"127.0.0.1", "192.0.2.1", ""}) {
        std::optional<boost::asio::ip::address> from;
        if (!peer.empty()) from = make_address(peer);
        const auto client = http::client_address(trusted, from, fields);
        require((client ? client->to_string() : "") == reference(peer, classic, standard));
    }
    return 0;
}
