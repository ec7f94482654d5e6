// What the kernel tells of a file, without its times. Since Linux 6.13 a file whose times were read is given
// a new time by its next write, whenever that comes, and not once in a tick of the timer (multigrain
// timestamps, Documentation/filesystems/multigrain-ts.rst). A sync then has to write its inode, too, which
// makes a commit of the journal take a third longer; on ext4 so does a sync of another file whose inode is in
// the same block of the inode table, such as one that was made at the same time. So whoever looks at a file
// that is written all the time uses these, and not stat(2).
#pragma once

#include <sys/stat.h>

namespace chathook {

// Sets st_dev, st_ino, st_mode, st_nlink and st_size of `status`. Symbolic links are followed. Returns 0, or
// -1 with errno, as stat(2) does. `name` is relative to `directory`, or absolute.
int look_up(int directory, const char* name, struct stat& status) noexcept;

// Of an open file, which may have been opened with O_PATH.
int look_at(int descriptor, struct stat& status) noexcept;

}  // namespace chathook
