#include "learn/leaves.hpp"

#include <algorithm>

#include "support/ascii.hpp"

namespace chathook::learn {
namespace {

constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t steps_max = 2000;  // members that are looked at

// Names, not data: no addresses, no sentences.
bool is_usable(std::string_view key) {
    constexpr std::string_view marks = "_-.:$/~";
    return !key.empty() && key.size() <= key_bytes_max && std::ranges::all_of(key, [&](char c) {
        return is_alphanumeric(c) || marks.find(c) != marks.npos;
    });
}

std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '~') out += "~0";
        if (c == '/') out += "~1";
        if (c != '~' && c != '/') out += c;
    }
    return out;
}

class Walk {
public:
    explicit Walk(bool arrays) : arrays_(arrays) {}

    void enter(Json value, const std::string& pointer, std::string_view key, std::string_view owner,
               std::size_t depth) {
        if (found_.size() == leaves_max || depth > leaf_depth_max) return;
        if (value.is_object()) {
            for (Json member = value.first(); member && ++steps_ < steps_max; member = member.next()) {
                // Of a key that is there twice the last value counts.
                const bool counts = value[member.key()].source().data() == member.source().data();
                if (counts && is_usable(member.key()))
                    enter(member, pointer + "/" + escaped(member.key()), member.key(), key, depth + 1);
            }
        } else if (value.is_array()) {
            const Json first = value.first();
            if (arrays_ && first.is_object()) found_.push_back({pointer, key, owner, value});
            if (first) enter(first, pointer + "/0", key, owner, depth + 1);
        } else if (!arrays_) {
            found_.push_back({pointer, key, owner, value});
        }
    }

    std::vector<Leaf> take() { return std::move(found_); }

private:
    bool arrays_;
    std::size_t steps_ = 0;
    std::vector<Leaf> found_;
};

std::vector<Leaf> walk(Json root, bool arrays) {
    Walk walk(arrays);
    walk.enter(root, "", "", "", 0);
    return walk.take();
}

}  // namespace

std::vector<Leaf> leaves_of(Json root) { return walk(root, false); }
std::vector<Leaf> object_arrays_of(Json root) { return walk(root, true); }

}  // namespace chathook::learn
