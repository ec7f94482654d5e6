#include "vendor_file/identity_trial.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mapping/levels.hpp"
#include "mapping/values.hpp"
#include "vendor_file/sample_reading.hpp"

namespace chathook::vendor_file {
namespace {

using yaml::in_quotes;
using yaml::Place;

// Where the file says what tells events apart.
std::vector<Place> identity_items(const Place& root) {
    if (root.holds("identity")) return root["identity"].items();
    const bool in_map = root.holds("map") && root["map"].holds("identity");
    return in_map ? root["map"]["identity"].items() : std::vector<Place>();
}

class IdentityTrial {
public:
    explicit IdentityTrial(const mapping::Mapping& mapping)
        : mapping_(mapping), stands_(mapping.identity.size()) {}

    void see(const ReadSample& read, const Sample& sample, const Place& at) {
        if (mapping_.each.empty()) {
            look(mapping::Level{read.verified().json()});
        } else {
            for (const auto& element : mapping::elements(mapping_, read.verified().json()).all) {
                look(mapping::Levels(element).innermost());
            }
        }
        read.for_each_event([&](const Verified& proved, const Normalized& event) {
            if (!event.identity.empty()) compare(proved.body(), event, sample, at);
        });
    }

    // At each item that stood nowhere.
    void warn(const std::vector<Place>& items) const {
        for (std::size_t i = 0; i < std::min(items.size(), stands_.size()); ++i) {
            if (!mapping_.identity[i].is_in_body() || stands_[i]) continue;
            items[i].warning(
                "stands in none of the samples, and without it the whole body is the identity; correct the "
                "pointer, or add a sample that has it");
        }
    }

private:
    void look(const mapping::Level& level) {
        for (std::size_t i = 0; i < stands_.size(); ++i) {
            const mapping::IdentityPart& part = mapping_.identity[i];
            if (part.is_in_body() && !mapping::identity_source(part, level).empty()) stands_[i] = true;
        }
    }

    void compare(std::string_view body, const Normalized& event, const Sample& sample, const Place& at) {
        const std::vector<std::string> identity(event.identity.begin(), event.identity.end());
        const auto [first, is_new] = first_.try_emplace(identity, sample.name, std::string(body));
        if (is_new || first->second.second == body) return;
        at.warning(
            "has an event with the identity of one in the sample " + in_quotes(first->second.first) +
            ", so that only the first of the two would be kept; name in identity what differs, or, if they "
            "are one event, give the samples one body");
    }

    const mapping::Mapping& mapping_;
    std::vector<bool> stands_;
    std::map<std::vector<std::string>, std::pair<std::string_view, std::string>> first_;
};

void judge_each(const mapping::Mapping& mapping, const Place& root) {
    // Where several paths lead to the events, these may have nothing in common that tells them apart.
    if (mapping.each.size() != 1 || !mapping.identity.empty()) return;
    root["map"].warning(
        "has each without identity, so an event that comes again in another request is a new one; write "
        "identity: with what tells the elements apart");
}

}  // namespace

void judge_identity(const VendorFile& file, const Place& root) {
    const mapping::Mapping& mapping = file.mapping();
    judge_each(mapping, root);
    if (!root.holds("samples")) return;
    IdentityTrial trial(mapping);
    const std::vector<Place> items = root["samples"].items();
    std::map<std::string_view, int> names;
    const auto samples = file.definition().samples;
    for (std::size_t i = 0; i < std::min(items.size(), samples.size()); ++i) {
        const auto [first, is_new] = names.try_emplace(samples[i].name, items[i].line());
        if (!is_new) {
            items[i].warning("has the name of the sample in line " + std::to_string(first->second) +
                             ", which alone `send --sample` finds; rename one of them");
        }
        const ReadSample read(file.definition(), samples[i].body);
        if (!read.handshake()) trial.see(read, samples[i], items[i]);
    }
    if (!samples.empty()) trial.warn(identity_items(root));
}

}  // namespace chathook::vendor_file
