// Makes safe what the process inherits from its parent. Called once, first in main, before any file is opened
// and before there are threads, which inherit these settings.
#pragma once

namespace chathook {

// - Descriptors 0, 1 and 2 are in use afterwards. One that was closed would be given to the next file that is
//   opened, and a log line would then land in a socket or in the journal. It becomes /dev/null opened for the
//   opposite direction, so that reading or writing it fails with EBADF: a stdout sink must not count an event
//   as delivered that went nowhere.
// - SIGPIPE and SIGXFSZ are ignored: a closed pipe and an exceeded file size limit fail the write (EPIPE,
//   EFBIG) and do not end the process.
// - The soft limit on open files is raised to the hard one, as nothing here uses select(): the usual 1024 of
//   a shell is less than the number of connections that are served.
// - All signals are unblocked: one that the parent blocked could never stop or reload the daemon.
void set_up_process() noexcept;

}  // namespace chathook
