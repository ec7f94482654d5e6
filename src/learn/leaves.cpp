#include "learn/leaves.hpp"

#include <algorithm>

namespace chathook::learn {
namespace {

constexpr std::size_t key_bytes_max = 64;

bool is_usable(std::string_view key) {
    return key.size() <= key_bytes_max && std::ranges::none_of(key, [](char c) {
               return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
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
            for (Json member = value.first(); member; member = member.next()) {
                if (is_usable(member.key()))
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
