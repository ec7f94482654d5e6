#include "yaml/place.hpp"

#include <algorithm>

#include "support/mask.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::yaml {

namespace {

constexpr std::size_t shown_number_max = 24;

// `text` as the file has it; `shown` prints a bound in the same notation.
template <class Shown>
std::string range_message(std::string_view text, std::uint64_t least, std::uint64_t most, Shown shown) {
    const std::string range =
        most >= Place::no_bound ? "at least " + shown(least) : "from " + shown(least) + " to " + shown(most);
    return "must be " + range + ", not " + printable(text, shown_number_max) +
           (text.size() > shown_number_max ? "..." : "");
}

std::string number_text(std::uint64_t number) { return std::to_string(number); }

std::string milliseconds_text(std::uint64_t number) {
    return duration_text(std::chrono::milliseconds(number));
}

std::string too_many(std::size_t most) {
    return "has more than " + std::to_string(most) + " entries; remove some of them";
}

// A value outside the bounds is not a default: the variable is only uninitialised.
std::string fallback_text(std::uint64_t value, std::uint64_t least, std::uint64_t most,
                          const std::string& text) {
    return value < least || value > most ? std::string() : text;
}

bool holds_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

// Each text with its length before it, so that no two values give the same.
void append_canonical(std::string& out, const Node& node) {
    const auto append = [&out](char sign, std::string_view text) {
        out.append(1, sign).append(std::to_string(text.size())).append(1, ':').append(text);
    };
    switch (node.kind) {
        case Node::Kind::null: out += 'n'; return;
        case Node::Kind::scalar: append(node.quoted ? 'q' : 's', node.text); return;
        case Node::Kind::sequence:
            out.append(1, '[').append(std::to_string(node.items.size()));
            for (const auto& item : node.items) append_canonical(out, *item);
            return;
        case Node::Kind::mapping:
            out.append(1, '{').append(std::to_string(node.entries.size()));
            for (const Node::Entry& entry : node.entries) {
                append('k', entry.key);
                append_canonical(out, *entry.value);
            }
            return;
    }
}

}  // namespace

std::string Place::canonical() const {
    std::string text;
    if (present()) append_canonical(text, *node_);
    return text;
}

Place Place::operator[](std::string_view key) const {
    const std::string shown = shown_key(key);
    Place place(nullptr, path_.empty() ? shown : path_ + "." + shown, line_, *findings_);
    findings_->known_keys[path_].emplace(key);
    if (!is_mapping()) return place;
    for (const Node::Entry& entry : node_->entries) {
        if (entry.key != key) continue;
        place.node_ = entry.value.get();
        place.line_ = entry.line;
        return place;
    }
    place.missing_ = true;
    return place;
}

bool Place::holds(std::string_view key) const noexcept {
    return is_mapping() && std::ranges::find(node_->entries, key, &Node::Entry::key) != node_->entries.end();
}

Place Place::find(std::string_view dotted_key) const {
    const std::size_t dot = dotted_key.find('.');
    if (dot == std::string_view::npos) return (*this)[dotted_key];
    return section(dotted_key.substr(0, dot)).find(dotted_key.substr(dot + 1));
}

Place Place::key(std::string_view name, const KeyText& words) const {
    if (const std::size_t dot = name.find('.'); dot != std::string_view::npos)
        return section(name.substr(0, dot)).key(name.substr(dot + 1), words);
    Place place = (*this)[name];
    if (!findings_->words.try_emplace(place.path_, words).second)
        findings_->declared_twice.insert(place.path_);
    declare(name);
    return place;
}

void Place::declare(std::string_view name) const {
    auto& names = findings_->declared[path_];
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

Place Place::section(std::string_view key, const KeyText& words) const {
    this->key(key, words);
    return section(key);
}

Place Place::section(std::string_view key) const {
    Place place = (*this)[key];
    declare(key);
    place.asked({.kind = Asked::Kind::section});
    if (!place.present() || place.is_mapping()) return place;
    place.error(place.node_->kind == Node::Kind::null
                    ? "is empty; write its keys below it, indented" + place.way_out()
                : place.is_list() ? "must be a mapping of keys to values, not a list; leave the '- ' out"
                                  : "must be a mapping of keys to values; write each as 'key: value'");
    place.node_ = nullptr;
    return place;
}

std::vector<std::pair<std::string, Place>> Place::entries(std::size_t most) const {
    std::vector<std::pair<std::string, Place>> entries;
    findings_->free_places.insert(path_);
    asked({.kind = Asked::Kind::names, .most = most});
    if (!is_mapping()) return entries;
    if (node_->entries.size() > most) error(too_many(most));
    for (const Node::Entry& entry : node_->entries) {
        if (entries.size() == most) break;
        const std::string shown = shown_key(entry.key);
        entries.emplace_back(entry.key, Place(entry.value.get(), path_.empty() ? shown : path_ + "." + shown,
                                              entry.line, *findings_));
    }
    return entries;
}

std::vector<Place> Place::items(std::size_t most) const {
    asked({.kind = Asked::Kind::list, .most = most});
    if (!present()) return {};
    if (node_->kind == Node::Kind::scalar) return {*this};
    std::vector<Place> items;
    if (node_->kind != Node::Kind::sequence) {
        error(node_->kind == Node::Kind::null ? "has no value; write a list" + way_out()
                                              : "must be a list: [ ... ], or lines that begin with '- '");
        return items;
    }
    if (node_->items.size() > most) error(too_many(most));
    for (std::size_t i = 0; i < std::min(node_->items.size(), most); ++i) {
        const Node* item = node_->items[i].get();
        items.push_back(Place(item, path_ + "[" + std::to_string(i) + "]", item->line, *findings_));
    }
    return items;
}

std::string Place::way_out() const {
    if (needed_ || findings_->required_places.contains(path_)) return {};
    return path_.ends_with(']') ? ", or take the item out" : ", or leave the key out";
}

bool Place::required(std::string_view hint) const {
    findings_->required_places.insert(path_);
    if (missing_) error("is missing; " + std::string(hint));
    return present();
}

const std::string* Place::scalar(std::string_view expected) const {
    if (!present()) return nullptr;
    const std::string hint(expected);
    switch (node_->kind) {
        case Node::Kind::scalar: return &node_->text;
        case Node::Kind::null:
            if (node_->commented) {
                error(
                    "has no value, for what begins with '#' is a comment; put quotes around it if it is "
                    "meant");
                break;
            }
            error("has no value; write " + hint + way_out());
            break;
        case Node::Kind::sequence: error("must be a single value, not a list; write " + hint); break;
        case Node::Kind::mapping: error("must be a single value, not a mapping; write " + hint); break;
    }
    return nullptr;
}

bool Place::text(std::string& value) const {
    asked({.kind = Asked::Kind::text, .fallback = value});
    const std::string* read = scalar("a text");
    if (read == nullptr) return false;
    if (read->empty()) {
        error("is empty; write a text" + way_out());
        return false;
    }
    if (holds_control_character(*read)) {
        error("contains a line break or another control character; write plain text on one line");
        return false;
    }
    value = *read;
    return true;
}

bool Place::path_name(std::filesystem::path& value) const {
    std::string read = value.string();
    const bool is_text = text(read);
    asked({.kind = Asked::Kind::path, .fallback = value.string()});
    if (!is_text) return false;
    value = read;
    return true;
}

bool Place::boolean(bool& value) const {
    asked({.kind = Asked::Kind::boolean, .fallback = value ? "true" : "false"});
    const std::string* read = scalar("true or false");
    if (read == nullptr) return false;
    if (node_->quoted || (*read != "true" && *read != "false")) {
        error(in_quotes(*read) + " is not a truth value; write true or false, without quotes");
        return false;
    }
    value = *read == "true";
    return true;
}

bool Place::count(std::uint64_t& value, std::uint64_t least, std::uint64_t most) const {
    asked({.kind = Asked::Kind::count,
           .least = least,
           .most = most,
           .fallback = fallback_text(value, least, most, std::to_string(value))});
    const std::string* read = scalar("a whole number");
    if (read == nullptr) return false;
    const auto number = parse_count(*read);
    if (node_->quoted || (!number && !is_count_out_of_range(*read))) {
        error(in_quotes(*read) + " is not a whole number; write digits only, without quotes");
        return false;
    }
    if (!number || *number < least || *number > most) {
        error(range_message(*read, least, most, number_text));
        return false;
    }
    value = *number;
    return true;
}

bool Place::size(std::uint64_t& value, std::uint64_t least, std::uint64_t most) const {
    asked({.kind = Asked::Kind::size,
           .least = least,
           .most = most,
           .fallback = fallback_text(value, least, most, size_text(value))});
    const std::string* read = scalar("a size such as 16KiB");
    if (read == nullptr) return false;
    const auto bytes = parse_size(*read);
    if (!bytes && !is_size_out_of_range(*read)) {
        error(in_quotes(*read) + " is not a size; write a whole number and KiB, MiB or GiB, as in 16KiB");
        return false;
    }
    if (!bytes || *bytes < least || *bytes > most) {
        error(range_message(*read, least, most, size_text));
        return false;
    }
    value = *bytes;
    return true;
}

bool Place::choice(std::string& value, const std::vector<std::string>& choices) const {
    asked({.kind = Asked::Kind::choice, .choices = choices, .fallback = value});
    const std::string* read = scalar("one of " + joined(choices));
    if (read == nullptr) return false;
    if (std::find(choices.begin(), choices.end(), *read) == choices.end()) {
        error(in_quotes(*read) + " is not one of: " + joined(choices) + suggestion(*read, choices));
        return false;
    }
    value = *read;
    return true;
}

std::optional<std::chrono::milliseconds> Place::duration_in_steps(std::chrono::milliseconds fallback,
                                                                  std::chrono::milliseconds step,
                                                                  std::chrono::milliseconds least,
                                                                  std::chrono::milliseconds most) const {
    const auto number = [](std::chrono::milliseconds duration) {
        return static_cast<std::uint64_t>(duration.count());
    };
    asked(
        {.kind = Asked::Kind::duration,
         .least = number(least),
         .most = number(most),
         .whole_seconds = step.count() == 1000,
         .fallback = fallback_text(number(fallback), number(least), number(most), duration_text(fallback))});
    const std::string* read = scalar("a duration such as 15s");
    if (read == nullptr) return std::nullopt;
    const auto duration = parse_duration(*read);
    if (!duration && !is_duration_out_of_range(*read)) {
        error(in_quotes(*read) + " is not a duration; write a whole number and ms, s, m, h or d, as in 15s");
        return std::nullopt;
    }
    if (!duration || *duration < least || *duration > most) {
        error(range_message(*read, number(least), number(most), milliseconds_text));
        return std::nullopt;
    }
    if (duration->count() % step.count() != 0) {
        error(in_quotes(*read) + " is not in whole " +
              (step.count() == 1000 ? "seconds" : duration_text(step)) + "; write a multiple of " +
              duration_text(step));
        return std::nullopt;
    }
    return duration;
}

}  // namespace chathook::yaml
