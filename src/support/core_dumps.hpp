// Protects the memory of the process, which holds secrets and people's messages, from other processes. Called
// once, by the main thread, before any secret is read.
#pragma once

namespace chathook {

// No core dump is written from now on, and only root may trace the process or read its memory (prctl(2),
// PR_SET_DUMPABLE; RLIMIT_CORE alone does not stop a handler in core_pattern). Does nothing and returns false
// in debugging builds: with sanitizers, whose leak check traces the process, and with the CMake option
// CHATHOOK_CORE_DUMPS, which a hardened build rejects.
bool forbid_core_dumps() noexcept;

}  // namespace chathook
