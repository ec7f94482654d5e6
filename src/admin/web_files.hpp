// The web page at the admin address: its files are built into the program (web/, web_files.cmake). Pure; any
// thread.
#pragma once

#include <span>
#include <string_view>

#include <chathook/reply.hpp>

namespace chathook::admin {

struct WebFile {
    std::string_view path;  // "/page/app.js"
    std::string_view content_type;
    std::string_view content;
};

std::span<const WebFile> web_files() noexcept;

// Null: no such file.
const WebFile* find_web_file(std::string_view path) noexcept;

// The file with header fields that keep a browser from running or requesting anything but these files and the
// API.
Reply answer_with(const WebFile& file);

}  // namespace chathook::admin
