// The meaning of a system error number, for messages. Any thread.
#pragma once

#include <string>

namespace chathook {

// The system's own text, in English: "Permission denied". For an exhausted limit or a full disk, the text
// also names what can be changed: "the limit on open files is reached (ulimit -n, LimitNOFILE=)".
std::string error_text(int error);

}  // namespace chathook
