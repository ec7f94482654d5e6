#include "disk/disk_error.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace chathook::disk;

TEST_CASE("an exceeded quota or file size limit is a lack of room, and a failing disk is not") {
    for (const int error : {ENOSPC, EDQUOT, EFBIG}) CHECK(is_lack_of_room(error));
    for (const int error : {EIO, EROFS, EMFILE, 0}) CHECK_FALSE(is_lack_of_room(error));
}

TEST_CASE("a start without room names the bytes needed and the bytes free") {
    CHECK(room_needed("/", 512).find("; about 512 bytes are needed and ") == 0);
    CHECK(room_needed("/does/not/exist", 512) == "; about 512 bytes are needed");
}
