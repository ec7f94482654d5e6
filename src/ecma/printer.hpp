// Tape to text: JSON.stringify of a document. Stretches that are printed unchanged are copied in one piece,
// so that a text which is its own JSON.stringify form costs almost nothing. Never recurses. One use, one
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ecma/document.hpp"
#include "ecma/members.hpp"
#include "ecma/tape.hpp"

namespace chathook::ecma {

class Printer {
public:
    explicit Printer(const JsonDocument& document);

    std::string print();

private:
    struct Open {
        std::uint32_t container = 0;
        std::uint32_t next = 0;   // the next element or key, or its index in members_
        std::uint32_t first = 0;  // where the members start in members_, if they are reordered
        bool ordered = false;     // the members are reordered
        bool begun = false;       // an element was printed, so a comma comes next
    };

    void value(std::uint32_t index);
    void open(std::uint32_t index);
    void step();
    void step_ordered();
    void close();
    bool in_order(const Node& object, std::uint32_t index) noexcept;
    void string(const Node& node);
    void number(const Node& node);

    std::string_view source(const Node& node) const noexcept { return text_.substr(node.at, node.size); }
    std::string_view decoded(const Node& node) const noexcept;
    std::uint32_t after(std::uint32_t index) const noexcept;

    std::size_t grows_by() const noexcept;
    void copy(std::size_t at, std::size_t size);
    void mark(char punctuation, std::size_t before);
    void flush();

    const JsonDocument& document_;
    const Tape& tape_;
    std::string_view text_;
    std::string out_;
    std::size_t run_ = 0;      // start of the text that is to be copied next,
    std::size_t run_end_ = 0;  // and one past it
    std::vector<Open> open_;
    std::vector<std::uint32_t> members_;  // values of all open reordered objects, the innermost last
};

}  // namespace chathook::ecma
