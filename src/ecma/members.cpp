#include "ecma/members.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace chathook::ecma {
namespace {

// Up to here comparing each with each beats sorting.
constexpr std::size_t compared_pairwise_max = 16;

// Names that are no array indices rank by their place, after all that are.
constexpr std::uint64_t first_rank_of_names = std::uint64_t{1} << 32;

using Iterator = std::vector<Member>::iterator;

Iterator merge_pairwise(Iterator begin, Iterator end) {
    Iterator kept = begin;
    for (Iterator member = begin; member != end; ++member) {
        const auto same = std::find_if(begin, kept, [&](const Member& m) { return m.key == member->key; });
        if (same != kept) {
            same->value = member->value;
        } else {
            *kept++ = *member;
        }
    }
    return kept;
}

Iterator merge_sorted(Iterator begin, Iterator end) {
    std::vector<std::size_t> places(static_cast<std::size_t>(end - begin));
    std::iota(places.begin(), places.end(), std::size_t{0});
    const auto at = [&](std::size_t place) -> Member& { return begin[static_cast<std::ptrdiff_t>(place)]; };
    std::sort(places.begin(), places.end(), [&](std::size_t left, std::size_t right) {
        const int order = at(left).key.compare(at(right).key);
        return order < 0 || (order == 0 && left < right);
    });
    std::size_t first = 0;
    for (std::size_t i = 1; i < places.size(); ++i) {
        if (at(places[i]).key != at(places[first]).key) {
            first = i;
            continue;
        }
        at(places[first]).value = at(places[i]).value;
        at(places[i]).value = Json();
    }
    return std::remove_if(begin, end, [](const Member& member) { return !member.value; });
}

}  // namespace

std::uint32_t array_index(std::string_view key) noexcept {
    if (key.empty() || key.front() < '0' || key.front() > '9') return no_index;
    if (key.front() == '0') return key.size() == 1 ? 0 : no_index;
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    return error == std::errc{} && end == key.data() + key.size() ? index : no_index;
}

void append_members(std::vector<Member>& members, const Json& object) {
    const auto first = static_cast<std::ptrdiff_t>(members.size());
    bool indexed = false;
    for (Json value = object.first(); value; value = value.next()) {
        const std::string_view key = value.key();
        const std::uint32_t index = array_index(key);
        const std::uint64_t place = members.size();
        members.push_back({key, value, index == no_index ? first_rank_of_names + place : index});
        indexed = indexed || index != no_index;
    }
    const Iterator begin = members.begin() + first;
    const bool few = members.size() - static_cast<std::size_t>(first) <= compared_pairwise_max;
    members.erase(few ? merge_pairwise(begin, members.end()) : merge_sorted(begin, members.end()),
                  members.end());
    if (!indexed) return;
    std::sort(members.begin() + first, members.end(),
              [](const Member& left, const Member& right) { return left.rank < right.rank; });
}

}  // namespace chathook::ecma
