#include "learn/guess.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
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
constexpr std::size_t things_max = 100;
constexpr std::size_t words_max = 40;

struct Setting {
    std::string_view field;
    std::string pointer;
};

// Something that happened: a body, or an element of one of its arrays.
struct Thing {
    Json value;
    std::vector<Leaf> leaves;
};

struct Things {
    std::optional<std::string> each;  // the array; none: the body is one thing
    std::vector<Thing> all;           // at most things_max
};

bool is_at_top(const Leaf& leaf) {
    return leaf.owner.empty() && leaf.pointer.find('/', 1) == std::string::npos && !leaf.key.empty();
}

Json array_in(Json body) {
    if (body.is_array()) return body;
    Json found;
    for (const Leaf& array : object_arrays_of(body)) {
        if (!is_at_top(array)) continue;
        if (found) return {};  // which one?
        found = array.value;
    }
    return found;
}

bool has_word(const std::vector<Leaf>& leaves) {
    return std::ranges::any_of(leaves,
                               [](const Leaf& leaf) { return is_at_top(leaf) && word_rank(leaf) > 0; });
}

Things things_in(std::span<const Json> bodies) {
    Things things;
    for (const Json& body : bodies.first(std::min(bodies.size(), guessed_bodies_max))) {
        if (things.all.size() >= things_max) break;
        std::vector<Leaf> leaves = leaves_of(body);
        const Json array = has_word(leaves) ? Json() : array_in(body);
        if (array && has_word(leaves_of(array.first()))) {
            things.each = body.is_array() ? "" : "/" + std::string(array.key());
            for (Json element = array.first(); element && things.all.size() < things_max;
                 element = element.next())
                things.all.push_back({element, leaves_of(element)});
        } else if (body.is_object()) {
            things.all.push_back({body, std::move(leaves)});
        }
    }
    return things;
}

// The place that holds the vendor's word in most of the things: by its key, then by how near it is to the
// top.
std::string word_place(const std::vector<Thing>& things) {
    std::map<std::string, unsigned> scores;
    for (const Thing& thing : things) {
        for (const Leaf& leaf : thing.leaves) {
            const auto depth = static_cast<unsigned>(std::ranges::count(leaf.pointer, '/'));
            const unsigned rank = word_rank(leaf);
            if (rank > 0 && depth <= 2) scores[leaf.pointer] += 10 + rank - 4 * (depth - 1);
        }
    }
    const auto best = std::ranges::max_element(scores, {}, &std::pair<const std::string, unsigned>::second);
    return best == scores.end() ? std::string() : best->first;
}

std::string word_at(const Thing& thing, const std::string& pointer) {
    const auto found = std::ranges::find(thing.leaves, pointer, &Leaf::pointer);
    return found == thing.leaves.end() ? std::string() : std::string(found->value.text());
}

class Guess {
public:
    explicit Guess(Things things) : things_(std::move(things)), place_(word_place(things_.all)) {
        for (const Thing& thing : things_.all) {
            const std::string word = word_at(thing, place_);
            if (!word.empty() && (words_.contains(word) || words_.size() < words_max))
                words_[word].push_back(&thing);
        }
    }

    std::string yaml() {
        std::string text = "map:\n";
        if (things_.each) {
            text += "  each: [[" + (things_.each->empty() ? "\"\"" : yaml_scalar(*things_.each)) + "]]\n";
            text += "  # identity: [" + id_place() +
                    "]  # what tells one element from another in any request; see the vendor's page\n";
        }
        if (place_.empty()) {
            // A section of comments alone is no mapping.
            return (things_.each ? text : "# map:\n") +
                   "  # No key was found that tells events apart: write `event`, and `events` with their "
                   "words.\n" +
                   unused();
        }
        text += "  event: " + yaml_scalar(place_) + '\n';
        used_.insert(place_);
        add_time(text);
        text += events();
        return text + unused();
    }

private:
    // A key that may name an element.
    std::string id_place() const {
        for (const Thing& thing : things_.all) {
            for (const Leaf& leaf : thing.leaves) {
                const std::string key = folded_key(leaf.key);
                if (is_at_top(leaf) && (key.ends_with("id") || key == "ref" || key == "key"))
                    return yaml_scalar(leaf.pointer);
            }
        }
        return "POINTER";
    }

    void add_time(std::string& text) {
        for (const Thing& thing : things_.all) {
            const auto found = std::ranges::find_if(thing.leaves, is_event_time);
            if (found == thing.leaves.end()) continue;
            text += "  time: " + yaml_scalar(found->pointer) + '\n';
            used_.insert(found->pointer);
            return;
        }
    }

    std::string events() {
        std::string known, unknown;
        for (const auto& [word, things] : words_) {
            const std::string_view type = type_of_word(word);
            if (type.empty()) {
                unknown += "  # " + yaml_scalar(word) + ": not guessed; see the list of types\n";
            } else {
                known += event(word, things, type);
            }
        }
        return (known.empty() ? "" : "  events:\n") + known + unknown;
    }

    std::string event(const std::string& word, const std::vector<const Thing*>& things,
                      std::string_view type) {
        std::vector<Setting> settings;
        for (const Thing* thing : things) {
            for (const Leaf& leaf : thing->leaves) {
                const std::string_view field = field_of(leaf, type);
                const bool is_new = std::ranges::find(settings, field, &Setting::field) == settings.end();
                if (field.empty() || !is_new || leaf.pointer == place_) continue;
                settings.push_back({field, leaf.pointer});
                used_.insert(leaf.pointer);
            }
        }
        std::string text = "    " + yaml_scalar(word) + ":\n      becomes: " + std::string(type) + '\n';
        std::string set, message;
        for (const Setting& setting : settings) {
            if (setting.field == "messages.text") {
                message = setting.pointer;
            } else {
                set += "        " + std::string(setting.field) + ": " + yaml_scalar(setting.pointer) + '\n';
            }
        }
        if (!set.empty()) text += "      set:\n" + set;
        if (!message.empty()) {
            text +=
                "      # who wrote it is not known: see whether a key says so, and set `role` by it\n"
                "      messages:\n        - {role: {const: " +
                std::string(type == "message.sent" ? "agent" : "user") + "}, text: " + yaml_scalar(message) +
                "}\n";
        }
        return text;
    }

    std::string unused() const {
        std::string text;
        std::set<std::string> named;
        for (const Thing& thing : things_.all) {
            for (const Leaf& leaf : thing.leaves) {
                if (named.size() == unused_max) break;
                if (used_.contains(leaf.pointer) || !named.insert(leaf.pointer).second) continue;
                text += (text.empty() ? "  # not used: " : ", ") + yaml_scalar(leaf.pointer);
            }
        }
        return text.empty() ? text : text + '\n';
    }

    Things things_;
    std::string place_;
    std::map<std::string, std::vector<const Thing*>> words_;
    std::set<std::string> used_;
};

}  // namespace

std::string guess_map(std::span<const Json> bodies) {
    Things things = things_in(bodies);
    return things.all.empty() ? std::string() : Guess(std::move(things)).yaml();
}

}  // namespace chathook::learn
