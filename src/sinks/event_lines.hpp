// Distinguishes lines that a file sink of ours wrote from those of other programs, by how they begin. Any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chathook::sinks {

// The bytes of a line that are enough to tell.
inline constexpr std::size_t event_head_bytes = 128;

enum class Head {
    ours,     // begins like every event of ours
    partial,  // a prefix of such a beginning, or nothing at all
    foreign,
};

// `line` is the first event_head_bytes of a line, or all of a shorter one. normalize/cloud_event.cpp writes
// them: `{"specversion":"1.0","id":"` UUID `","source":"/sources/`.
Head head_of(std::string_view line) noexcept;

// Judges the first line of a file. nullopt: the file cannot be read.
std::optional<Head> first_line_of(int file) noexcept;

// Judges the first line of the file at `path`, which must be a regular file and not a symbolic link. On
// nullopt `problem` says why.
std::optional<Head> first_line_of(const std::string& path, std::string& problem);

}  // namespace chathook::sinks
