#include "support/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "support/file_descriptor.hpp"

namespace chathook {
namespace {

constexpr int first_descriptor = 3;  // SD_LISTEN_FDS_START

std::string_view variable(const char* name) noexcept {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

template <class Number>
std::optional<Number> number_in(const char* name) noexcept {
    const std::string_view text = variable(name);
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::vector<std::string> names_of(int count) {
    if (std::getenv("LISTEN_FDNAMES") == nullptr)
        return std::vector<std::string>(static_cast<std::size_t>(count), "unknown");
    std::vector<std::string> names(1);
    for (const char byte : variable("LISTEN_FDNAMES")) {
        if (byte == ':') {
            names.emplace_back();
        } else {
            names.back() += byte;
        }
    }
    return names;
}

}  // namespace

void notify_service_manager(std::string_view state) noexcept {
    const std::string_view path = variable("NOTIFY_SOCKET");
    ::sockaddr_un name{};
    // A name that begins with '@' is abstract: that byte is a zero.
    if (path.size() < 2 || (path.front() != '/' && path.front() != '@') || path.size() > sizeof name.sun_path)
        return;
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, path.size());
    if (path.front() == '@') name.sun_path[0] = '\0';
    const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<::socklen_t>(offsetof(::sockaddr_un, sun_path) + path.size());
    ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
             reinterpret_cast<const ::sockaddr*>(&name), size);
}

std::optional<std::chrono::microseconds> watchdog_patience() noexcept {
    const auto patience = number_in<std::int64_t>("WATCHDOG_USEC");
    if (!patience || *patience <= 0) return std::nullopt;
    const bool for_another = std::getenv("WATCHDOG_PID") != nullptr &&
                             number_in<::pid_t>("WATCHDOG_PID") != std::optional(::getpid());
    if (for_another) return std::nullopt;
    return std::chrono::microseconds(*patience);
}

std::vector<InheritedSocket> inherited_sockets() {
    std::vector<InheritedSocket> sockets;
    const auto count = number_in<int>("LISTEN_FDS");
    if (number_in<::pid_t>("LISTEN_PID") != std::optional(::getpid()) || !count || *count < 1) return sockets;
    // More than the process can have open is not what a manager said.
    if (*count > ::sysconf(_SC_OPEN_MAX) - first_descriptor) return sockets;
    const auto names = names_of(*count);
    if (names.size() != static_cast<std::size_t>(*count)) return sockets;
    for (int at = 0; at < *count; ++at) {
        ::fcntl(first_descriptor + at, F_SETFD, FD_CLOEXEC);
        sockets.push_back({first_descriptor + at, names[static_cast<std::size_t>(at)]});
    }
    return sockets;
}

}  // namespace chathook
