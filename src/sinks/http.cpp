#include "sinks/http.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <optional>
#include <utility>

#include "sinks/http_target.hpp"
#include "sinks/http_transfer.hpp"
#include "sinks/libcurl.hpp"
#include "support/clock.hpp"

namespace chathook::sinks {
namespace {

// New requests of a batch are begun for this long; then its progress is recorded before the rest is tried.
constexpr std::chrono::seconds batch_time{1};
constexpr int poll_milliseconds = 60'000;  // libcurl's own timers and a stop end it sooner

class HttpSink final : public Sink {
public:
    explicit HttpSink(HttpTarget target) : target_(std::move(target)), multi_(libcurl().multi_init()) {
        if (multi_ == nullptr) throw std::bad_alloc();
        for (std::size_t index = 0; index < target_.concurrency; ++index) {
            free_.push_back(transfers_.emplace_back(std::make_unique<HttpTransfer>(target_)).get());
        }
    }

    // With concurrency 1, each request begins after the previous one's answer, so order is kept. With any
    // concurrency none begins after a failure.
    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token stop) override {
        const std::stop_callback wake(stop, [this]() noexcept { libcurl().multi_wakeup(multi_.get()); });
        const auto begin_until = std::chrono::steady_clock::now() + batch_time;
        outcomes_.assign(batch.size(), std::nullopt);
        bool failed = false;
        bool recalled = false;
        std::size_t begun = 0;
        const auto may_begin = [&] {
            const bool in_time = begun == 0 || std::chrono::steady_clock::now() < begin_until;
            return !failed && !recalled && in_time && begun < batch.size() && !free_.empty();
        };
        while (!stop.stop_requested()) {
            while (may_begin()) {
                recalled = !begin_next();
                if (recalled) break;
                failed |= !begin(batch[begun], begun);
                ++begun;
            }
            if (running_.empty()) break;
            int still_running = 0;
            libcurl().multi_perform(multi_.get(), &still_running);
            failed |= !collect();
            if (running_.empty() || may_begin()) continue;
            libcurl().multi_poll(multi_.get(), nullptr, 0, poll_milliseconds, nullptr);
        }
        abort_running();
        return finished_prefix();
    }

private:
    struct Running {
        HttpTransfer* transfer;
        std::size_t index;  // in the batch
    };
    struct Cleanup {
        void operator()(CURLM* multi) const noexcept { libcurl().multi_cleanup(multi); }
    };

    // Returns false if the event cannot be sent at all.
    bool begin(const Delivery& delivery, std::size_t index) {
        HttpTransfer* transfer = free_.back();
        if (auto problem = transfer->prepare(delivery, now())) {
            transfer->let_go();
            outcomes_[index] = Outcome{Outcome::Kind::poison, *std::move(problem), {}};
            return false;
        }
        libcurl().multi_add_handle(multi_.get(), transfer->handle());
        free_.pop_back();
        running_.push_back({transfer, index});
        return true;
    }

    // Returns false if a request that ended was not a delivery.
    bool collect() {
        bool all_delivered = true;
        int left = 0;
        while (const CURLMsg* message = libcurl().multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const auto ended = std::find_if(running_.begin(), running_.end(), [&](const Running& running) {
                return running.transfer->handle() == message->easy_handle;
            });
            Outcome outcome = ended->transfer->outcome(message->data.result);
            all_delivered &= outcome.kind == Outcome::Kind::delivered;
            outcomes_[ended->index] = std::move(outcome);
            release(ended);
        }
        return all_delivered;
    }

    void release(std::vector<Running>::iterator running) {
        libcurl().multi_remove_handle(multi_.get(), running->transfer->handle());
        running->transfer->let_go();
        free_.push_back(running->transfer);
        running_.erase(running);
    }

    void abort_running() {
        while (!running_.empty()) {
            running_.back().transfer->abandon();
            release(running_.end() - 1);
        }
    }

    std::vector<Outcome> finished_prefix() {
        std::vector<Outcome> prefix;
        for (std::optional<Outcome>& outcome : outcomes_) {
            if (!outcome) break;
            prefix.push_back(std::move(*outcome));
        }
        return prefix;
    }

    const HttpTarget target_;
    std::unique_ptr<CURLM, Cleanup> multi_;
    std::vector<std::unique_ptr<HttpTransfer>> transfers_;
    std::vector<HttpTransfer*> free_;
    std::vector<Running> running_;
    std::vector<std::optional<Outcome>> outcomes_;  // of the batch being delivered
};

}  // namespace

std::span<const OptionSpec> http_options() {
    static constexpr std::array options{
        OptionSpec{.key = "url",
                   .kind = OptionKind::text,
                   .required = true,
                   .help = "Where to POST; https or http, without user name and password.",
                   .more = "Redirects are not followed."},
        OptionSpec{.key = "headers",
                   .kind = OptionKind::headers,
                   .help = "Headers to add to every request, such as Authorization.",
                   .more = "Each value is a text or a secret: `Authorization: {env: CRM_TOKEN}`."},
        OptionSpec{.key = "payload",
                   .kind = OptionKind::choice,
                   .fallback = "cloudevents",
                   .choices = "cloudevents|original|template",
                   .help = "cloudevents: the event as CloudEvents JSON; original: the vendor's own bytes; "
                           "template: JSON of your own shape."},
        OptionSpec{.key = "template",
                   .kind = OptionKind::tree,
                   .help =
                       "With payload: template, the body to send: any YAML value, whose texts are Mustache "
                       "over the event.",
                   .more = "See [sinks/http.md](sinks/http.md#a-body-of-your-own-shape)."},
        OptionSpec{.key = "sign.standard_webhooks",
                   .kind = OptionKind::secret,
                   .help = "Sign with this secret after the Standard Webhooks specification; whsec_ and "
                           "base64, or any text.",
                   .more = "It adds a `webhook-signature`."},
        OptionSpec{.key = "timeout",
                   .kind = OptionKind::duration,
                   .fallback = "15s",
                   .least = 1,
                   .help = "How long one request may take in all; connecting gets 5s of it."},
        OptionSpec{.key = "concurrency",
                   .kind = OptionKind::count,
                   .fallback = "1",
                   .least = 1,
                   .most = concurrency_max,
                   .help = "How many requests at a time; only 1 keeps the order."},
        OptionSpec{.key = "allow_private",
                   .kind = OptionKind::boolean,
                   .fallback = "false",
                   .help =
                       "Whether the URL's host name may lead to private or loopback addresses; an address "
                       "written into the URL and localhost may."},
        OptionSpec{.key = "tls.ca",
                   .kind = OptionKind::path,
                   .help = "PEM file of the authorities to trust in place of the system's."},
    };
    return options;
}

std::variant<std::unique_ptr<Sink>, SettingsError> make_http_sink(const SinkSettings& settings) {
    try {
        libcurl();
    } catch (const LibcurlMissing& missing) {
        return SettingsError{"type", missing.what()};
    }
    auto target = read_http_target(settings);
    if (auto* error = std::get_if<SettingsError>(&target)) return std::move(*error);
    return std::make_unique<HttpSink>(std::get<HttpTarget>(std::move(target)));
}

}  // namespace chathook::sinks
