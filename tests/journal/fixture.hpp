// Shared by the journal's tests: events, and appending as a network thread does it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/event.hpp>

#include "journal/journal.hpp"
#include "support/clock.hpp"
#include "support/metrics.hpp"
#include "support/temp_directory.hpp"

// Prints a Result in a failed check.
namespace chathook {
inline std::ostream& operator<<(std::ostream& out, Errc error) { return out << reason_code(error); }
namespace journal {
inline bool operator==(const Appended& a, const Appended& b) {
    return a.sequence == b.sequence && a.duplicate == b.duplicate;
}
inline std::ostream& operator<<(std::ostream& out, const Appended& appended) {
    return out << appended.sequence << (appended.duplicate ? " again" : "");
}
inline std::ostream& operator<<(std::ostream& out, const std::vector<Appended>& appended) {
    for (const Appended& each : appended) out << each << ", ";
    return out;
}
}  // namespace journal
}  // namespace chathook

namespace chathook::journal::test {

using chathook::test::TempDirectory;

class RecordingMetrics final : public JournalMetrics {
public:
    void committed(std::size_t events, std::chrono::nanoseconds) override {
        events_ += events;
        ++commits_;
    }
    void set_bytes(std::uint64_t bytes, std::uint64_t) override { bytes_ = bytes; }
    void set_disk_free(std::uint64_t bytes) override { disk_free_ = bytes; }
    void rejections_unrecorded(std::size_t rejections) noexcept override { unrecorded_ += rejections; }

    void clock_jumped() override { ++clock_jumps_; }
    void dead_letters_expired(const std::string&, std::size_t events) override { expired_ += events; }

    std::atomic<std::uint64_t> clock_jumps_{0}, expired_{0};
    std::atomic<std::uint64_t> events_{0}, commits_{0}, bytes_{0}, disk_free_{0}, unrecorded_{0};
};

// Keeps the writer's thread busy from the next commit on until released.
class WriterHold {
public:
    explicit WriterHold(Questions& journal);
    ~WriterHold();
    void wait_until_held();
    void release();

private:
    Questions& journal_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    bool released_ = false;
    std::size_t subscription_ = 0;
};

// Recent enough that retention does not delete it.
inline const Instant recently = chathook::now() - std::chrono::minutes(1);

std::string id_of(std::string_view name, Instant received = recently);

// An event whose texts and key follow from `name`; equal names are the same signed event.
Event event_of(std::string_view name, Instant received = recently);

// As a network thread does it: suspended in a coroutine, on an io_context that runs meanwhile.
Result<Appended> append(Intake& journal, Event event, SinkSet sinks = {});
std::vector<Result<Appended>> append_all(Intake& journal, std::vector<Event> events, SinkSet sinks = {});

// A request of events with these names, each between two bytes of an envelope with an id of its own.
Parcel parcel_of(const std::vector<std::string>& names, SinkSet sinks = {}, Instant received = recently);
// The same with another event in front.
Parcel with_first(const Parcel& parcel, Event event);
// The accepted body.
std::string body_of(const Parcel& parcel);
std::vector<std::string> names(std::size_t count, const std::string& begin = "event ");
using Answers = std::vector<Appended>;
Result<Answers> append_parcel(Intake& journal, Parcel parcel);

// The sequences of due events.
std::vector<std::uint64_t> due(Reader& reader, SinkNumber sink, std::uint64_t after = 0);
std::vector<std::uint64_t> found(Reader& reader, const Query& query = {});

Settlement delivered(std::uint64_t sequence);
Settlement dead(std::uint64_t sequence, std::string reason = "refused with status 422");
// An attempt that failed; the next one follows after `pause`.
Settlement tried(std::uint64_t sequence, unsigned attempts = 1, std::string reason = "HTTP 503",
                 std::chrono::seconds pause = std::chrono::seconds(1));

// Whether `condition` becomes true within ten seconds. For work that the writer does later.
bool eventually(const std::function<bool()>& condition);

// A directory for a journal, in which a test opens it, also with errors.
struct Place {
    Place() {
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = 1 << 20;
    }
    std::unique_ptr<Journal> open();

    // The exit code and the sentence with which opening fails.
    std::pair<int, std::string> refusal();

    std::filesystem::path file(const char* name = "journal.sqlite") const {
        return settings.directory / name;
    }

    TempDirectory directory;
    JournalSettings settings;
    RecordingMetrics metrics;
    std::mutex mutex;
    std::vector<std::string> fatal;  // what on_fatal was called with
};

// The bytes of a file.
std::string content_of(const std::filesystem::path& file);

inline bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

using Sequences = std::vector<std::uint64_t>;

}  // namespace chathook::journal::test
