#include "learn/guess.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "learn/field_guess.hpp"
#include "learn/leaves.hpp"
#include "learn/lesson.hpp"
#include "learn/type_guess.hpp"

namespace chathook::learn {
namespace {

constexpr std::size_t unused_max = 30;

struct Setting {
    std::string_view field;
    std::string pointer;
};

// Bodies of one vendor in which each thing that happened is an object: the body, or the elements of one of
// its arrays.
struct Things {
    std::optional<std::string> each;  // the array; none: the body is one thing
    std::vector<Json> all;
};

Json array_in(Json body) {
    if (body.is_array()) return body;
    const std::vector<Leaf> arrays = object_arrays_of(body);
    Json found;
    for (const Leaf& array : arrays) {
        if (array.owner.empty() && array.pointer.find('/', 1) == std::string::npos && !array.key.empty()) {
            if (found) return {};  // which one?
            found = array.value;
        }
    }
    return found;
}

bool has_word(Json thing) {
    return std::ranges::any_of(leaves_of(thing), [](const Leaf& leaf) {
        return leaf.owner.empty() && leaf.pointer.find('/', 1) == std::string::npos && word_rank(leaf) > 0;
    });
}

Things things_in(std::span<const Json> bodies) {
    Things things;
    for (const Json& body : bodies.first(std::min(bodies.size(), guessed_bodies_max))) {
        const Json array = has_word(body) ? Json() : array_in(body);
        if (array && has_word(array.first())) {
            things.each = body.is_array() ? "" : "/" + std::string(array.key());
            for (Json element = array.first(); element && things.all.size() < leaves_max;
                 element = element.next())
                things.all.push_back(element);
        } else if (body.is_object()) {
            things.all.push_back(body);
        }
    }
    return things;
}

// The place that holds the vendor's word in most of the things: by its key, then by how near it is to the
// top.
std::string word_place(const std::vector<Json>& things) {
    std::map<std::string, unsigned> scores;
    for (const Json& thing : things) {
        for (const Leaf& leaf : leaves_of(thing)) {
            const auto depth = static_cast<unsigned>(std::ranges::count(leaf.pointer, '/'));
            const unsigned rank = word_rank(leaf);
            if (rank > 0 && depth <= 2) scores[leaf.pointer] += 10 + rank - 4 * (depth - 1);
        }
    }
    const auto best = std::ranges::max_element(scores, {}, &std::pair<const std::string, unsigned>::second);
    return best == scores.end() ? std::string() : best->first;
}

Json at_pointer(Json thing, const std::string& pointer) {
    for (const Leaf& leaf : leaves_of(thing)) {
        if (leaf.pointer == pointer) return leaf.value;
    }
    return {};
}

class Guess {
public:
    explicit Guess(Things things) : things_(std::move(things)), place_(word_place(things_.all)) {}

    std::string yaml() {
        std::string text = "map:\n";
        if (things_.each) {
            text += "  each: [[" + (things_.each->empty() ? "\"\"" : yaml_scalar(*things_.each)) + "]]\n";
            text +=
                "  # identity: [/id]  # what tells one element from another in any request; see the vendor's "
                "page\n";
        }
        if (place_.empty()) {
            // A section of comments alone is no mapping.
            return (things_.each ? text : "# map:\n") +
                   "  # No key was found that tells events apart: write `event`, and `events` with their "
                   "words.\n" +
                   unused();
        }
        text += "  event: " + pointer_scalar(place_) + '\n';
        used_.push_back(place_);
        add_time(text);
        text += events();
        return text + unused();
    }

private:
    static std::string pointer_scalar(const std::string& pointer) { return yaml_scalar(pointer); }

    void add_time(std::string& text) {
        for (const Json& thing : things_.all) {
            for (const Leaf& leaf : leaves_of(thing)) {
                if (!is_event_time(leaf)) continue;
                text += "  time: " + pointer_scalar(leaf.pointer) + '\n';
                return used_.push_back(leaf.pointer);
            }
        }
    }

    std::string events() {
        std::string known, unknown;
        std::vector<std::string> seen;
        for (const Json& thing : things_.all) {
            const std::string word(at_pointer(thing, place_).text());
            if (word.empty() || std::ranges::find(seen, word) != seen.end()) continue;
            seen.push_back(word);
            const std::string_view type = type_of_word(word);
            if (type.empty()) {
                unknown += "  # " + yaml_scalar(word) + ": not guessed; see the list of types\n";
            } else {
                known += event(word, type);
            }
        }
        return (known.empty() ? "" : "  events:\n") + known + unknown;
    }

    std::string event(const std::string& word, std::string_view type) {
        std::vector<Setting> settings;
        for (const Json& thing : things_.all) {
            if (at_pointer(thing, place_).text() != word) continue;
            for (const Leaf& leaf : leaves_of(thing)) {
                const std::string_view field = field_of(leaf, type);
                const bool is_new = std::ranges::find(settings, field, &Setting::field) == settings.end();
                if (field.empty() || !is_new || leaf.pointer == place_) continue;
                settings.push_back({field, leaf.pointer});
                used_.push_back(leaf.pointer);
            }
        }
        std::string text = "    " + yaml_scalar(word) + ":\n      becomes: " + std::string(type) + '\n';
        std::string set, message;
        for (const Setting& setting : settings) {
            if (setting.field == "messages.text") {
                message = setting.pointer;
            } else {
                set +=
                    "        " + std::string(setting.field) + ": " + pointer_scalar(setting.pointer) + '\n';
            }
        }
        if (!set.empty()) text += "      set:\n" + set;
        if (!message.empty()) {
            text += "      messages:\n        - {role: {const: " +
                    std::string(type == "message.sent" ? "agent" : "user") +
                    "}, text: " + pointer_scalar(message) + "}\n";
        }
        return text;
    }

    std::string unused() const {
        std::string text;
        std::vector<std::string> named;
        for (const Json& thing : things_.all) {
            for (const Leaf& leaf : leaves_of(thing)) {
                const auto known = [&](const std::vector<std::string>& list) {
                    return std::ranges::find(list, leaf.pointer) != list.end();
                };
                if (known(used_) || known(named) || named.size() == unused_max) continue;
                named.push_back(leaf.pointer);
                text += (text.empty() ? "  # not used: " : ", ") + pointer_scalar(leaf.pointer);
            }
        }
        return text.empty() ? text : text + '\n';
    }

    Things things_;
    std::string place_;
    std::vector<std::string> used_;
};

}  // namespace

std::string guess_map(std::span<const Json> bodies) {
    Things things = things_in(bodies);
    return things.all.empty() ? std::string() : Guess(std::move(things)).yaml();
}

}  // namespace chathook::learn
