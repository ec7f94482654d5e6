#include "sinks/event_lines.hpp"
#include "support/error_text.hpp"
#include "support/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace chathook::sinks {
namespace {

constexpr std::string_view before_id = R"({"specversion":"1.0","id":")";
constexpr std::size_t id_bytes = 36;
constexpr std::string_view behind_id = R"(","source":"/sources/)";

// Whether `text` begins with `form` or is a prefix of it.
bool fits(std::string_view text, std::string_view form) noexcept {
    return text.substr(0, form.size()) == form.substr(0, text.size());
}

bool is_id_character(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; }

}  // namespace

Head head_of(std::string_view line) noexcept {
    if (!fits(line, before_id)) return Head::foreign;
    if (line.size() <= before_id.size()) return Head::partial;
    line.remove_prefix(before_id.size());
    if (!std::ranges::all_of(line.substr(0, id_bytes), is_id_character)) return Head::foreign;
    if (line.size() <= id_bytes) return Head::partial;
    line.remove_prefix(id_bytes);
    if (!fits(line, behind_id)) return Head::foreign;
    return line.size() < behind_id.size() ? Head::partial : Head::ours;
}

std::optional<Head> first_line_of(int file) noexcept {
    std::array<char, event_head_bytes> bytes;
    ssize_t read = 0;
    do {
        read = ::pread(file, bytes.data(), bytes.size(), 0);
    } while (read < 0 && errno == EINTR);
    if (read < 0) return std::nullopt;
    const std::string_view text(bytes.data(), static_cast<std::size_t>(read));
    const bool whole = text.find('\n') != std::string_view::npos;
    const Head head = head_of(text.substr(0, text.find('\n')));
    return head == Head::partial && whole ? Head::foreign : head;
}

std::optional<Head> first_line_of(const std::string& path, std::string& problem) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        problem = error_text(errno);
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        problem = "it is not a regular file";
        return std::nullopt;
    }
    const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!opened) {
        problem = "it cannot be read: " + error_text(errno);
        return std::nullopt;
    }
    if (::flock(opened.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        problem = "another sink or process is writing to it";
        return std::nullopt;
    }
    const auto head = first_line_of(opened.get());
    if (!head) problem = "it cannot be read";
    return head;
}

}  // namespace chathook::sinks
