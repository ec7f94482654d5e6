#include "sinks/stdout.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

#include "support/error_text.hpp"
#include "support/standard_streams.hpp"

namespace chathook::sinks {
namespace {

using End = LineStream::End;

// A reader that reads nothing for this long counts as a failing sink.
constexpr std::chrono::milliseconds patience{5'000};

class StreamSink final : public Sink {
public:
    StreamSink(LineStream& stream, LineFormat format, PrettyStyle style)
        : stream_(stream), format_(format), style_(style) {}

    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        std::vector<Outcome> outcomes;
        for (const Delivery& delivery : batch) {
            if (stop.stop_requested() || !begin_next()) break;
            const LineStream::Written written = write_line(delivery, stop);
            if (written.end == End::stopped) break;
            if (written.end != End::whole) {
                outcomes.push_back({Outcome::Kind::retry, "standard output: " + reason_of(written), {}});
                break;
            }
            outcomes.emplace_back();
        }
        return outcomes;
    }

    void drop_erased(const std::function<bool(std::uint64_t)>& erased) override {
        if (!begun_ || !erased(begun_->sequence)) return;
        stream_.cut(begun_->line);
        begun_.reset();
    }

private:
    // The line that an earlier attempt began. The stream keeps its rest and finishes it before any other
    // line, so the event's next attempt only checks that it is written.
    struct Begun {
        std::uint64_t sequence = 0;
        std::uint64_t line = 0;
    };

    LineStream::Written write_line(const Delivery& delivery, const std::stop_token& stop) {
        const auto before = std::exchange(begun_, std::nullopt);
        const LineStream::Written written =
            before && before->sequence == delivery.sequence
                ? stream_.finish(before->line, patience, stop)
                : stream_.write(line_of(*delivery.event), patience, stop, before ? before->line : 0);
        if (written.begun != 0) begun_ = Begun{delivery.sequence, written.begun};
        return written;
    }

    std::string line_of(const Event& event) const {
        return (format_ == LineFormat::json ? event.line() : pretty_line(event.line(), style_)) + '\n';
    }

    static std::string reason_of(const LineStream::Written& written) {
        return written.end == End::stalled ? "its reader has read nothing for 5 s"
                                           : error_text(written.error);
    }

    LineStream& stream_;
    const LineFormat format_;
    const PrettyStyle style_;
    std::optional<Begun> begun_;
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
    return make_stream_sink(standard_output(), format, style);
}

std::unique_ptr<Sink> make_stream_sink(LineStream& stream, LineFormat format, PrettyStyle style) {
    return std::make_unique<StreamSink>(stream, format, style);
}

}  // namespace chathook::sinks
