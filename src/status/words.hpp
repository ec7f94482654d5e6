// Numbers and times as an operator reads them. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <chathook/time.hpp>

namespace chathook::status {

// "14:02:05Z", with its date in front if that is not the date of `now`: both in UTC.
std::string moment(Instant at, Instant now);

// "12 s", "5 min", "3 h 10 min", "4 d 2 h"
std::string span_of(std::chrono::seconds length);

// "812 bytes", "412 MiB", "3.4 GiB"
std::string size_of(std::uint64_t bytes);

// "1 event", "2 events"
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace chathook::status
