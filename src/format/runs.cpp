#include "format/runs.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "disk/checksum.hpp"

namespace chathook::format {

void Runs::load(std::uint64_t first, std::uint64_t last) {
    const auto newest = std::prev(runs_.end());
    if (first == 0 && newest == runs_.begin()) {
        newest->second = last;
    } else if (first > newest->second + 1 && last >= first) {
        runs_.emplace_hint(runs_.end(), first, last);
    } else {
        changed_.push_back(first);
        add(first, std::max(first, last));
    }
}

std::optional<std::uint64_t> Runs::end_of(std::uint64_t sequence) const noexcept {
    if (sequence <= cursor()) return cursor();
    const auto run = std::prev(runs_.upper_bound(sequence));
    if (run->second < sequence) return std::nullopt;
    return run->second;
}

void Runs::add(std::uint64_t first, std::uint64_t last) {
    auto run = std::prev(runs_.upper_bound(first));  // there is one: the first begins with 0
    if (run->second >= last) return;
    if (run->second + 1 < first) {
        note(first);
        run = runs_.emplace_hint(std::next(run), first, last);
    } else {
        note(run->first);
    }
    auto next = std::next(run);
    while (next != runs_.end() && next->first <= last + 1) {
        note(next->first);
        last = std::max(last, next->second);
        next = runs_.erase(next);
    }
    run->second = last;
}

void Runs::note(std::uint64_t first) {
    if (changed_.empty() || changed_.back() != first) changed_.push_back(first);
    if (!undo_.empty() && undo_.back().first == first) return;
    const auto run = runs_.find(first);
    undo_.push_back({first, run == runs_.end() ? std::nullopt : std::optional(run->second)});
}

std::vector<std::uint64_t> Runs::changed() {
    std::sort(changed_.begin(), changed_.end());
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    return std::exchange(changed_, {});
}

void Runs::change_all() {
    for (const auto& [first, last] : runs_) changed_.push_back(first);
}

void Runs::undo() {
    for (; !undo_.empty(); undo_.pop_back()) {
        const Before& before = undo_.back();
        if (before.last) {
            runs_[before.first] = *before.last;
        } else {
            runs_.erase(before.first);
        }
    }
}

std::uint32_t run_checksum(SinkNumber sink, std::string_view name, std::uint64_t first, std::uint64_t last) {
    disk::Checksum sum;
    sum.add(std::uint64_t{sink});
    sum.add(name);
    sum.add(first);
    sum.add(last);
    return sum.value();
}

std::string in_no_run(std::string_view sink, std::string_view sequence) {
    std::string condition = "ifnull((SELECT p.last FROM passed p WHERE p.sink = ";
    condition.append(sink).append(" AND p.first <= ").append(sequence);
    condition.append(" ORDER BY p.first DESC LIMIT 1), 0) < ").append(sequence);
    return condition;
}

}  // namespace chathook::format
