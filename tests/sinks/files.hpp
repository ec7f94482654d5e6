// Writes small files, and says what they should hold.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <chathook/sink.hpp>

#include "support/file_content.hpp"

namespace chathook::test {

inline void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

// The lines of a file with these events.
inline std::string lines_of(const std::vector<Delivery>& deliveries) {
    std::string text;
    for (const Delivery& delivery : deliveries) text += delivery.event->line() + '\n';
    return text;
}

}  // namespace chathook::test
