#include "sinks/file.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <chathook/file_owner.hpp>

#include "sinks/event_lines.hpp"
#include "sinks/file_append.hpp"
#include "sinks/file_directory.hpp"
#include "sinks/file_rotation.hpp"
#include "support/log.hpp"

namespace chathook::sinks {
namespace {

class FileSink final : public Sink, public FileOwner {
public:
    FileSink(std::string name, std::string path, std::optional<Rotation> rotation)
        : name_(std::move(name)), file_(std::move(path)), rotation_(rotation) {}

    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        std::vector<Outcome> outcomes;
        {
            const std::lock_guard lock(mutex_);
            outcomes = append(batch, stop);
            lines_.clear();
        }
        close_if_asked();
        return outcomes;
    }

    // Closes the file at once, or, if a delivery is under way, at its end.
    void reopen() noexcept override {
        reopen_ = true;
        close_if_asked();
    }

    OwnedFile file() const override { return {"path", file_.path(), rotation_ ? rotation_->keep : 0}; }

    void be_judged_by(Judge judge) override {
        judge_ = std::move(judge);
        file_.be_judged_by(judge_);
    }

    std::vector<SettingsError> warnings() const override;

private:
    std::vector<Outcome> append(std::span<const Delivery> batch, const std::stop_token& stop) {
        std::vector<Outcome> outcomes;
        while (outcomes.size() < batch.size() && !stop.stop_requested()) {
            const auto rest = batch.subspan(outcomes.size());
            if (const Problem problem = make_ready(rest.front().event->line_size() + 1)) {
                return failed(std::move(outcomes), *problem);
            }
            const Event& next = *rest.front().event;
            const std::size_t events = next.lacks_base64() ? (begin_next() ? 1 : 0) : collect_lines(rest);
            if (events == 0) break;
            if (const Problem problem =
                    next.lacks_base64() ? file_.append_line(next) : file_.append(lines_)) {
                return failed(std::move(outcomes), *problem);
            }
            outcomes.resize(outcomes.size() + events);
        }
        return outcomes;
    }

    static std::vector<Outcome> failed(std::vector<Outcome> outcomes, const std::string& reason) {
        outcomes.push_back({Outcome::Kind::retry, reason, {}});
        return outcomes;
    }

    void close_if_asked() noexcept {
        const std::unique_lock lock(mutex_, std::try_to_lock);
        if (lock.owns_lock() && reopen_.exchange(false)) file_.close();
    }

    Problem make_ready(std::uint64_t line_bytes) {
        if (reopen_.exchange(false)) file_.close();
        if (const Problem problem = file_.open()) return problem;
        if (const auto mended = file_.take_mended()) {
            log(LogLevel::warning, "file_mended",
                {{"sink", name_},
                 {"path", file_.path()},
                 {"removed_bytes", std::to_string(mended->bytes)},
                 {"kept_in", mended->kept_in},
                 {"reason", "the last line was torn; its event is delivered again"}});
        }
        return file_.size() > 0 && !fits(file_.size() + line_bytes) ? rotate() : std::nullopt;
    }

    // A file that cannot be rotated is still written to: an error in the log is better than no deliveries.
    Problem rotate() {
        Dropped dropped;
        const Problem problem = shift(dropped);
        if (problem && !rotation_failing_) {
            log(LogLevel::error, "rotation_failed", {{"sink", name_}, {"reason", *problem}});
        }
        if (!dropped.path.empty()) {
            log(LogLevel::info, "rotated_file_deleted",
                {{"sink", name_}, {"path", dropped.path}, {"bytes", std::to_string(dropped.bytes)}});
        }
        rotation_failing_ = problem.has_value();
        if (problem) return std::nullopt;
        file_.close();
        return file_.open();
    }

    Problem shift(Dropped& dropped) {
        if (judge_) {
            if (Problem others = judge_()) return others;
        }
        if (!file_.begins_with_event()) {
            return file_.path() +
                   ": is not rotated, its first line is not an event of chathookd; move it away";
        }
        return shift_files(file_.real_path(), rotation_->keep, dropped);
    }

    bool fits(std::uint64_t bytes) const { return !rotation_ || bytes <= rotation_->size; }

    // Puts as many events as the file may still take, at least one, into lines_, up to one without its
    // base64. Returns their number; 0 when they are recalled.
    std::size_t collect_lines(std::span<const Delivery> batch) {
        lines_.clear();
        std::uint64_t bytes = 0;
        for (const Delivery& delivery : batch) {
            const Event& event = *delivery.event;
            const bool room = fits(file_.size() + bytes + event.line_size() + 1);
            if (!room && !rotation_failing_ && !lines_.empty()) break;
            if (event.lacks_base64() || !begin_next()) break;
            lines_.push_back(event.text);
            bytes += event.text.size() + 1;
        }
        return lines_.size();
    }

    const std::string name_;
    std::mutex mutex_;  // held during a delivery, and to close the file
    AppendFile file_;
    Judge judge_;
    const std::optional<Rotation> rotation_;
    std::vector<std::string_view> lines_;  // what goes into the file together: views of the batch
    bool rotation_failing_ = false;
    std::atomic<bool> reopen_ = false;
};

std::vector<SettingsError> FileSink::warnings() const {
    std::vector<SettingsError> found;
    const std::string real = followed(file_.path()).string();
    const auto warn = [&](std::string text) { found.push_back({"path", std::move(text)}); };
    struct stat status {};
    if (real.starts_with("/dev/") || real.starts_with("/proc/")) {
        warn(file_.path() +
             ": leads to a device or a stream, on which nothing lasts; for standard output use type: stdout");
    } else if (const auto why = why_not_writable(file_.path(), rotation_.has_value())) {
        warn(file_.path() + ": " + *why);
    } else if (::stat(real.c_str(), &status) == 0 && status.st_size > 0) {
        std::string problem;
        const auto head = first_line_of(real, problem);
        if (head && *head == Head::foreign) {
            warn(file_.path() + ": its first line is not an event of chathookd; name a file of its own");
        }
    }
    if (const auto why = why_too_long(file_.path(), rotation_ ? rotation_->keep : 0))
        warn(file_.path() + ": " + *why);
    if (!rotation_) return found;
    for (std::string& text : rotation_warnings(real, rotation_->keep)) warn(std::move(text));
    return found;
}

}  // namespace

std::span<const OptionSpec> file_options() {
    static constexpr std::array options{
        OptionSpec{.key = "path",
                   .kind = OptionKind::path,
                   .required = true,
                   .help = "The file to append to; made with mode 0640 if it is not there, its directory is "
                           "not made.",
                   .more = "`check` and the start [warn](sinks/file.md#a-place-that-is-not-there) where the "
                           "directory is "
                           "missing. Not in the journal's directory, and nobody else's file: see "
                           "[file](sinks/file.md#which-files-are-the-sinks-own)."},
        OptionSpec{.key = "rotate.size",
                   .kind = OptionKind::size,
                   .least = 1,
                   .judged_by_sink = true,
                   .help = "Begin a new file before this one grows beyond this many bytes; unset: never, "
                           "logrotate does it or nobody."},
        OptionSpec{
            .key = "rotate.keep",
            .kind = OptionKind::count,
            .fallback = "10",
            .least = 1,
            .most = rotated_files_max,
            .judged_by_sink = true,
            .help =
                "How many rotated files (path.1 is the newest) to keep; the oldest is deleted, and what has "
                "a higher number is left alone."},
    };
    return options;
}

std::variant<std::unique_ptr<Sink>, SettingsError> make_file_sink(const SinkSettings& settings) {
    std::optional<Rotation> rotation;
    if (settings.has("rotate.size")) {
        rotation = Rotation{.size = settings.number("rotate.size"), .keep = settings.number("rotate.keep")};
        if (rotation->size == 0) {
            return SettingsError{"rotate.size",
                                 "must be at least 1B, not 0; leave it out for a file that never rotates"};
        }
        if (rotation->keep == 0 || rotation->keep > rotated_files_max) {
            return SettingsError{"rotate.keep", "must be from 1 to " + std::to_string(rotated_files_max) +
                                                    ", not " + std::to_string(rotation->keep)};
        }
    }
    const std::string& path = settings.text("path");
    if (path.empty() || path.back() == '/') {
        return SettingsError{"path", "must name a file, such as /var/log/chathook/events.jsonl"};
    }
    return std::make_unique<FileSink>(settings.name(), path, rotation);
}

}  // namespace chathook::sinks
