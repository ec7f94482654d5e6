#include "mapping_file/fields.hpp"

#include <algorithm>

namespace chathook::mapping_file {

Fields::Fields(const yaml::Place& at, std::initializer_list<std::string_view> known) : at_(at) {
    const std::vector<std::string> words(known.begin(), known.end());
    if (!is_mapping(at, "its keys are: " + yaml::joined(words))) return;
    for (auto& [key, place] : at.entries()) {
        if (std::ranges::find(known, key) != known.end()) {
            entries_.emplace_back(std::move(key), std::move(place));
        } else {
            place.error("unknown key" + yaml::suggestion(key, words) +
                        "; known here: " + yaml::joined(words));
        }
    }
}

const yaml::Place* Fields::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find(entries_, key, &std::pair<std::string, yaml::Place>::first);
    return found == entries_.end() ? nullptr : &found->second;
}

const yaml::Place* Fields::required(std::string_view key, std::string_view hint) const {
    const yaml::Place* const place = find(key);
    if (place == nullptr && at_.is_mapping()) {
        at_.error(std::string(key) + " is missing; " + std::string(hint));
    }
    return place;
}

bool is_mapping(const yaml::Place& at, std::string_view hint) {
    if (at.is_mapping()) return true;
    at.error("must be a mapping of keys to values; " + std::string(hint));
    return false;
}

std::vector<std::pair<std::string, yaml::Place>> named(const yaml::Place& at, std::size_t most,
                                                       std::string_view hint) {
    if (!is_mapping(at, hint)) return {};
    auto entries = at.entries(most);
    if (entries.empty()) at.error("is empty; " + std::string(hint));
    return entries;
}

}  // namespace chathook::mapping_file
