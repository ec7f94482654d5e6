// Explains what is wrong with a text that is not YAML, and the fix: the parser reports where it gave up,
// often a line below the mistake, and in its own terms. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chathook::yaml {

// The lines of a text, numbered from 1. Views into the text.
class Lines {
public:
    explicit Lines(std::string_view text);

    int count() const noexcept { return static_cast<int>(lines_.size()); }
    std::string_view at(int number) const noexcept;  // without its end; empty if there is no such line

private:
    std::vector<std::string_view> lines_;
};

// Where the parser gave up, and what it had read so far. Lines and columns count from 1.
struct Fault {
    std::string_view what;  // yaml-cpp's message
    int line = 0;
    int column = 0;
    int read_line = 1;  // where the last complete value or key begins
    int read_column = 1;
    int open_line = 0;  // where the innermost open '{' or '[' is; 0: none
    int flow_line = 0;  // the same for the outermost
    int flow_column = 0;
};

struct Advice {
    int line = 0;  // of the mistake, as far as known
    std::string message;
};

inline constexpr const char* blank_missing = "a blank must follow the colon between key and value";

// Repeats nothing of the text, which may contain a secret.
Advice advice_on(const Fault& fault, const Lines& lines);

// Whether a comment takes the place of the value of the line's first key: "secret: #abc".
bool is_commented_out(std::string_view line) noexcept;

}  // namespace chathook::yaml
