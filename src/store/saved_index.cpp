#include "store/saved_index.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "disk/crc32c.hpp"
#include "support/error_text.hpp"
#include "support/file_descriptor.hpp"

namespace chathook::store {
namespace {

constexpr const char* new_file_name = "index.new";

// The file: this, the entries of each part, and those beside. Numbers as the machine has them, which the file
// does not leave.
struct Head {
    std::array<char, 8> magic;
    IndexIdentity identity;
    std::uint64_t file, bytes;
    std::int64_t modified, status;
    std::uint64_t newest;
    std::int64_t clock;
    std::uint64_t beside;                              // how many
    std::array<std::uint32_t, KeyIndex::parts> sizes;  // entries of each part
    std::array<std::uint32_t, KeyIndex::parts> sums;   // CRC-32C over them
    std::uint32_t beside_sum;
    std::uint32_t sum;  // over the head up to here
};
static_assert(std::has_unique_object_representations_v<Head>);
static_assert(std::has_unique_object_representations_v<KeyIndex::Entry>);
static_assert(std::has_unique_object_representations_v<KeyIndex::Beside>);

constexpr std::array<char, 8> magic{'c', 'h', 'j', 'i', 'd', 'x', '0', '1'};

template <class Thing>
std::string_view bytes_of(std::span<const Thing> things) noexcept {
    return {reinterpret_cast<const char*>(things.data()), things.size_bytes()};
}

std::uint32_t sum_of(const Head& head) noexcept {
    return disk::crc32c(0, bytes_of(std::span(&head, 1)).substr(0, offsetof(Head, sum)));
}

bool fits(const Head& head, const IndexedDatabase& database) noexcept {
    return head.file == database.file && head.bytes == database.bytes && head.modified == database.modified &&
           head.status == database.status && head.newest == database.newest;
}

// Writes at a place, and counts it on.
void put(int file, std::string_view bytes, std::uint64_t& at) {
    while (!bytes.empty()) {
        const ssize_t put = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) throw IndexProblem(error_text(put < 0 ? errno : ENOSPC));
        bytes.remove_prefix(static_cast<std::size_t>(put));
        at += static_cast<std::uint64_t>(put);
    }
}

template <class Thing>
void get(int file, std::span<Thing> things, std::uint64_t& at) {
    char* into = reinterpret_cast<char*>(things.data());
    for (std::size_t left = things.size_bytes(); left > 0;) {
        const ssize_t got = ::pread(file, into, left, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw IndexProblem(error_text(errno));
        if (got == 0) throw IndexProblem("its file is cut");
        into += got;
        left -= static_cast<std::size_t>(got);
        at += static_cast<std::uint64_t>(got);
    }
}

std::int64_t nanoseconds(const timespec& time) noexcept {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// As large as the head says: no count in it is believed before that.
void require_size(int file, const Head& head) {
    std::uint64_t entries = 0;
    for (const std::uint32_t size : head.sizes) entries += size;
    struct stat found {};
    const bool known = ::fstat(file, &found) == 0 && S_ISREG(found.st_mode);
    const std::uint64_t bytes = known ? static_cast<std::uint64_t>(found.st_size) : 0;
    const std::uint64_t rest = bytes - std::min<std::uint64_t>(bytes, sizeof head);
    if (rest / sizeof(KeyIndex::Beside) < head.beside ||
        rest != entries * sizeof(KeyIndex::Entry) + head.beside * sizeof(KeyIndex::Beside)) {
        throw IndexProblem("its file has another size");
    }
}

Head head_of(int file, const IndexedDatabase& database, Instant clock, std::uint64_t& at) {
    Head head{};
    get(file, std::span(&head, 1), at);
    if (head.magic != magic || head.sum != sum_of(head)) throw IndexProblem("its file is damaged");
    if (head.identity != database.identity) throw IndexProblem("it is of another stop or another journal");
    if (!fits(head, database))
        throw IndexProblem("the database was changed, copied or put back since the stop");
    // Ages would be counted anew for events that seem to come from the future.
    if (Instant(std::chrono::microseconds(head.clock)) > clock + Epochs::slack)
        throw IndexProblem("the journal's clock went back");
    require_size(file, head);
    return head;
}

}  // namespace

IndexIdentity new_index_identity() {
    IndexIdentity identity{};
    if (::getentropy(identity.data(), identity.size()) != 0) throw IndexProblem(error_text(errno));
    return identity;
}

void write_index_identity(Database& database, const IndexIdentity& identity) {
    database.execute("CREATE TABLE IF NOT EXISTS saved_index(identity BLOB NOT NULL) STRICT");
    remove_index_identity(database);
    Statement(database, "INSERT INTO saved_index(identity) VALUES(?1)").execute(blob_of(identity));
}

void remove_index_identity(Database& database) { database.execute("DELETE FROM saved_index"); }

std::optional<IndexIdentity> index_identity(Database& database) {
    if (database.value_of("SELECT count(*) FROM sqlite_schema WHERE name = 'saved_index'") == "0")
        return std::nullopt;
    Statement saved(database, "SELECT identity FROM saved_index");
    Rows rows = saved.run();
    IndexIdentity identity{};
    if (!rows.next()) return std::nullopt;
    rows.bytes(0).copy(reinterpret_cast<char*>(identity.data()), identity.size());
    return identity;
}

std::uint64_t newest_line(Database& database) {
    Statement newest(database, "SELECT seq FROM ledger ORDER BY seq DESC LIMIT 1");
    Rows rows = newest.run();
    return rows.next() ? rows.number(0) : 0;
}

IndexedDatabase::IndexedDatabase(const IndexIdentity& its_identity, int descriptor, std::uint64_t its_newest)
    : identity(its_identity), newest(its_newest) {
    struct stat found {};
    if (::fstat(descriptor, &found) != 0) throw IndexProblem(error_text(errno));
    file = found.st_ino;
    bytes = static_cast<std::uint64_t>(found.st_size);
    modified = nanoseconds(found.st_mtim);
    status = nanoseconds(found.st_ctim);
}

void SavedIndex::save(const IndexedDatabase& database, Instant clock, const KeyIndex& keys,
                      std::chrono::milliseconds time_max) const {
    const auto until = std::chrono::steady_clock::now() + time_max;
    remove();
    const Descriptor file(
        ::openat(directory_, new_file_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) throw IndexProblem(error_text(errno));
    try {
        Head head{.magic = magic,
                  .identity = database.identity,
                  .file = database.file,
                  .bytes = database.bytes,
                  .modified = database.modified,
                  .status = database.status,
                  .newest = database.newest,
                  .clock = clock.time_since_epoch().count()};
        std::uint64_t at = sizeof head;
        for (std::size_t part = 0; part < KeyIndex::parts; ++part) {
            if (std::chrono::steady_clock::now() >= until) throw IndexProblem("the disk is too slow");
            const auto entries = keys.entries(part);
            const std::string_view bytes = bytes_of(std::span(entries));
            head.sizes[part] = static_cast<std::uint32_t>(entries.size());
            head.sums[part] = disk::crc32c(0, bytes);
            put(file.get(), bytes, at);
        }
        const auto beside = keys.beside();
        head.beside = beside.size();
        head.beside_sum = disk::crc32c(0, bytes_of(std::span(beside)));
        put(file.get(), bytes_of(std::span(beside)), at);
        head.sum = sum_of(head);
        std::uint64_t begin = 0;
        put(file.get(), bytes_of(std::span<const Head>(&head, 1)), begin);
        if (::renameat(directory_, new_file_name, directory_, file_name) != 0)
            throw IndexProblem(error_text(errno));
    } catch (const IndexProblem&) {
        remove();
        throw;
    }
}

bool SavedIndex::exists() const noexcept {
    return ::faccessat(directory_, file_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

KeyIndex SavedIndex::load(const IndexedDatabase& database, Instant clock) const {
    // A pipe of that name would be waited for.
    const Descriptor file(::openat(directory_, file_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) throw IndexProblem(error_text(errno));
    std::uint64_t at = 0;
    const Head head = head_of(file.get(), database, clock, at);
    KeyIndex keys;
    std::vector<KeyIndex::Entry> entries;
    for (std::size_t part = 0; part < KeyIndex::parts; ++part) {
        entries.resize(head.sizes[part]);
        get(file.get(), std::span(entries), at);
        if (disk::crc32c(0, bytes_of(std::span<const KeyIndex::Entry>(entries))) != head.sums[part])
            throw IndexProblem("its file is damaged");
        keys.fill(part, entries);
    }
    std::vector<KeyIndex::Beside> beside(head.beside);
    get(file.get(), std::span(beside), at);
    if (disk::crc32c(0, bytes_of(std::span<const KeyIndex::Beside>(beside))) != head.beside_sum)
        throw IndexProblem("its file is damaged");
    keys.fill_beside(beside);
    return keys;
}

void SavedIndex::remove() const noexcept {
    ::unlinkat(directory_, new_file_name, 0);
    ::unlinkat(directory_, file_name, 0);
}

}  // namespace chathook::store
