#include "status/window.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chathook::status {

// Passes on what is not zero.
template <class Take>
void Window::each(const MetricCounts& counts, const Take& take) {
    const auto pass_on = [&](Series series, std::uint64_t count) {
        if (count > 0) take(std::move(series), count);
    };
    for (const MetricCounts::Source& source : counts.sources) {
        pass_on({source.name, Kind::accepted, {}}, source.accepted);
        pass_on({source.name, Kind::duplicate, {}}, source.duplicates);
        for (const auto& [reason, count] : source.refused)
            pass_on({source.name, Kind::refused, reason}, count);
    }
}

void Window::note(SourceHour& source, const Series& series, std::uint64_t count) {
    switch (std::get<Kind>(series)) {
        case Kind::accepted: source.accepted = count; return;
        case Kind::duplicate: source.duplicates = count; return;
        case Kind::refused: source.refused.emplace_back(std::get<2>(series), count); return;
    }
}

void Window::add(Time at, const MetricCounts& counts) {
    Sample sample{at, {}, counts.answers};
    each(counts, [&](Series series, std::uint64_t count) {
        const auto [place, fresh] =
            numbers_.try_emplace(std::move(series), static_cast<std::uint32_t>(last_.size()));
        if (fresh) last_.push_back(0);
        const std::uint64_t by = count - last_[place->second];
        last_[place->second] = count;
        if (by > 0)
            sample.changes.push_back(
                {place->second, static_cast<std::uint32_t>(std::min<std::uint64_t>(by, UINT32_MAX))});
    });
    sample.changes.shrink_to_fit();
    samples_.push_back(std::move(sample));
    while (samples_.size() > samples_max || (samples_.size() > 1 && samples_[1].at <= at - length))
        samples_.pop_front();
}

Hour Window::last(std::chrono::minutes length, Time now, const MetricCounts& counts) const {
    auto begin = samples_.begin();
    while (std::next(begin) != samples_.end() && std::next(begin)->at <= now - length) ++begin;
    std::vector<std::uint64_t> sums(last_.size());
    for (auto sample = std::next(begin); sample != samples_.end(); ++sample) {
        for (const Change& change : sample->changes) sums[change.series] += change.by;
    }
    Hour hour;
    hour.length = std::chrono::duration_cast<std::chrono::seconds>(now - begin->at);
    each(counts, [&](const Series& series, std::uint64_t count) {
        const auto known = numbers_.find(series);
        const std::uint64_t within =
            known == numbers_.end() ? count : count - last_[known->second] + sums[known->second];
        if (within > 0) note(hour.sources[std::get<0>(series)], series, within);
    });
    for (auto& [name, source] : hour.sources) {
        std::ranges::sort(source.refused, [](const auto& one, const auto& other) {
            return std::tie(other.second, one.first) < std::tie(one.second, other.first);
        });
    }
    hour.answer_bounds = counts.answer_bounds;
    hour.answers = counts.answers;
    for (std::size_t i = 0; i < std::min(hour.answers.size(), begin->answers.size()); ++i)
        hour.answers[i] -= begin->answers[i];
    return hour;
}

std::size_t Window::changes() const noexcept {
    std::size_t changes = 0;
    for (const Sample& sample : samples_) changes += sample.changes.size();
    return changes;
}

}  // namespace chathook::status
