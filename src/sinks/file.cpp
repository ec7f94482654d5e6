#include "sinks/file.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sinks/file_append.hpp"
#include "sinks/file_rotation.hpp"
#include "support/log.hpp"

namespace chathook::sinks {
namespace {

// So much memory is kept from one delivery for the next; a thousand usual events.
constexpr std::size_t kept_bytes_max = 1024 * 1024;

class FileSink final : public Sink {
public:
    FileSink(std::string name, std::string path, std::optional<Rotation> rotation)
        : name_(std::move(name)), file_(std::move(path)), rotation_(rotation) {}

    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        std::vector<Outcome> outcomes;
        while (outcomes.size() < batch.size() && !stop.stop_requested()) {
            const auto rest = batch.subspan(outcomes.size());
            if (const Problem problem = make_ready(rest.front().event->json.size() + 1)) {
                return failed(std::move(outcomes), *problem);
            }
            const std::size_t events = collect_lines(rest);
            if (const Problem problem = file_.append(lines_)) {
                return failed(std::move(outcomes), *problem);
            }
            outcomes.resize(outcomes.size() + events);
        }
        if (lines_.capacity() > kept_bytes_max) lines_ = std::string();
        return outcomes;
    }

    void reopen() noexcept override { reopen_ = true; }

private:
    static std::vector<Outcome> failed(std::vector<Outcome> outcomes, const std::string& reason) {
        outcomes.push_back({Outcome::Kind::retry, reason, {}});
        return outcomes;
    }

    Problem make_ready(std::uint64_t line_bytes) {
        if (reopen_.exchange(false)) file_.close();
        if (const Problem problem = file_.open()) return problem;
        if (file_.mended_bytes() > 0) {
            log(LogLevel::warning, "file_mended",
                {{"sink", name_},
                 {"path", file_.path()},
                 {"removed_bytes", std::to_string(file_.mended_bytes())},
                 {"reason", "the last line was torn; its event is delivered again"}});
            file_.forget_mending();
        }
        return file_.size() > 0 && !fits(file_.size() + line_bytes) ? rotate() : std::nullopt;
    }

    // A file that cannot be rotated is written on: a line in the log is better than no deliveries.
    Problem rotate() {
        const Problem problem = shift_files(file_.path(), rotation_->keep);
        if (problem && !rotation_failing_) {
            log(LogLevel::error, "rotation_failed", {{"sink", name_}, {"reason", *problem}});
        }
        rotation_failing_ = problem.has_value();
        if (problem) return std::nullopt;
        file_.close();
        return file_.open();
    }

    bool fits(std::uint64_t bytes) const { return !rotation_ || bytes <= rotation_->size; }

    // As many events as the file may still take, at least one, into lines_.
    std::size_t collect_lines(std::span<const Delivery> batch) {
        lines_.clear();
        std::size_t events = 0;
        for (const Delivery& delivery : batch) {
            const std::string& json = delivery.event->json;
            const bool room = fits(file_.size() + lines_.size() + json.size() + 1);
            if (!room && !rotation_failing_ && events > 0) break;
            lines_ += json;
            lines_ += '\n';
            ++events;
        }
        return events;
    }

    const std::string name_;
    AppendFile file_;
    const std::optional<Rotation> rotation_;
    std::string lines_;  // that go into the file together
    bool rotation_failing_ = false;
    std::atomic<bool> reopen_ = false;
};

}  // namespace

std::span<const OptionSpec> file_options() {
    static constexpr std::array options{
        OptionSpec{.key = "path",
                   .kind = OptionKind::path,
                   .required = true,
                   .help = "The file to append to; made with mode 0640 if it is not there, its directory is "
                           "not made."},
        OptionSpec{.key = "rotate.size",
                   .kind = OptionKind::size,
                   .help = "Begin a new file before this one grows beyond this many bytes; unset: never, "
                           "logrotate does it or nobody."},
        OptionSpec{.key = "rotate.keep",
                   .kind = OptionKind::count,
                   .fallback = "10",
                   .help = "How many rotated files (path.1 is the newest) to keep; the oldest is deleted."},
    };
    return options;
}

std::variant<std::unique_ptr<Sink>, SettingsError> make_file_sink(const SinkSettings& settings) {
    std::optional<Rotation> rotation;
    if (settings.has("rotate.size")) {
        rotation = Rotation{.size = settings.number("rotate.size"), .keep = settings.number("rotate.keep")};
        if (rotation->size == 0) {
            return SettingsError{"rotate.size",
                                 "must be at least 1 byte; leave it out for a file that never rotates"};
        }
        if (rotation->keep == 0 || rotation->keep > rotated_files_max) {
            return SettingsError{"rotate.keep", "must be from 1 to " + std::to_string(rotated_files_max)};
        }
    }
    const std::string& path = settings.text("path");
    if (path.empty() || path.back() == '/') {
        return SettingsError{"path", "must name a file, such as /var/log/chathook/events.jsonl"};
    }
    return std::make_unique<FileSink>(settings.name(), path, rotation);
}

}  // namespace chathook::sinks
