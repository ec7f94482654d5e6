#include "ecma/members.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

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

// What a member is found by: an index's number, or a name's first eight bytes.
struct Mark {
    std::uint64_t mark;
    std::uint32_t place;

    bool operator<(const Mark& other) const noexcept {
        return mark < other.mark || (mark == other.mark && place < other.place);
    }
};

std::uint64_t first_bytes(std::string_view name) noexcept {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < std::min(name.size(), sizeof bytes); ++i) {
        bytes |= std::uint64_t{static_cast<unsigned char>(name[i])} << (56 - 8 * i);
    }
    return bytes;
}

// Of members with one key the first keeps its place and takes the last one's value; the others are emptied.
template <class Same>
void merge_runs(Iterator begin, std::vector<Mark>& marks, Same same) {
    for (std::size_t from = 0, to = 0; from < marks.size(); from = to) {
        Member& first = begin[marks[from].place];
        for (to = from + 1; to < marks.size() && same(marks[from], marks[to]); ++to) {
            first.value = std::exchange(begin[marks[to].place].value, Json());
        }
    }
}

// Equal first bytes may be different names; whole names are compared only among these.
void sort_names(Iterator begin, std::vector<Mark>& names) {
    std::sort(names.begin(), names.end());
    const auto key = [&](const Mark& mark) { return begin[mark.place].key; };
    for (auto from = names.begin(); from != names.end();) {
        const auto to =
            std::find_if(from, names.end(), [&](const Mark& mark) { return mark.mark != from->mark; });
        if (to - from > 1) {
            std::sort(from, to, [&](const Mark& left, const Mark& right) {
                const int order = key(left).compare(key(right));
                return order < 0 || (order == 0 && left.place < right.place);
            });
        }
        from = to;
    }
}

Iterator merge_sorted(Iterator begin, Iterator end) {
    std::vector<Mark> indices, names;
    for (Iterator member = begin; member != end; ++member) {
        const auto place = static_cast<std::uint32_t>(member - begin);
        if (member->rank < first_rank_of_names) {
            indices.push_back({member->rank, place});
        } else {
            names.push_back({first_bytes(member->key), place});
        }
    }
    std::sort(indices.begin(), indices.end());
    merge_runs(begin, indices, [](const Mark& a, const Mark& b) { return a.mark == b.mark; });
    sort_names(begin, names);
    merge_runs(begin, names, [&](const Mark& a, const Mark& b) {
        return a.mark == b.mark && begin[a.place].key == begin[b.place].key;
    });

    std::vector<Member> merged;
    merged.reserve(static_cast<std::size_t>(end - begin));
    for (const Mark& index : indices) {
        if (begin[index.place].value) merged.push_back(begin[index.place]);
    }
    for (Iterator member = begin; member != end; ++member) {
        if (member->value && member->rank >= first_rank_of_names) merged.push_back(*member);
    }
    return std::copy(merged.begin(), merged.end(), begin);
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
    if (!indexed || !few) return;
    std::sort(members.begin() + first, members.end(),
              [](const Member& left, const Member& right) { return left.rank < right.rank; });
}

}  // namespace chathook::ecma
