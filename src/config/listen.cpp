// server.listen and admin.listen: an address in one line, or a UNIX socket with its mode, owner and group.
#include <grp.h>
#include <pwd.h>

#include <vector>

#include "config/addresses.hpp"
#include "config/sections.hpp"

namespace chathook::config {

namespace {

constexpr std::size_t listen_max = 64;
constexpr const char* default_listen = "127.0.0.1:8080";

void read_mode(const Place& at, Address& address) {
    std::string text;
    if (!at.text(text)) return;
    const ModeOrProblem parsed = parse_mode(text);
    if (!parsed.problem.empty()) return at.error(parsed.problem);
    if (!parsed.doubt.empty()) at.warning(parsed.doubt);
    address.mode = parsed.mode;
}

std::optional<unsigned> user_id(const std::string& name) {
    const ::passwd* found = ::getpwnam(name.c_str());  // start-up and reload: one thread
    return found == nullptr ? std::nullopt : std::optional<unsigned>(found->pw_uid);
}

std::optional<unsigned> group_id(const std::string& name) {
    const ::group* found = ::getgrnam(name.c_str());
    return found == nullptr ? std::nullopt : std::optional<unsigned>(found->gr_gid);
}

void read_id(const Place& at, std::optional<unsigned> (*find)(const std::string&), const char* what,
             std::optional<unsigned>& id) {
    std::string name;
    if (!at.text(name)) return;
    id = find(name);
    if (!id) at.error(in_quotes(name) + " is no " + what + " of this machine; write the name of one");
}

AddressOrProblem read_unix_socket(const Place& at) {
    const Place path = at["unix"];
    const Place mode = at["mode"];
    const Place owner = at["owner"];
    const Place group = at["group"];
    std::string text;
    if (!path.required("write the socket's path, as in {unix: /run/chathook/http.sock}")) return {};
    if (!path.text(text)) return {};
    AddressOrProblem parsed = parse_address("unix:" + text);
    if (!parsed.address) {
        path.error(parsed.problem);
        return {};
    }
    read_mode(mode, *parsed.address);
    read_id(owner, user_id, "user", parsed.address->owner);
    read_id(group, group_id, "group", parsed.address->group);
    return parsed;
}

AddressOrProblem read_line(const Place& at) {
    std::string text;
    const bool read = at.text(text);
    at.asked({.kind = Asked::Kind::address});
    if (!read) return {};
    AddressOrProblem parsed = parse_address(text);
    if (!parsed.address) at.error(parsed.problem);
    return parsed;
}

}  // namespace

std::optional<Address> read_address(const Place& at, Listeners& taken) {
    AddressOrProblem read = at.is_mapping() ? read_unix_socket(at) : read_line(at);
    if (!read.address) return std::nullopt;
    for (const auto& [other, path] : taken) {
        if (!collide(*read.address, other)) continue;
        const bool told = other.kind == Address::Kind::systemd || other.text == read.address->text;
        at.error(in_quotes(read.address->text) +
                 (told ? " is already used by " + path
                       : " cannot be listened on beside " + in_quotes(other.text) + " of " + path) +
                 "; use each address once");
        return std::nullopt;
    }
    taken.emplace_back(*read.address, at.path());
    return std::move(read.address);
}

void read_listen(const Place& at, Server& server, Listeners& taken) {
    if (!at.present()) {
        server.listen.push_back(*parse_address(default_listen).address);
        taken.emplace_back(server.listen.front(), at.path());
        return;
    }
    const auto items = at.is_mapping() ? std::vector<Place>{at} : at.items(listen_max);
    if (items.empty() && at.is_list())
        at.error("is empty; list at least one address, such as 127.0.0.1:8080");
    for (const Place& item : items) {
        if (auto address = read_address(item, taken)) server.listen.push_back(std::move(*address));
    }
}

}  // namespace chathook::config
