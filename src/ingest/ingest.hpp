// The flow: a request becomes a source's, then verified, then an event, then durable, and only then is
// answered. One instance for all public listeners; called on every network thread at once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "http/handler.hpp"
#include "ingest/clock_watch.hpp"
#include "ingest/failure_limit.hpp"
#include "ingest/rejections.hpp"
#include "ingest/routing.hpp"
#include "ingest/second_look.hpp"
#include "journal/journal.hpp"
#include "support/log_pace.hpp"
#include "support/metrics.hpp"

namespace chathook::ingest {

class Ingest final : public http::Handler {
public:
    // `journal` and `metrics` outlive this. `body_bytes_max` is limits.body.
    Ingest(std::shared_ptr<const Routing> routing, journal::Journal& journal, Metrics& metrics,
           std::uint64_t body_bytes_max, FailureRate failures = {});

    std::optional<Reply> admit(const Request& request, const http::Incoming& incoming) noexcept override;
    Awaitable<Reply> handle(const Request& request) override;
    void refused(std::string_view reason, unsigned status, std::string_view client) noexcept override;
    void refused_body(const Request& request, std::string_view reason, unsigned status,
                      std::uint64_t body_size) noexcept override;

    // A refused request that its source kept whole, once more: verified under the routing of now with the
    // clock as it was at receipt, and if it proves genuine, journaled like any other. unknown_path: there is
    // no source of that name any more, or nothing was kept. `kept` outlives the call.
    Awaitable<Result<journal::Appended>> retake(const journal::Rejection& kept);

    // Requests that are under way finish under the routing they began with.
    void reload(std::shared_ptr<const Routing> routing);

private:
    struct Arrival;

    std::shared_ptr<const Routing> routing() const;
    static Result<Arrival> arrive(const Routing& routing, const Source& source, const Request& request,
                                  Verified::Form form, Instant time);
    static Arrival arrive(const Routing& routing, const Source& source, const Request& request,
                          const Verified& verified);
    static void note(const Source& source, const Arrival& arrival, const journal::Appended& appended,
                     std::string_view client, bool retaken);
    Reply unrouted(Errc error, const Request& request) noexcept;
    Reply refuse(const Source& source, Errc error, const Request& request) noexcept;
    Reply refuse_unverified(const Source& source, Errc error, const Request& request);
    Awaitable<> second_look_turn(const Request& request);
    void notice_stale(const Source& source, const Request& request, Instant time);
    Reply unavailable(const Source& source, Errc error, const Request& request) noexcept;

    // Held for the copy of one pointer; libstdc++ 12's atomic<shared_ptr> is not understood by the thread
    // sanitizer.
    mutable std::mutex routing_mutex_;
    std::shared_ptr<const Routing> routing_;
    journal::Journal& journal_;
    Metrics& metrics_;
    std::uint64_t body_bytes_max_;
    FailureLimit failures_;
    SecondLook second_look_;
    Rejections rejections_;
    LogPace rate_limited_;
    ClockWatch clocks_;
};

}  // namespace chathook::ingest
