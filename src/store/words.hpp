// The engine uses the names of the room below it, and those of src/journal and src/sqlite, without their
// namespaces.
#pragma once

#include "format/words.hpp"

namespace chathook::store {

using namespace format;  // NOLINT(google-build-using-namespace): both rooms are one engine

}  // namespace chathook::store
