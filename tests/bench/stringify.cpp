// What the JSON.stringify form of a body costs: parsing and printing, as for a request whose raw body was not
// what was signed. Prints one JSON line a body; docs/performance.md has the figures.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ecma/stringify.hpp"

namespace {

using Clock = std::chrono::steady_clock;

// Short rounds, of which the fastest tells what the code costs: what others cost it is in the median.
constexpr int rounds = 101;
constexpr std::chrono::milliseconds round_time{10};

struct Body {
    std::string_view name;
    std::string text;
};

// Lines of a conversation until there are `bytes` of it.
std::string conversation(std::size_t bytes, std::string_view line) {
    std::string text =
        R"({"conversationId":"clP5fVfvHISpzpLkJub2","contactEmail":"visitor@example.com","messages":[)";
    for (int i = 0; text.size() + line.size() + 40 < bytes; ++i) {
        if (i > 0) text += ',';
        text += R"({"senderRole":")";
        text += i % 2 == 0 ? "human" : "lynn";
        text += R"(","text":")";
        text += line;
        text += "\"}";
    }
    return text + "]}";
}

std::string numbers(std::size_t bytes) {
    std::string text = "[";
    for (int i = 1; text.size() + 20 < bytes; ++i) {
        if (i > 1) text += ',';
        text += std::to_string(i * 7919) + "." + std::to_string(i * 31 % 1000);
    }
    return text + "]";
}

// With the blanks that Python's json.dumps puts in.
std::string spaced(std::string text) {
    for (std::size_t at = text.find("\":"); at != text.npos; at = text.find("\":", at + 3)) {
        text.insert(at + 2, 1, ' ');
    }
    return text;
}

double nanoseconds_each(const Body& body) {
    std::size_t calls = 0;
    const auto begin = Clock::now();
    auto now = begin;
    for (; now - begin < round_time; now = Clock::now()) {
        for (int i = 0; i < 8; ++i, ++calls) {
            if (!chathook::ecma::stringify_body(body.text)) std::abort();
        }
    }
    return std::chrono::duration<double, std::nano>(now - begin).count() / static_cast<double>(calls);
}

}  // namespace

int main() {
    constexpr std::string_view plain =
        "Hello! I ordered two weeks ago and nothing has arrived yet, can you help?";
    constexpr std::string_view escaped = R"(\"Hello\"\n\u00fcber\/unter\t\u4f60\u597d, line after line\n)";
    constexpr std::string_view world =
        "Grüße aus Köln, 你好，我需要帮助，спасибо за ответ 🙂🙂";
    const std::vector<Body> bodies{
        {"conversation", conversation(600, plain)},
        {"conversation", conversation(100'000, plain)},
        {"conversation, blanks between tokens", spaced(conversation(600, plain))},
        {"conversation, blanks between tokens", spaced(conversation(100'000, plain))},
        {"conversation, three scripts", conversation(100'000, world)},
        {"conversation, many escapes", conversation(100'000, escaped)},
        {"numbers with fractions", numbers(100'000)},
    };
    for (const Body& body : bodies) {
        std::vector<double> times;
        for (int round = 0; round < rounds; ++round) times.push_back(nanoseconds_each(body));
        std::sort(times.begin(), times.end());
        std::printf(
            "{\"body\":\"%.*s\",\"bytes\":%zu,\"nanoseconds\":%.0f,\"median_nanoseconds\":%.0f,"
            "\"megabytes_per_second\":%.0f}\n",
            static_cast<int>(body.name.size()), body.name.data(), body.text.size(), times.front(),
            times[times.size() / 2], static_cast<double>(body.text.size()) * 1000 / times.front());
    }
}
