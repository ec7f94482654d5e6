#include "config/secrets.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "config/guessable.hpp"
#include "support/error_text.hpp"
#include "support/file_descriptor.hpp"

namespace chathook::config {

namespace {

constexpr std::size_t secret_file_bytes_max = 16 * 1024;

// A file's bytes before they go into a SecretBytes: on the stack, so that no allocator keeps a copy.
struct FileBytes {
    std::array<char, secret_file_bytes_max + 1> bytes{};
    std::size_t size = 0;
    ~FileBytes() { explicit_bzero(bytes.data(), bytes.size()); }
};

std::string reason(int error) { return error_text(error); }

SecretOrProblem problem(std::string text) { return {std::nullopt, std::move(text)}; }

// 0, or the errno of the failure.
int read_whole(int fd, FileBytes& into) {
    while (into.size < into.bytes.size()) {
        const ssize_t got = ::read(fd, into.bytes.data() + into.size, into.bytes.size() - into.size);
        if (got == 0) return 0;
        if (got > 0) {
            into.size += static_cast<std::size_t>(got);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

// Null if it is unset or empty.
const char* credentials_directory() {
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    return directory == nullptr || *directory == '\0' ? nullptr : directory;
}

std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

// A secret written by mistake where its name belongs must not appear in a message, so text that looks random
// is not shown.
std::string shown_name(const std::string& name) {
    const bool is_path = name.starts_with('/') || name.starts_with("./") || name.starts_with("../");
    return is_path || looks_like_name(name) ? in_quotes(name) : "that is named here";
}

enum class Access { owner_only, any };

SecretOrProblem read_secret_file(const std::filesystem::path& path, Access access) {
    const std::string shown = shown_name(path.string());
    // O_NONBLOCK, because a FIFO would otherwise block the start for ever.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!file) return problem("cannot read the secret file " + shown + ": " + reason(errno));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        return problem("cannot read the secret file " + shown + ": " + reason(errno));
    if (!S_ISREG(status.st_mode))
        return problem(shown + " is not a regular file; name a file that holds the secret");
    if (access == Access::owner_only && (status.st_mode & 077) != 0) {
        return problem("the secret file " + shown + " is open to its group or to others; run: chmod 600 " +
                       path.string());
    }
    FileBytes bytes;
    if (const int error = read_whole(file.get(), bytes); error != 0) {
        return problem("cannot read the secret file " + shown + ": " + reason(error));
    }
    if (bytes.size > secret_file_bytes_max) {
        return problem("the secret file " + shown +
                       " is larger than 16KiB; name a file that holds only the secret");
    }
    const std::string_view text = without_line_end({bytes.bytes.data(), bytes.size});
    if (text.empty()) return problem("the secret file " + shown + " is empty; write the secret into it");
    return {SecretBytes(text), {}, path, "in the file " + shown};
}

}  // namespace

SecretOrProblem secret_from_environment(const std::string& name) {
    if (name.empty()) return problem("names no environment variable");
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing sets any
    if (value == nullptr)
        return problem("the environment variable " + shown_name(name) + " is not set; set it");
    if (*value == '\0') return problem("the environment variable " + shown_name(name) + " is empty; set it");
    return {SecretBytes(value), {}, {}, "in the environment variable " + shown_name(name)};
}

SecretOrProblem secret_from_file(const std::filesystem::path& path) {
    if (path.empty()) return problem("names no file");
    return read_secret_file(path, Access::owner_only);
}

SecretOrProblem secret_from_credential(const std::string& name) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
        return problem("credential " + shown_name(name) +
                       " is not the name of a credential; write the name alone, without a path");
    }
    const char* directory = credentials_directory();
    if (directory == nullptr) {
        return problem("$CREDENTIALS_DIRECTORY is not set, so there is no credential " + shown_name(name) +
                       "; run as a systemd service with LoadCredential=, or use file");
    }
    // Access rights are up to the service manager, which makes the directory for this service only.
    return read_secret_file(std::filesystem::path(directory) / name, Access::any);
}

bool credentials_given() { return credentials_directory() != nullptr; }

bool is_reference(std::string_view text) {
    return text.starts_with("env:") || text.starts_with("file:") || text.starts_with("credential:");
}

SecretOrProblem dereference(std::string_view reference) {
    const std::string name(is_reference(reference) ? reference.substr(reference.find(':') + 1) : "");
    if (reference.starts_with("env:")) return secret_from_environment(name);
    if (reference.starts_with("file:")) return secret_from_file(name);
    if (reference.starts_with("credential:")) return secret_from_credential(name);
    return problem("a secret is named, not written out; write env:NAME, file:PATH or credential:NAME");
}

SecretOrProblem resolve_secret(std::string_view reference) {
    SecretOrProblem found = dereference(reference);
    if (!found.secret) return found;
    if (const auto why = why_guessable(found.secret->view())) return problem("the secret there " + *why);
    return found;
}

}  // namespace chathook::config
