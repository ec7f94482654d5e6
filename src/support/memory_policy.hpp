// Controls how freed memory returns to the system. Called once, before the first thread.
#pragma once

namespace chathook {

// Large allocations get pages of their own that return to the system when freed, on any thread; the few heaps
// that threads share trim their ends. Without this, glibc raises its threshold at the first large body and
// keeps all later ones, in as many heaps as there are threads.
void set_memory_policy() noexcept;

}  // namespace chathook
