#include "ecma/members.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace chathook::ecma {
namespace {

// Names that are not array indices rank after all array indices, by position.
constexpr std::uint64_t first_rank_of_names = std::uint64_t{1} << 32;

// The sort key of a member, an index or the first eight bytes of a name, and the node of its value. Once
// duplicates are merged: the member's rank, and the node of its last value.
struct Mark {
    std::uint64_t mark;
    std::uint32_t node;

    bool operator<(const Mark& other) const noexcept {
        return mark < other.mark || (mark == other.mark && node < other.node);
    }
};

std::uint64_t first_bytes(std::string_view name) noexcept {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < std::min(name.size(), sizeof bytes); ++i) {
        bytes |= std::uint64_t{static_cast<unsigned char>(name[i])} << (56 - 8 * i);
    }
    return bytes;
}

// Replaces each run of members with equal keys by keep(first, last) of the run.
template <class Same, class Keep>
void merge_runs(std::vector<Mark>& marks, Same same, Keep keep) {
    std::size_t kept = 0;
    for (std::size_t from = 0, to = 0; from < marks.size(); from = to) {
        for (to = from + 1; to < marks.size() && same(marks[from], marks[to]);) ++to;
        marks[kept++] = keep(marks[from], marks[to - 1]);
    }
    marks.resize(kept);
}

// Names with equal first bytes may differ; only these are compared as a whole.
template <class Key>
void sort_names(std::vector<Mark>& names, Key key) {
    std::sort(names.begin(), names.end());
    for (auto from = names.begin(); from != names.end();) {
        const auto to =
            std::find_if(from, names.end(), [&](const Mark& mark) { return mark.mark != from->mark; });
        if (to - from > 1) {
            std::sort(from, to, [&](const Mark& left, const Mark& right) {
                const int order = key(left).compare(key(right));
                return order < 0 || (order == 0 && left.node < right.node);
            });
        }
        from = to;
    }
}

void append_sorted(std::vector<std::uint32_t>& values, const JsonDocument& document, const Json& object) {
    std::size_t indexed = 0;
    for (Json value = object.first(); value; value = value.next()) {
        if (array_index(value.key()) != no_index) ++indexed;
    }
    std::vector<Mark> indices, names;
    indices.reserve(indexed);
    names.reserve(object.size() - indexed);
    for (Json value = object.first(); value; value = value.next()) {
        const std::string_view key = value.key();
        const std::uint32_t index = array_index(key);
        if (index != no_index) {
            indices.push_back({index, document.index_of(value)});
        } else {
            names.push_back({first_bytes(key), document.index_of(value)});
        }
    }
    std::sort(indices.begin(), indices.end());
    merge_runs(
        indices, [](const Mark& a, const Mark& b) { return a.mark == b.mark; },
        [](const Mark& first, const Mark& last) {
            return Mark{first.mark, last.node};
        });

    const auto key = [&](const Mark& mark) { return document.handle(mark.node).key(); };
    sort_names(names, key);
    merge_runs(
        names, [&](const Mark& a, const Mark& b) { return a.mark == b.mark && key(a) == key(b); },
        [](const Mark& first, const Mark& last) {
            return Mark{first.node, last.node};
        });
    std::sort(names.begin(), names.end());
    for (const Mark& index : indices) values.push_back(index.node);
    for (const Mark& name : names) values.push_back(name.node);
}

void append_few(std::vector<std::uint32_t>& values, const JsonDocument& document, const Json& object) {
    std::array<std::string_view, compared_pairwise_max> keys;
    std::array<Mark, compared_pairwise_max> marks;
    std::size_t kept = 0;
    bool indexed = false;
    for (Json value = object.first(); value; value = value.next()) {
        const std::string_view key = value.key();
        const std::uint32_t node = document.index_of(value);
        const auto same =
            static_cast<std::size_t>(std::find(keys.begin(), keys.begin() + kept, key) - keys.begin());
        if (same != kept) {
            marks[same].node = node;
            continue;
        }
        const std::uint32_t index = array_index(key);
        keys[kept] = key;
        marks[kept] = {index == no_index ? first_rank_of_names + kept : index, node};
        ++kept;
        indexed = indexed || index != no_index;
    }
    const auto end = marks.begin() + kept;
    if (indexed) std::sort(marks.begin(), end);
    std::for_each(marks.begin(), end, [&](const Mark& mark) { values.push_back(mark.node); });
}

}  // namespace

std::uint32_t array_index(std::string_view key) noexcept {
    if (key.empty() || key.front() < '0' || key.front() > '9') return no_index;
    if (key.front() == '0') return key.size() == 1 ? 0 : no_index;
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    return error == std::errc{} && end == key.data() + key.size() ? index : no_index;
}

void append_values(std::vector<std::uint32_t>& values, const JsonDocument& document, std::uint32_t object) {
    const Json json = document.handle(object);
    if (json.size() <= compared_pairwise_max) return append_few(values, document, json);
    append_sorted(values, document, json);
}

void append_members(std::vector<Member>& members, const JsonDocument& document, const Json& object) {
    std::vector<std::uint32_t> values;
    append_values(values, document, document.index_of(object));
    for (const std::uint32_t node : values) {
        const Json value = document.handle(node);
        members.push_back({value.key(), value});
    }
}

}  // namespace chathook::ecma
