#include "sinks/stdout.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace chathook::sinks {
namespace {

// A pipe that poll() calls writable takes this much without blocking (PIPE_BUF, pipe(7)).
constexpr std::size_t piece_bytes = 4096;

// A reader that reads nothing for this long counts as a failing sink.
constexpr std::chrono::milliseconds patience{5'000};

// Readable once stop is requested, so that poll() can wait for it.
class StopSignal {
public:
    explicit StopSignal(const std::stop_token& stop)
        : event_(::eventfd(0, EFD_CLOEXEC)), on_stop_(stop, Raise{event_}) {}
    ~StopSignal() = default;
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    int descriptor() const noexcept { return event_.value; }

private:
    struct Descriptor {
        int value;
        explicit Descriptor(int opened) : value(opened) {
            if (value < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
        }
        ~Descriptor() { ::close(value); }
        Descriptor(const Descriptor&) = delete;
        Descriptor& operator=(const Descriptor&) = delete;
    };
    struct Raise {
        const Descriptor& event;
        void operator()() const noexcept { ::eventfd_write(event.value, 1); }
    };

    Descriptor event_;
    std::stop_callback<Raise> on_stop_;
};

class DescriptorSink final : public Sink {
public:
    DescriptorSink(int descriptor, LineFormat format, PrettyStyle style)
        : descriptor_(descriptor), format_(format), style_(style) {}

    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        const StopSignal stopped(stop);
        std::vector<Outcome> outcomes;
        for (const Delivery& delivery : batch) {
            const Written written = write_line(delivery, stopped);
            if (written.stopped) break;
            if (!written.problem.empty()) {
                outcomes.push_back({Outcome::Kind::retry, "standard output: " + written.problem, {}});
                break;
            }
            outcomes.emplace_back();
        }
        return outcomes;
    }

private:
    struct Written {
        bool stopped = false;
        std::string problem;
    };

    // Where an earlier attempt broke off in the middle of a line. The same event goes on there; before any
    // other the torn line is ended.
    struct Torn {
        std::uint64_t sequence = 0;
        std::size_t bytes = 0;
    };

    Written write_line(const Delivery& delivery, const StopSignal& stopped) {
        const bool goes_on = torn_ && torn_->sequence == delivery.sequence;
        std::string text = torn_ && !goes_on ? "\n" : "";
        const std::size_t line_at = text.size();
        text +=
            format_ == LineFormat::json ? delivery.event->json : pretty_line(delivery.event->json, style_);
        text += '\n';
        const std::size_t begin = goes_on ? std::min(torn_->bytes, text.size()) : 0;
        std::size_t done = begin;
        Written written = write(text, stopped, done);
        if (done == begin && done < text.size()) return written;
        torn_.reset();
        if (done > line_at && done < text.size()) torn_ = Torn{delivery.sequence, done - line_at};
        return written;
    }

    // Writes from `done` on and counts there.
    Written write(std::string_view text, const StopSignal& stopped, std::size_t& done) const {
        while (done < text.size()) {
            const Written ready = wait_until_writable(stopped);
            if (ready.stopped || !ready.problem.empty()) return ready;
            const std::string_view piece = text.substr(done, piece_bytes);
            const ssize_t written = ::write(descriptor_, piece.data(), piece.size());
            if (written > 0) done += static_cast<std::size_t>(written);
            if (written < 0 && errno != EINTR && errno != EAGAIN) {
                return {false, std::generic_category().message(errno)};
            }
        }
        return {};
    }

    Written wait_until_writable(const StopSignal& stopped) const {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (true) {
            std::array<pollfd, 2> polled{{{descriptor_, POLLOUT, 0}, {stopped.descriptor(), POLLIN, 0}}};
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
            const int ready =
                ::poll(polled.data(), polled.size(), static_cast<int>(std::max<long long>(left.count(), 0)));
            if (ready < 0 && errno == EINTR) continue;
            if (ready < 0) return {false, std::generic_category().message(errno)};
            if (polled[1].revents != 0) return {true, {}};
            if (polled[0].revents != 0) return {};  // an error too is learned by writing
            if (ready == 0) return {false, "its reader has read nothing for 5 s"};
        }
    }

    const int descriptor_;
    const LineFormat format_;
    const PrettyStyle style_;
    std::optional<Torn> torn_;
};

}  // namespace

std::span<const OptionSpec> stdout_options() {
    static constexpr std::array options{
        OptionSpec{.key = "format",
                   .kind = OptionKind::choice,
                   .fallback = "json",
                   .choices = "json|pretty",
                   .help = "json: the whole event, one line each; pretty: time, type, vendor, who and what, "
                           "for people."},
    };
    return options;
}

std::variant<std::unique_ptr<Sink>, SettingsError> make_stdout_sink(const SinkSettings& settings) {
    const LineFormat format = settings.text("format") == "pretty" ? LineFormat::pretty : LineFormat::json;
    const PrettyStyle style{.colour = ::isatty(STDOUT_FILENO) == 1};
    return make_descriptor_sink(STDOUT_FILENO, format, style);
}

std::unique_ptr<Sink> make_descriptor_sink(int descriptor, LineFormat format, PrettyStyle style) {
    return std::make_unique<DescriptorSink>(descriptor, format, style);
}

}  // namespace chathook::sinks
