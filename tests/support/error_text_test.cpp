#include "support/error_text.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <string>

namespace chathook {

TEST_CASE("the text for a full disk or an exhausted limit says what can be changed") {
    CHECK(error_text(ENOSPC) == "the disk is full");
    CHECK(error_text(EDQUOT) == "the disk quota is used up");
    CHECK(error_text(EFBIG).find("LimitFSIZE=") != std::string::npos);
    CHECK(error_text(EMFILE).find("LimitNOFILE=") != std::string::npos);
    CHECK(error_text(ENFILE).find("fs.file-max") != std::string::npos);
    CHECK(error_text(EIO) == "Input/output error");
}

}  // namespace chathook
