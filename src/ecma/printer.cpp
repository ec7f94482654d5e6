#include "ecma/printer.hpp"

#include <algorithm>
#include <array>

#include "ecma/document_size.hpp"
#include "ecma/members.hpp"
#include "ecma/number.hpp"
#include "ecma/stringify.hpp"
#include "ecma/tape.hpp"

namespace chathook::ecma {
namespace {

// Enough for vendors' bodies without reallocation.
constexpr std::size_t usual_depth = 8;

bool prints_as_it_stands(std::string_view number) noexcept {
    if (number.size() > exact_digits_max || number == "-0") return false;
    if (number.front() == '-') number.remove_prefix(1);
    return std::all_of(number.begin(), number.end(), is_digit);
}

}  // namespace

Printer::Printer(const JsonDocument& document)
    : document_(document), tape_(document.tape()), text_(document.text()) {
    open_.reserve(std::max<std::size_t>(usual_depth, document.max_depth()));
}

[[gnu::flatten]] std::string Printer::print() {
    if (text_.size() > small_text_bytes) out_.reserve(text_.size() + grows_by());
    value(0);
    while (!open_.empty()) step();
    flush();
    return std::move(out_);
}

void Printer::value(std::uint32_t index) {
    const Node& node = tape_.nodes[index];
    switch (node.kind) {
        case Json::Kind::array:
        case Json::Kind::object: return open(index);
        case Json::Kind::string: return string(node);
        case Json::Kind::number: return number(node);
        default: return copy(node.at, node.size);
    }
}

void Printer::open(std::uint32_t index) {
    const Node& node = tape_.nodes[index];
    copy(node.at, 1);
    Open& opened = open_.emplace_back();
    opened.container = index;
    opened.next = index + 1;
    if (node.kind == Json::Kind::array || in_order(node, index)) return;
    opened.ordered = true;
    opened.first = opened.next = static_cast<std::uint32_t>(members_.size());
    append_values(members_, document_, index);
}

// The next element or member of the innermost container, or its end.
void Printer::step() {
    Open& top = open_.back();
    if (top.ordered) return step_ordered();
    const Node& container = tape_.nodes[top.container];
    if (top.next == container.end) return close();
    const std::uint32_t next = top.next;
    if (top.begun) mark(',', tape_.nodes[next].at);
    top.begun = true;
    if (container.kind == Json::Kind::array) {
        top.next = after(next);
        return value(next);
    }
    top.next = after(next + 1);
    string(tape_.nodes[next]);
    mark(':', tape_.nodes[next + 1].at);
    value(next + 1);
}

void Printer::step_ordered() {
    Open& top = open_.back();
    if (top.next == members_.size()) {
        members_.resize(top.first);
        return close();
    }
    const std::uint32_t next = members_[top.next++];
    if (top.begun) mark(',', tape_.nodes[next - 1].at);
    top.begun = true;
    string(tape_.nodes[next - 1]);
    mark(':', tape_.nodes[next].at);
    value(next);
}

void Printer::close() {
    const Node& node = tape_.nodes[open_.back().container];
    copy(node.at + node.size - 1, 1);
    open_.pop_back();
}

// Whether JavaScript lists the members in the order of the text: no key is an array index or occurs twice.
// False also if the check would take long.
bool Printer::in_order(const Node& object, std::uint32_t index) noexcept {
    if (object.count < 2) return true;
    if (object.count > compared_pairwise_max) return false;
    std::array<std::string_view, compared_pairwise_max> keys;
    std::uint64_t seen = 0;  // a bit for each size and last character
    std::uint32_t at = index + 1;
    for (std::uint32_t i = 0; i < object.count; ++i, at = after(at + 1)) {
        const std::string_view key = decoded(tape_.nodes[at]);
        if (key.empty() || is_digit(key.front())) return false;
        const std::uint64_t bit = std::uint64_t{1}
                                  << ((key.size() * 7 + static_cast<unsigned char>(key.back())) % 64);
        if ((seen & bit) != 0 && std::find(keys.begin(), keys.begin() + i, key) != keys.begin() + i)
            return false;
        seen |= bit;
        keys[i] = key;
    }
    return true;
}

// A string without escapes contains nothing that JSON.stringify would escape.
void Printer::string(const Node& node) {
    if (!node.escaped) return copy(node.at, node.size);
    flush();
    append_quoted(out_, decoded(node));
}

void Printer::number(const Node& node) {
    const std::string_view number = source(node);
    if (prints_as_it_stands(number)) return copy(node.at, node.size);
    flush();
    append_number(out_, number);
}

std::string_view Printer::decoded(const Node& node) const noexcept {
    if (node.escaped) return std::string_view(tape_.arena).substr(node.end, node.count);
    return text_.substr(node.at + 1, node.size - 2);
}

std::uint32_t Printer::after(std::uint32_t index) const noexcept {
    const Node& node = tape_.nodes[index];
    return is_container(node) ? node.end : index + 1;
}

// By how much the printed text can be longer: only numbers such as 1e20 grow, nothing else does.
std::size_t Printer::grows_by() const noexcept {
    std::size_t bytes = 0;
    for (const Node& node : tape_.nodes) {
        if (node.kind != Json::Kind::number || prints_as_it_stands(source(node))) continue;
        bytes += number_grows_by;
    }
    return bytes;
}

void Printer::copy(std::size_t at, std::size_t size) {
    if (at != run_end_) {
        flush();
        run_ = at;
    }
    run_end_ = at + size;
}

// Prints a comma or colon. If the next value starts one character further on, that character is it.
void Printer::mark(char punctuation, std::size_t before) {
    if (run_ != run_end_ && before == run_end_ + 1) {
        ++run_end_;
        return;
    }
    flush();
    out_ += punctuation;
}

void Printer::flush() {
    if (run_ == run_end_) return;
    if (out_.empty()) out_.reserve(text_.size());
    out_ += text_.substr(run_, run_end_ - run_);
    run_ = run_end_ = 0;
}

}  // namespace chathook::ecma
