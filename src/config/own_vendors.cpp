#include "config/own_vendors.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>

#include "config/sections.hpp"
#include "support/error_text.hpp"
#include "support/file_descriptor.hpp"

namespace chathook::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".yaml";
constexpr std::size_t readers_max = 8;
constexpr std::size_t files_per_reader = 25;

bool is_vendor_name(std::string_view text) { return is_name(text) && text.size() <= vendor_name_bytes_max; }

// What makes a file or a directory one that others could have written; empty: nothing. Whether another owner
// is the daemon's user cannot be known by root, who checks a configuration for it.
std::string fault_of_owner(const struct stat& status, const Known& known) {
    const bool may_be_daemons = known.for_another_user && ::geteuid() == 0;
    if (status.st_uid != 0 && status.st_uid != ::geteuid() && !may_be_daemons) {
        return "belongs to user " + std::to_string(status.st_uid) +
               "; it says whose webhooks are believed, so it must belong to root or to the daemon's user: "
               "chown it";
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return "may be written by its group or by others; it says whose webhooks are believed: run chmod "
               "go-w on it";
    }
    return {};
}

// For root, who passed fault_of_owner() with another user's file.
std::string doubt_of_owner(const Descriptor& open) {
    struct stat status {};
    if (!open || ::fstat(open.get(), &status) != 0) return {};
    if (status.st_uid == 0 || status.st_uid == ::geteuid()) return {};
    return "belongs to user " + std::to_string(status.st_uid) +
           "; that is right only if the daemon runs as this user, or else it will refuse it";
}

// What is wrong with an open file; empty: nothing.
std::string fault_of_file(const struct stat& status, const Known& known) {
    if (!S_ISREG(status.st_mode)) return "is not a regular file; take it out of vendors_dir";
    if (static_cast<std::size_t>(status.st_size) > vendor_file_bytes_max) {
        return "is larger than 256KiB; check that it is a vendor file";
    }
    return fault_of_owner(status, known);
}

// Reads at most one byte more than a file may have. nullopt: errno says why.
std::optional<std::string> read_whole(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return std::nullopt;
    // One byte more than it had, and room for what is added meanwhile.
    const std::size_t expected = std::min(static_cast<std::size_t>(status.st_size), vendor_file_bytes_max);
    std::string text(expected + 1, '\0');
    std::size_t size = 0;
    while (true) {
        const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        size += static_cast<std::size_t>(got);
        if (size < text.size()) continue;
        if (size > vendor_file_bytes_max) break;
        text.resize(vendor_file_bytes_max + 1);
    }
    text.resize(size);
    return text;
}

// The names in a directory, sorted. Hidden files, which editors and package managers leave, are passed over.
// nullopt: errno says why.
std::optional<std::set<std::string>> names_in(int directory) {
    const int copy = ::fcntl(directory, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return std::nullopt;
    DIR* const listing = ::fdopendir(copy);
    if (listing == nullptr) {
        const int error = errno;
        ::close(copy);
        errno = error;
        return std::nullopt;
    }
    std::set<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(listing)) {  // NOLINT(concurrency-mt-unsafe): a listing of our own
        if (entry->d_name[0] != '.') names.emplace(entry->d_name);
        errno = 0;
    }
    const int error = errno;
    ::closedir(listing);
    errno = error;
    return error == 0 ? std::optional(std::move(names)) : std::nullopt;
}

// None: errno says why.
Descriptor open_vendor_file(int directory, const fs::path& file) {
    return Descriptor(
        ::openat(directory, file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW));
}

// What keeps a file, as open_vendor_file() gave it, from being the vendor `name`; empty: nothing.
std::string fault_of_own(const Descriptor& open, const std::string& name, const Vendors& vendors) {
    struct stat status {};
    if (!open && errno == ELOOP) return "is a symbolic link; vendors_dir has to have the file itself";
    if (!open || ::fstat(open.get(), &status) != 0) return "cannot be read: " + error_text(errno);
    if (std::string fault = fault_of_file(status, vendors.known()); !fault.empty()) return fault;
    if (!is_vendor_name(name)) {
        return "is no name of a vendor; it has 1 to 40 characters of a-z, 0-9 and '-' before .yaml";
    }
    if (name == unnamed_vendor || vendors.has(name)) {
        return "has the name of a vendor that the program has already; rename the file, as in " + name +
               "-own.yaml";
    }
    return {};
}

// Makes vendors of the texts: each takes a fraction of a millisecond, so that hundreds are shared among the
// processors.
void read_vendors(std::vector<OwnFile>& files, const VendorReader& reader) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < files.size(); i = next++) {
            OwnFile& file = files[i];
            if (file.text) file.vendor = reader.read(file.name(), *file.text, file.findings);
        }
    };
    const std::size_t wanted = std::min<std::size_t>(
        {readers_max, std::thread::hardware_concurrency(), files.size() / files_per_reader});
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
    work();
}

std::string joined_names(const Vendors& vendors) { return joined(vendors.names()); }

}  // namespace

bool Vendors::has(std::string_view name) const {
    return own_.contains(name) || std::ranges::find(known_.vendors, name) != known_.vendors.end();
}

std::shared_ptr<const VendorDefinition> Vendors::find(const std::string& name) const {
    if (const auto found = own_.find(name); found != own_.end()) return found->second;
    const auto* shipped = known_.find_vendor == nullptr ? nullptr : known_.find_vendor(name);
    return {std::shared_ptr<const void>(), shipped};  // it lives as long as the program
}

const std::vector<std::string>& Vendors::names() const {
    if (!names_.empty()) return names_;
    for (const auto& [name, ignored] : own_) names_.push_back(name);
    names_.insert(names_.end(), known_.vendors.begin(), known_.vendors.end());
    return names_;
}

std::string fault_of_own_vendor(const fs::path& file, const Known& known) {
    if (!file.filename().string().ends_with(ending)) {
        return "does not end in .yaml, so that vendors_dir passes it over; rename it";
    }
    const Vendors shipped(known);
    const std::string name = file.stem().string();
    const Descriptor open = open_vendor_file(AT_FDCWD, file);
    return fault_of_own(open, name, shipped);
}

void Vendors::read_directory(const Place& root) {
    const Place at = root.key(
        "vendors_dir", {"A directory with vendor files of your own, NAME.yaml.",
                        "See [vendor-files.md](vendor-files.md). It and the files must belong to root or to "
                        "the daemon's user, and be writable by nobody else. Their names count where those of "
                        "the program's vendors do. They are read again on SIGHUP."});
    fs::path path;
    if (!at.path_name(path) || known_.vendor_reader == nullptr) return;
    at.findings().named_files.push_back({"vendors_dir", path});
    lacks_some_ = has_directory_ = true;
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status {};
    if (!directory || ::fstat(directory.get(), &status) != 0) {
        at.error("the directory " + in_quotes(path.string()) + " cannot be read: " + error_text(errno) +
                 "; make it, or leave the key out");
        return;
    }
    if (const std::string fault = fault_of_owner(status, known_); !fault.empty()) {
        at.error("the directory " + in_quotes(path.string()) + " " + fault);
        return;
    }
    auto listed = names_in(directory.get());
    if (!listed) {
        at.error("the directory " + in_quotes(path.string()) + " cannot be listed: " + error_text(errno));
        return;
    }
    std::set<std::string>& names = *listed;
    std::erase_if(names, [&](const std::string& name) {
        if (name.ends_with(".yml")) {
            at.warning(in_quotes(name) + " is not read, because it ends in .yml; rename it to .yaml");
        }
        return !name.ends_with(ending);
    });
    if (names.size() > vendor_files_max) {
        at.error("has more than " + std::to_string(vendor_files_max) + " vendor files; take some out");
        return;
    }
    if (const std::string doubt = doubt_of_owner(directory); !doubt.empty())
        at.warning("the directory " + in_quotes(path.string()) + " " + doubt);
    std::vector<OwnFile> files;
    for (const std::string& name : names) files.push_back(read_file(directory.get(), path / name));
    read_vendors(files, *known_.vendor_reader);
    for (OwnFile& file : files) take(at, std::move(file));
    lacks_some_ = false;
}

OwnFile Vendors::read_file(int directory, const fs::path& path) const {
    OwnFile file{.path = path};
    const auto fail = [&](const std::string& why) { file.findings.error(0, "", why); };
    const Descriptor open = open_vendor_file(directory, path.filename());
    const std::string fault = fault_of_own(open, file.name(), *this);
    if (!fault.empty()) {
        fail(fault);
        return file;
    }
    auto text = read_whole(open.get());
    if (!text) {
        fail("cannot be read: " + error_text(errno));
    } else if (text->size() > vendor_file_bytes_max) {
        fail("is larger than 256KiB; check that it is a vendor file");
    } else if (is_plain_text(*text, file.findings)) {
        file.text = std::move(*text);
    }
    if (const std::string doubt = doubt_of_owner(open); file.findings.errors() == 0 && !doubt.empty())
        file.findings.warning(0, "", doubt);
    return file;
}

void Vendors::take(const Place& at, OwnFile file) {
    names_.clear();
    const bool usable = file.findings.errors() == 0;
    own_.emplace(file.name(),
                 usable ? std::move(file.vendor) : nullptr);  // sources that name it are not wrong
    for (Problem& problem : file.findings.problems) {
        problem.file = file.path;
        at.findings().problems.push_back(std::move(problem));
    }
}

namespace {

// A vendor that the source describes itself.
void read_described(const Place& at, const Place& named, const Vendors& vendors, Findings& inside,
                    Source& source) {
    source.vendor = unnamed_vendor;
    if (named.text(source.vendor)) {
        if (!is_vendor_name(source.vendor)) {
            named.error("not a name for a vendor; a name has 1 to 40 characters of a-z, 0-9 and '-'");
        } else if (vendors.has(source.vendor)) {
            named.error(in_quotes(source.vendor) +
                        " says already how it signs; take verify out of this source, or give its vendor "
                        "another name");
        }
    }
    source.definition = vendors.known().vendor_reader->read_within(source.vendor, at.heard_by(inside));
}

// Where a vendor of that name would be looked for.
std::string hint_for(const std::string& name, const Vendors& vendors) {
    const bool is_path = name.find('/') != name.npos || name.ends_with(ending);
    const std::string file = fs::path(name).stem().string() + std::string(ending);
    if (is_path && is_vendor_name(fs::path(name).stem().string()))
        return "; put the file into vendors_dir, and write its name without .yaml";
    if (!is_vendor_name(name)) return {};
    return vendors.has_directory()
               ? "; there is no " + file + " in vendors_dir"
               : "; one of your own is a file " + file + " in the directory vendors_dir, which is not set";
}

void read_named(const Place& at, const Place& named, const Vendors& vendors, Findings& inside,
                Source& source) {
    if (!named.required("write one of: " + joined_names(vendors) + "; or verify: with how it signs")) return;
    // It may be in the directory that could not be read, which is reported there.
    if (vendors.lacks_some() && named.text(source.vendor) && !vendors.has(source.vendor)) return;
    if (named.text(source.vendor) && !vendors.has(source.vendor)) {
        const std::vector<std::string>& names = vendors.names();
        named.asked({.kind = Asked::Kind::choice, .choices = names});
        const std::string similar = suggestion(source.vendor, names);
        named.error(in_quotes(source.vendor) + " is not one of: " + joined(names) +
                    (similar.empty() ? hint_for(source.vendor, vendors) : similar));
        return;
    }
    if (!named.choice(source.vendor, vendors.names())) return;
    source.definition = vendors.find(source.vendor);
    const Place map = at["map"].heard_by(inside);
    const Place identity = at["identity"].heard_by(inside);
    for (const char* key : {"answer", "handshake"}) {
        if (at.holds(key)) at[key].error("belongs to verify; take it out");
    }
    if (identity.present() && !map.present()) {
        at["identity"].error("stands beside a map of the source's own; write map, too, or take it out");
    }
    const bool usable = source.definition != nullptr && vendors.known().vendor_reader != nullptr;
    if (!map.present() || !usable) return;
    source.definition = vendors.known().vendor_reader->with_map(source.definition, map, identity);
}

}  // namespace

void read_source_vendor(const Place& at, const Vendors& vendors, Source& source) {
    const Place named =
        at.key("vendor",
               {"Whose webhooks these are: a vendor of the program or of `vendors_dir`.",
                "`chathookd vendors` lists those of the program. One of `vendor` and `verify` is required; "
                "with `verify` it is a name of your choice, `custom` if left out."});
    const auto tree = [&](std::string_view name, const KeyText& words) {
        at.key(name, words).asked({.kind = Asked::Kind::tree});
    };
    tree("verify", {"How the vendor signs, in place of a `vendor` that says so.",
                    "As in a [vendor file](vendor-files.md#verify)."});
    tree("identity", {"What tells events apart, with `verify` or `map`.",
                      "As in a [vendor file](vendor-files.md#identity)."});
    tree("handshake", {"What is answered when the webhook is set up, with `verify`.",
                       "As in a [vendor file](vendor-files.md#handshake)."});
    tree("answer", {"What is answered, with `verify`.", "As in a [vendor file](vendor-files.md#top-level)."});
    tree("map", {"What the bodies say, with `verify`, or in place of the vendor's own.",
                 "As in a [vendor file](vendor-files.md#map)."});
    Findings inside;
    const bool described = at.holds("verify") && vendors.known().vendor_reader != nullptr;
    if (described) {
        read_described(at, named, vendors, inside, source);
    } else {
        read_named(at, named, vendors, inside, source);
    }
    if (inside.errors() != 0) source.definition.reset();
    auto& problems = at.findings().problems;
    problems.insert(problems.end(), inside.problems.begin(), inside.problems.end());
}

}  // namespace chathook::config
