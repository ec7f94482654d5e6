// Which type an event of an unknown vendor may be, by its name. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chathook::learn {

// One of mapping::types(); empty if the name says too little.
std::string_view type_of_word(std::string_view word);

// A key without '_', '-' and capitals: "first_name" and "firstName" are "firstname".
std::string folded_key(std::string_view key);

}  // namespace chathook::learn
