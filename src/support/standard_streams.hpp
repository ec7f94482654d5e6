// Standard output and standard error, which are usually the same stream: in a terminal, in a container, under
// systemd, after 2>&1. Any thread.
#pragma once

#include "support/line_stream.hpp"

namespace chathook {

// Whether both descriptors lead to the same pipe, socket, file or terminal.
bool is_same_stream(int a, int b) noexcept;

// The process's only writer for each stream. If both are the same stream, standard_error() is
// standard_output(), so that their lines do not interleave. They live as long as the process.
LineStream& standard_output();
LineStream& standard_error();

// Whether the descriptor is a stream of the systemd journal ($JOURNAL_STREAM, systemd.exec(5)).
bool is_journal_stream(int descriptor) noexcept;

// Whether the descriptor is /dev/null, which discards what is written to it.
bool is_null_device(int descriptor) noexcept;

}  // namespace chathook
