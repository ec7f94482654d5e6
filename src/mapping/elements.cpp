// Which parts of a body are events of their own.
#include <algorithm>
#include <set>

#include "mapping/levels.hpp"
#include "mapping/mapping.hpp"
#include "normalize/reading.hpp"

namespace chathook::mapping {
namespace {

constexpr std::size_t nesting_max = 8;  // of objects in a level, in which lists are looked for

// Where a value begins in the body: no two values of a document begin at the same place.
using Start = const char*;
Start start_of(Json value) noexcept { return value.source().data(); }
Start end_of(Json value) noexcept { return start_of(value) + value.source().size(); }

// Follows the paths from the body to the elements.
class Walk {
public:
    explicit Walk(const Mapping& mapping) : mapping_(mapping) {}

    Elements from(Json root) {
        for (const std::vector<Pointer>& path : mapping_.each) {
            if (!path.empty()) follow(path, {.here = root});
        }
        std::ranges::sort(found_, {}, [](const Element& element) { return start_of(element.here); });
        Elements result;
        for (const Element& element : found_) {
            const Start start = start_of(element.here);
            const bool is_inside = !result.all.empty() && start < end_of(result.all.back().here);
            if (!is_inside && !around_.contains(start)) result.all.push_back(element);
        }
        result.too_many = found_.size() > found_max;
        result.too_many = result.too_many || result.all.size() > elements_max;
        if (result.too_many) result.all.clear();
        for (const Element& element : result.all) result.leave_a_list |= leaves_a_list(element);
        if (!result.all.empty()) result.leave_a_list |= leaves_an_item(result.all);
        return result;
    }

private:
    // Some of what is found is dropped, because longer paths go on from there.
    static constexpr std::size_t found_max = 4 * elements_max;

    void follow(std::span<const Pointer> rest, const Element& from) {
        const Json list = rest.front().at(Levels(from).innermost());
        if (!list.is_array() || from.depth == each_steps_max) return;
        lists_.insert(start_of(list));
        Element inner{.here = {}, .around = {from.here}, .depth = from.depth + 1};
        std::copy_n(from.around.begin(), from.depth, inner.around.begin() + 1);
        for (Json one = list.first(); one && found_.size() <= found_max; one = one.next()) {
            inner.here = one;
            if (rest.size() == 1) {
                found_.push_back(inner);
                for (std::size_t i = 0; i < inner.depth; ++i) around_.insert(start_of(inner.around[i]));
            } else {
                passed_.insert(start_of(one));
                follow(rest.subspan(1), inner);
            }
        }
    }

    // Whether a path went through an item of a list and found nothing further down, and no other path took
    // it.
    bool leaves_an_item(const std::vector<Element>& all) const {
        std::set<Start> taken;
        for (const Element& element : all) {
            taken.insert(start_of(element.here));
            for (std::size_t i = 0; i < element.depth; ++i) taken.insert(start_of(element.around[i]));
        }
        return std::ranges::any_of(passed_, [&](Start start) { return !taken.contains(start); });
    }

    bool leaves_a_list(const Element& element) {
        bool any = false;
        for (std::size_t i = 0; i < element.depth; ++i) {
            // Once for each level: a thousand elements may stand in it.
            if (looked_at_.insert({start_of(element.around[i]), i}).second) {
                std::vector<std::string_view> keys;
                any |= has_left_list(element.around[i], i + 1, keys);
            }
        }
        return any;
    }

    // Whether a list in this value, which is `levels_up` from an element, is in no event.
    bool has_left_list(Json value, std::size_t levels_up, std::vector<std::string_view>& keys) const {
        if (value.is_array()) {
            return value.first() && !lists_.contains(start_of(value)) && !is_looked_into(levels_up, keys);
        }
        if (!value.is_object()) return false;
        if (keys.size() == nesting_max) return value.first().operator bool();  // it may be in there
        bool any = false;
        for (Json member = value.first(); member; member = member.next()) {
            keys.push_back(member.key());
            any = any || has_left_list(member, levels_up, keys);
            keys.pop_back();
        }
        return any;
    }

    bool is_looked_into(std::size_t levels_up, std::span<const std::string_view> keys) const {
        return std::ranges::any_of(mapping_.outward, [&](const Mapping::Outward& outward) {
            return outward.levels_up == levels_up && outward.pointer.begins_with(keys);
        });
    }

    const Mapping& mapping_;
    std::vector<Element> found_;
    std::set<Start> around_;  // levels that an element stands in
    std::set<Start> lists_;   // that were followed
    std::set<Start> passed_;  // items of theirs that a path goes on from
    std::set<std::pair<Start, std::size_t>> looked_at_;
};

}  // namespace

Elements elements(const Mapping& mapping, Json root) {
    return mapping.each.empty() ? Elements{} : Walk(mapping).from(root);
}

}  // namespace chathook::mapping
