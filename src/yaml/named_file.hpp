// A file that the configuration names for reading: that of a secret, or of an option such as tls.ca. Plain
// values; any thread.
#pragma once

#include <filesystem>
#include <string>

namespace chathook::yaml {

struct NamedFile {
    std::string key;  // the key that names the file
    std::filesystem::path path;
};

}  // namespace chathook::yaml
