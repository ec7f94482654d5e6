// The names of users and groups, for messages. Any thread.
#pragma once

#include <sys/types.h>

#include <string>

namespace chathook {

// The name, or the number in decimal where the system knows no name.
std::string user_name(uid_t user);
std::string group_name(gid_t group);

}  // namespace chathook
