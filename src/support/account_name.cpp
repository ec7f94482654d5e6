#include "support/account_name.hpp"

#include <grp.h>
#include <pwd.h>

#include <vector>

namespace chathook {

namespace {

constexpr std::size_t entry_bytes_max = 1 << 16;  // a group's entry lists its members

}  // namespace

std::string user_name(uid_t user) {
    std::vector<char> buffer(entry_bytes_max);
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
    return error == 0 && found != nullptr ? entry.pw_name : std::to_string(user);
}

std::string group_name(gid_t group) {
    std::vector<char> buffer(entry_bytes_max);
    ::group entry{};
    ::group* found = nullptr;
    const int error = ::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found);
    return error == 0 && found != nullptr ? entry.gr_name : std::to_string(group);
}

}  // namespace chathook
