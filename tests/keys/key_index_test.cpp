#include "keys/key_index.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <string>
#include <vector>

using namespace chathook::keys;

namespace {

// Finds sequences by keys whose prefixes may be the same.
struct Keys {
    KeyIndex index;
    std::map<std::uint64_t, std::string> key_of;  // by sequence

    void add(const std::string& key, std::uint64_t sequence) {
        index.add(KeyIndex::prefix_of(key), sequence);
        key_of[sequence] = key;
    }
    bool remove(std::uint64_t sequence) {
        const auto node = key_of.extract(sequence);
        return index.remove(KeyIndex::prefix_of(node.mapped()), sequence);
    }
    std::uint64_t find(const std::string& key) const {
        const std::uint64_t newest = key_of.empty() ? 0 : key_of.rbegin()->first;
        return index
            .find(KeyIndex::prefix_of(key), newest,
                  [&](std::uint64_t sequence) {
                      const auto found = key_of.find(sequence);
                      return found != key_of.end() && found->second == key;
                  })
            .value_or(0);
    }
};

}  // namespace

TEST_CASE("an event is found by its key among others whose keys begin with the same bits") {
    Keys keys;
    keys.add("alike-a", 1);
    keys.add("alike-b", 2);
    keys.add("alike-c", 3);
    keys.add("other", 4);
    CHECK(keys.find("alike-a") == 1);
    CHECK(keys.find("alike-b") == 2);
    CHECK(keys.find("alike-c") == 3);
    CHECK(keys.find("other") == 4);
    CHECK(keys.find("alike-d") == 0);
    CHECK(keys.find("nobody") == 0);

    // They can be removed in any order without the others.
    CHECK(keys.remove(1));
    CHECK(keys.find("alike-a") == 0);
    CHECK(keys.find("alike-b") == 2);
    CHECK(keys.find("alike-c") == 3);
    CHECK(keys.remove(3));
    CHECK(keys.find("alike-b") == 2);
    CHECK(keys.find("alike-c") == 0);
    CHECK_FALSE(keys.index.remove(KeyIndex::prefix_of("alike-a"), 1));
    CHECK_FALSE(keys.index.remove(KeyIndex::prefix_of("nobody"), 1));
}

TEST_CASE("sequences beyond 32 bits are found in full") {
    Keys keys;
    const std::uint64_t turn = std::uint64_t{1} << 32U;
    keys.add("before", turn - 1);
    keys.add("at", turn);
    keys.add("behind", 5 * turn / 4);
    CHECK(keys.find("before") == turn - 1);
    CHECK(keys.find("at") == turn);
    CHECK(keys.find("behind") == 5 * turn / 4);
    CHECK(keys.remove(turn));
    CHECK(keys.find("at") == 0);
}

TEST_CASE("twenty thousand keys that are added and removed are found as in a map") {
    Keys keys;
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same every time
    std::map<std::string, std::uint64_t> sequence_of;
    std::vector<std::string> names;
    for (std::uint64_t sequence = 1; sequence <= 20'000; ++sequence) {
        // Every fourth key has the same prefix as twenty others.
        std::string key = sequence % 4 == 0 ? "k" + std::to_string(1000 + sequence % 1000) : std::string();
        while (key.size() < 16) key += static_cast<char>(random());
        keys.add(key, sequence);
        sequence_of[key] = sequence;
        names.push_back(key);
        if (sequence % 3 == 0) {
            const auto gone = sequence_of.find(names[random() % names.size()]);
            if (gone == sequence_of.end()) continue;
            REQUIRE(keys.remove(gone->second));
            sequence_of.erase(gone);
        }
    }
    for (const std::string& name : names) {
        const auto found = sequence_of.find(name);
        REQUIRE(keys.find(name) == (found == sequence_of.end() ? 0 : found->second));
    }
}

TEST_CASE("an index that is filled with what another one gave finds the same") {
    Keys keys;
    for (std::uint64_t at = 1; at <= 3000; ++at) keys.add("k" + std::to_string(at * at), at);
    for (const char* alike : {"alike-a", "alike-b", "alike-c"}) keys.add(alike, keys.key_of.size() + 1);
    Keys filled;
    filled.key_of = keys.key_of;
    for (std::size_t part = 0; part < KeyIndex::parts; ++part)
        filled.index.fill(part, keys.index.entries(part));
    filled.index.fill_beside(keys.index.beside());
    CHECK(filled.index.size() == keys.key_of.size());
    CHECK(keys.index.size() == keys.key_of.size());
    for (const auto& [sequence, key] : keys.key_of) {
        if (filled.find(key) != sequence) FAIL(key);
    }
    CHECK(filled.find("alike-d") == 0);
    CHECK(filled.remove(1));
    CHECK(filled.find("k1") == 0);
}

TEST_CASE("only the first entry with a prefix is added as such") {
    KeyIndex index;
    CHECK(index.add_first(KeyIndex::prefix_of("alike-a"), 1));
    CHECK_FALSE(index.add_first(KeyIndex::prefix_of("alike-b"), 2));
    CHECK(index.add_first(KeyIndex::prefix_of("other"), 3));
    CHECK(index.size() == 2);
}
