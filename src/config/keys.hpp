// A section's keys as data. Each key is declared once (section_keys.hpp): its name, the member that it fills,
// the form and the bounds of its value, and its documentation. Reading, the schema, the reference's tables
// and the comparison on reload are derived from that. Defaults are those of the members. Plain values; any
// thread.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "config/reading.hpp"

namespace chathook::config {

// The forms of a value. Each reads a value from a place and leaves it unchanged if the place is absent or
// wrong.
struct Size {
    std::uint64_t least, most;  // bytes

    void read(const Place& at, std::uint64_t& value) const { at.size(value, least, most); }
};

struct Count {
    std::uint64_t least, most;

    void read(const Place& at, std::unsigned_integral auto& value) const {
        std::uint64_t read = value;
        if (at.count(read, least, most)) value = static_cast<std::remove_cvref_t<decltype(value)>>(read);
    }
};

struct Duration {
    std::chrono::milliseconds least, most;

    void read(const Place& at, auto& value) const { at.duration(value, least, most); }
};

struct Flag {
    void read(const Place& at, bool& value) const { at.boolean(value); }
};

struct PathName {
    void read(const Place& at, std::filesystem::path& value) const { at.path_name(value); }
};

// One word for each value of a type.
template <class Value, std::size_t size>
struct OneOf {
    std::array<std::pair<std::string_view, Value>, size> words;

    void read(const Place& at, Value& value) const {
        std::vector<std::string> choices;
        for (const auto& [word, ignored] : words) choices.emplace_back(word);
        std::string chosen = word_for(value);
        if (!at.choice(chosen, choices)) return;
        for (const auto& [word, meant] : words) {
            if (word == chosen) value = meant;
        }
    }

private:
    std::string word_for(const Value& value) const {
        for (const auto& [word, meant] : words) {
            if (meant == value) return std::string(word);
        }
        return {};
    }
};

// A key that is read by separate code, which considers more than this key, but is declared here.
struct ReadApart {};

// A member of a member, callable with std::invoke().
template <class Outer, class Inner>
struct Within {
    Outer outer;
    Inner inner;

    auto& operator()(auto& section) const noexcept { return std::invoke(inner, std::invoke(outer, section)); }
};

// One key. `name` is dotted if the key is in a nested section: "rejections.keep".
template <class Member, class Form>
struct Key {
    std::string_view name;
    Member member;  // &Limits::body, or Within{&DeliveryPolicy::backoff, &BackoffPolicy::initial}
    Form form;
    KeyText words;
};

// A section within the section, whose keys are declared with dotted names or in a table of their own.
struct Heading {
    std::string_view name;
    KeyText words;
};

template <class Member, class Form, class Section>
void read_key(const Place& at, const Key<Member, Form>& key, Section& section) {
    const Place place = at.key(key.name, key.words);
    if constexpr (!std::same_as<Form, ReadApart>) key.form.read(place, std::invoke(key.member, section));
}
template <class Section>
void read_key(const Place& at, const Heading& heading, Section&) {
    at.section(heading.name, heading.words);
}

// Reads all declared keys.
template <class Section, class... Keys>
void read_keys(const Place& at, const std::tuple<Keys...>& keys, Section& section) {
    std::apply([&](const Keys&... key) { (read_key(at, key, section), ...); }, keys);
}

template <class Member, class Form, class Section>
void compare_key(const Key<Member, Form>& key, const Section& a, const Section& b, std::string_view path,
                 std::vector<std::string>& differing) {
    if (std::invoke(key.member, a) == std::invoke(key.member, b)) return;
    differing.push_back(std::string(path) + "." + std::string(key.name));
}
template <class Section>
void compare_key(const Heading&, const Section&, const Section&, std::string_view,
                 std::vector<std::string>&) {}

// The keys whose values differ, as "server.limits.body".
template <class Section, class... Keys>
std::vector<std::string> differing_keys(std::string_view path, const std::tuple<Keys...>& keys,
                                        const Section& a, const Section& b) {
    std::vector<std::string> differing;
    std::apply([&](const Keys&... key) { (compare_key(key, a, b, path, differing), ...); }, keys);
    return differing;
}

}  // namespace chathook::config
