#include "support/file_claim.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>
#include <vector>

namespace chathook {

namespace {

namespace fs = std::filesystem;

constexpr int links_max = 40;                 // as the kernel follows (path_resolution(7))
constexpr int ancestors_max = 200;            // directories above a file
constexpr std::size_t entries_max = 100'000;  // of a directory that is claimed as a whole

// A file's name and the directory that contains it.
struct Name {
    std::optional<FileId> directory;
    std::string text;
};

fs::path directory_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Name name_of(const fs::path& path) { return {file_id(directory_of(path)), path.filename().string()}; }

// The path as configured and with its links resolved: the claim owns both names.
std::vector<Name> names_of(const FileClaim& claim) {
    std::vector<Name> names{name_of(claim.path)};
    if (const fs::path real = followed(claim.path); real != claim.path) names.push_back(name_of(real));
    return names;
}

fs::path numbered(const fs::path& path, std::uint64_t number) {
    return path.string() + "." + std::to_string(number);
}

// The existing files of the claim: the file itself and the rotated ones.
std::set<FileId> ids_of(const FileClaim& claim) {
    std::set<FileId> ids;
    const fs::path real = followed(claim.path);
    if (const auto id = file_id(real)) ids.insert(*id);
    for (std::uint64_t number = 1; number <= claim.rotated; ++number) {
        if (const auto id = file_id(numbered(real, number))) ids.insert(*id);
    }
    return ids;
}

enum class Relation { none, same, rotated, torn };

// Which of the names derived from `claimed`, if any, `name` is.
Relation relation(const Name& name, const Name& claimed, std::uint64_t rotated) {
    if (!name.directory || name.directory != claimed.directory) return Relation::none;
    if (name.text == claimed.text) return Relation::same;
    if (!name.text.starts_with(claimed.text)) return Relation::none;
    const std::string rest = name.text.substr(claimed.text.size());
    if (rest.starts_with(torn_suffix)) return Relation::torn;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), number);
    const bool is_number = rest.front() == '.' && error == std::errc() && end == rest.data() + rest.size();
    const bool is_ours =
        is_number && number >= 1 && number <= rotated && rest == "." + std::to_string(number);
    return is_ours ? Relation::rotated : Relation::none;
}

std::optional<std::string> conflict_of_files(const FileClaim& mine, const FileClaim& other) {
    for (const Name& here : names_of(mine)) {
        for (const Name& there : names_of(other)) {
            switch (relation(here, there, other.rotated)) {
                case Relation::same: return "is already the file of " + other.owner;
                case Relation::rotated: return "is a name that " + other.owner + " rotates its file to";
                case Relation::torn: return "is a name for the torn rests of " + other.owner;
                case Relation::none: break;
            }
            switch (relation(there, here, mine.rotated)) {
                case Relation::rotated: return "would be rotated to the name of the file of " + other.owner;
                case Relation::torn: return "has the file of " + other.owner + " among its torn rests";
                default: break;
            }
        }
    }
    const std::set<FileId> mine_ids = ids_of(mine);
    const std::set<FileId> other_ids = ids_of(other);
    const bool shared =
        std::ranges::any_of(mine_ids, [&](const FileId& id) { return other_ids.contains(id); });
    if (shared) return "is, under another name, a file of " + other.owner;
    return std::nullopt;
}

// The directory itself and everything in it now.
std::set<FileId> ids_within(const fs::path& directory) {
    std::set<FileId> ids;
    if (const auto id = file_id(directory)) ids.insert(*id);
    std::error_code failure;
    fs::recursive_directory_iterator entry(directory, fs::directory_options::skip_permission_denied, failure);
    for (; !failure && entry != fs::recursive_directory_iterator() && ids.size() < entries_max;
         entry.increment(failure)) {
        if (const auto id = file_id(entry->path())) ids.insert(*id);
    }
    return ids;
}

// Compares by name, for a directory that does not exist yet.
bool lies_below(const fs::path& path, const fs::path& directory) {
    std::error_code failure;
    const fs::path below = fs::weakly_canonical(fs::absolute(path), failure);
    if (failure) return false;
    const fs::path above = fs::weakly_canonical(fs::absolute(directory), failure);
    if (failure) return false;
    const auto [end, unused] = std::mismatch(above.begin(), above.end(), below.begin(), below.end());
    return end == above.end() || (std::next(end) == above.end() && end->empty());
}

bool stands_in(const fs::path& path, const std::set<FileId>& ids) {
    fs::path directory = directory_of(path);
    std::optional<FileId> before;
    for (int above = 0; above < ancestors_max; ++above) {
        const auto id = file_id(directory);
        if (!id || id == before) return false;  // the root is its own parent
        if (ids.contains(*id)) return true;
        before = id;
        directory /= "..";
    }
    return false;
}

std::optional<std::string> conflict_with_directory(const FileClaim& mine, const FileClaim& other) {
    const std::set<FileId> ids = ids_within(other.path);
    for (const fs::path& path : {mine.path, followed(mine.path)}) {
        if (stands_in(path, ids) || lies_below(path, other.path)) {
            return "lies in the directory of " + other.owner;
        }
    }
    const std::set<FileId> files = ids_of(mine);
    if (std::ranges::any_of(files, [&](const FileId& id) { return ids.contains(id); })) {
        return "is, under another name, a file of " + other.owner;
    }
    return std::nullopt;
}

std::optional<FileId> id_of(const struct stat& status) { return FileId{status.st_dev, status.st_ino}; }

}  // namespace

std::optional<FileId> file_id(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? id_of(status) : std::nullopt;
}

std::optional<FileId> file_id(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 ? id_of(status) : std::nullopt;
}

fs::path followed(fs::path path) {
    for (int links = 0; links < links_max; ++links) {
        std::error_code none;
        const fs::path target = fs::read_symlink(path, none);
        if (none) return path;
        path = target.is_absolute() ? target : directory_of(path) / target;
    }
    return path;
}

std::optional<std::string> conflict(const FileClaim& mine, const FileClaim& other) {
    return other.kind == FileClaim::Kind::directory ? conflict_with_directory(mine, other)
                                                    : conflict_of_files(mine, other);
}

}  // namespace chathook
