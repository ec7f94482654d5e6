#include "support/error_text.hpp"

#include <cerrno>
#include <system_error>

namespace chathook {

std::string error_text(int error) {
    switch (error) {
        case ENOSPC: return "the disk is full";
        case EDQUOT: return "the disk quota is used up";
        case EFBIG: return "the limit on the size of a file is reached (ulimit -f, LimitFSIZE=)";
        case EMFILE: return "the limit on open files is reached (ulimit -n, LimitNOFILE=)";
        case ENFILE: return "the system's limit on open files is reached (sysctl fs.file-max)";
        default: return std::generic_category().message(error);
    }
}

}  // namespace chathook
