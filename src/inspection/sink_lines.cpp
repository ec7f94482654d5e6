#include "inspection/sink_lines.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "ecma/document.hpp"
#include "normalize/original.hpp"

namespace chathook::inspection {

namespace {

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

// Empty: the line is not an event.
std::string id_of(std::string_view line) {
    const auto event = JsonDocument::parse_bytes(line);
    return event == nullptr ? std::string() : std::string(event->root()["id"].text());
}

// Whether the accepted bytes can be rebuilt from the line alone.
bool holds(std::string_view line, std::string_view accepted) {
    return normalize::accepted_bytes(line) == accepted;
}

}  // namespace

void SinkLines::Findings::add(std::uint64_t place) {
    ++count;
    if (first.size() < first_max) first.push_back(place);
}

void SinkLines::add(std::string_view line) {
    const std::uint64_t number = ++report_.lines;
    std::string id = id_of(line);
    if (id.empty()) {
        report_.damaged.add(number);
    } else {
        lines_.emplace(std::move(id), Line{number, hash_of(line), false});
    }
}

void SinkLines::compare(std::uint64_t sequence, const std::string& id, std::string_view json,
                        std::string_view accepted, bool delivered) {
    const auto [begin, end] = lines_.equal_range(id);
    if (begin == end) {
        if (delivered) not_there_.push_back(sequence);
        return;
    }
    if (first_found_ == 0) first_found_ = sequence;
    const std::size_t expected = hash_of(json);
    const bool whole = holds(json, accepted);
    for (auto found = begin; found != end; ++found) {
        Line& line = found->second;
        line.known = true;
        if (first_known_line_ == 0 || line.number < first_known_line_) first_known_line_ = line.number;
        if (line.hash == expected) {
            ++report_.as_delivered;
            report_.rebuilt += whole ? 1 : 0;
        } else {
            report_.different.add(line.number);
        }
    }
}

SinkLines::Report SinkLines::report() const {
    Report report = report_;
    bool reaches_back = false;  // to lines older than all events in the journal
    for (const auto& [id, line] : lines_) {
        if (line.known) continue;
        ++report.unknown;
        reaches_back |= line.number < first_known_line_;
    }
    for (const std::uint64_t damaged : report.damaged.first) reaches_back |= damaged < first_known_line_;
    for (const std::uint64_t sequence : not_there_) {
        const bool behind_the_first = first_found_ != 0 && sequence > first_found_;
        if (reaches_back || behind_the_first) report.missing.add(sequence);
    }
    return report;
}

}  // namespace chathook::inspection
