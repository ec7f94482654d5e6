#include "doctor/cause_search.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace chathook::doctor {

using verify::Algorithm;
using verify::equal;
using verify::HmacKey;
using verify::Mac;
using verify::mac_bytes;

namespace {

constexpr std::size_t steps_max = 2;

// The approximate cost of starting and finishing a MAC, as a number of hashed bytes.
constexpr std::uint64_t bytes_per_attempt = 512;

constexpr std::array algorithms{Algorithm::sha1, Algorithm::sha256, Algorithm::sha512};

// One for each algorithm whose MACs were sent.
using Keys = std::array<std::optional<HmacKey>, algorithms.size()>;

class Search {
public:
    Search(const SearchSpace& space, std::uint64_t bytes_max) : space_(space), bytes_left_(bytes_max) {
        const auto wanted = [&](Algorithm algorithm) {
            return std::ranges::any_of(space.macs,
                                       [&](const Mac& mac) { return mac.size == mac_bytes(algorithm); });
        };
        keys_.resize(space.secrets.size());
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            const std::string_view secret = space.secrets[i].variant.bytes.view();
            for (std::size_t at = 0; at < algorithms.size(); ++at) {
                if (wanted(algorithms[at])) keys_[i][at].emplace(algorithms[at], secret);
            }
        }
    }

    SearchResult run() {
        for (std::size_t steps = 0; steps <= steps_max; ++steps) {
            if (!run(steps) || !result_.matches.empty()) break;
        }
        return std::move(result_);
    }

private:
    // Tries all combinations that differ in `steps` parts; false when the limit was reached.
    bool run(std::size_t steps) {
        for (std::size_t text = 0; text < space_.texts.size(); ++text) {
            for (std::size_t secret = 0; secret < space_.secrets.size(); ++secret) {
                for (std::size_t body = 0; body < space_.bodies.size(); ++body) {
                    const Match match{text, body, secret, steps == 0};
                    if (steps_to(match) != steps) continue;
                    if (!afford(match)) return false;
                    if (matches(match)) result_.matches.push_back(match);
                }
            }
        }
        return true;
    }

    std::size_t steps_to(const Match& match) const {
        const std::string_view body = space_.bodies[match.body].name;
        const bool usual_body = body.empty() || (space_.stringified_expected && body == "stringified");
        const std::size_t text_steps = space_.texts[match.text].expected ? 0 : 1;
        const std::size_t secret_steps = space_.secrets[match.secret].variant.name.empty() ? 0 : 1;
        return text_steps + secret_steps + (usual_body ? 0 : 1);
    }

    bool afford(const Match& match) {
        const std::uint64_t cost = space_.bodies[match.body].body.size() + bytes_per_attempt;
        result_.complete = cost <= bytes_left_;
        if (result_.complete) bytes_left_ -= cost;
        return result_.complete;
    }

    bool matches(const Match& match) const {
        return std::ranges::any_of(keys_[match.secret],
                                   [&](const std::optional<HmacKey>& key) { return made_by(key, match); });
    }

    bool made_by(const std::optional<HmacKey>& key, const Match& match) const {
        if (!key) return false;
        const TextVariant& text = space_.texts[match.text];
        const Mac made = key->mac({text.before, space_.bodies[match.body].body, text.after});
        return std::ranges::any_of(space_.macs, [&](const Mac& sent) { return equal(sent, made); });
    }

    const SearchSpace& space_;
    std::uint64_t bytes_left_;
    std::vector<Keys> keys_;
    SearchResult result_;
};

}  // namespace

SearchResult find_matches(const SearchSpace& space, std::uint64_t bytes_max) {
    return Search(space, bytes_max).run();
}

}  // namespace chathook::doctor
