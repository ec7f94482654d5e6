// Keeps what the process has in memory, secrets and people's messages, to itself. One call, by main's thread,
// before any secret is read.
#pragma once

namespace chathook {

// No core dump is written from now on, and only root may trace the process or read its memory (prctl(2),
// PR_SET_DUMPABLE; RLIMIT_CORE alone does not stop a handler in core_pattern). False, and nothing done, in
// builds for debugging: with sanitizers, whose leak check traces the process, and with the CMake option
// CHATHOOK_CORE_DUMPS, which a hardened build refuses.
bool forbid_core_dumps() noexcept;

}  // namespace chathook
