// A JSON pointer (RFC 6901) that a vendor file names, taken apart once and then followed through bodies
// without allocating. Immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/json.hpp>

namespace chathook::mapping {

// Where reading stands: at a value, inside of the list element or the body around it. Views on the stack of
// one thread.
struct Level {
    Json here;
    const Level* around = nullptr;

    // Where the last pointer that was followed from here found its value, since most fields stand in one
    // object.
    mutable std::size_t parent_found = 0;  // the number of that place; 0: none yet
    mutable Json parent = {};
};

// "/a/b/0" from where reading stands, "" for that value itself. Inside of lists each leading '^' goes one
// level up first: "^/x".
class Pointer {
public:
    static constexpr std::size_t bytes_max = 256;
    static constexpr std::size_t steps_max = 16;

    // What is wrong with this text as a pointer, and the fix; empty if nothing is.
    static std::string fault_of(std::string_view text);

    // `text` has no fault. Pointers that are followed from one level have the same number, not 0, only if all
    // their steps but the last are the same.
    explicit Pointer(std::string_view text, std::size_t parent_number = 0);
    Pointer() = default;

    // The value there; absent if there is none, or not as many levels. A step of digits counts the elements
    // of an array and names a member of an object. Linear in what is passed on the way.
    Json at(const Level& from) const noexcept {
        return is_member_ ? from.here[steps_.front().key] : follow(from);
    }

    // Whether its steps begin with these keys.
    bool begins_with(std::span<const std::string_view> keys) const noexcept;

    // How many levels it goes up.
    std::size_t levels_up() const noexcept { return up_; }

private:
    static constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();
    struct Step {
        std::string key;
        std::uint32_t index = no_index;  // into an array, where the key is one
    };

    static Json step(Json value, const Step& step) noexcept;
    Json follow(const Level& from) const noexcept;
    Json parent_from(const Level& from) const noexcept;

    std::vector<Step> steps_;
    std::size_t parent_number_ = 0;
    std::size_t up_ = 0;
    bool is_member_ = false;  // of the object where reading stands, as most pointers are
};

}  // namespace chathook::mapping
