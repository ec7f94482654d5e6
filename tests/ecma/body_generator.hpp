// Random bodies for the corner cases of JSON.parse and JSON.stringify: numbers, escapes, surrogates, the
// order of keys, duplicates, invalid UTF-8, and texts that are almost JSON. The same seed gives the same
// bodies.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::test {

class BodyGenerator {
public:
    explicit BodyGenerator(std::uint64_t seed) : random_(seed) {}

    std::string body();

    // `sample`, a JSON text, with some of its tokens respelled, renamed, repeated or replaced.
    std::string mutated(std::string_view sample);

private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    template <std::size_t N>
    std::string_view pick(const std::string_view (&choices)[N]) {
        return choices[below(N)];
    }

    void blanks(std::string& out);
    void value(std::string& out, unsigned depth);
    void object(std::string& out, unsigned depth);
    void array(std::string& out, unsigned depth);
    void key(std::string& out);
    void string(std::string& out);
    void character(std::string& out);
    void unicode_escape(std::string& out, unsigned unit);
    void number(std::string& out);
    void digits(std::string& out, std::size_t count);
    void random_double(std::string& out);
    void halfway(std::string& out);
    void written(std::string& out);
    void spoil(std::string& text);
    void mutate(std::vector<std::string>& tokens, std::size_t at);
    void mutate_key(std::string& token);
    std::string respelled(std::string_view token);

    std::mt19937_64 random_;
};

}  // namespace chathook::test
