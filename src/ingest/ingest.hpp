// The intake pipeline: a request is matched to a source, verified, turned into an event, made durable, and
// only then answered. One instance for all public listeners; called on every network thread at once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/handler.hpp"
#include "ingest/clock_watch.hpp"
#include "ingest/failure_limit.hpp"
#include "ingest/rejections.hpp"
#include "ingest/routing.hpp"
#include "ingest/second_look.hpp"
#include "journal/intake.hpp"
#include "journal/rejection_intake.hpp"
#include "support/desk.hpp"
#include "support/log_pace.hpp"
#include "support/memory_budget.hpp"
#include "support/metrics.hpp"

namespace chathook::ingest {

class Ingest final : public http::Handler {
public:
    static constexpr std::size_t document_bytes_default = 12u << 20;
    static constexpr int second_forms_niceness = 10;

    // `journal`, `refusals` and `metrics` outlive this. `body_bytes_max` is limits.body; `document_bytes_max`
    // is limits.document_bytes, the memory for all bodies parsed as JSON at a time.
    Ingest(std::shared_ptr<const Routing> routing, journal::Intake& journal,
           journal::RejectionIntake& refusals, Metrics& metrics, std::uint64_t body_bytes_max,
           FailureRate failures = {}, std::size_t document_bytes_max = document_bytes_default);

    std::optional<Reply> admit(const Request& request, const http::Incoming& incoming,
                               http::Found& found) noexcept override;
    Awaitable<Reply> handle(const Request& request, const http::Found& found) override;
    void refused(std::string_view reason, unsigned status, std::string_view client) noexcept override;
    void refused_body(const Request& request, const http::Found& found, std::string_view reason,
                      unsigned status, std::uint64_t body_size) noexcept override;

    // Tries a kept refused request again: verified under the current routing with the clock as it was at
    // receipt, and if it proves genuine, journaled like any other. unknown_path: the source no longer exists,
    // or the request was not kept whole. `kept` outlives the call.
    Awaitable<Result<journal::Appended>> retake(const journal::Rejection& kept);

    // Of the sources, in their order.
    std::vector<std::string> vendor_names() const { return routing()->vendor_names(); }

    std::string fingerprint() const { return routing()->fingerprint(); }

    // What webhooks are matched and verified with now.
    std::shared_ptr<const Routing> routing() const;

    // Requests in progress finish under the routing that they began with.
    void reload(std::shared_ptr<const Routing> routing);

    // Ends the thread that verifies bodies in their stringified form. Call it after the last handle() and
    // retake() that can answer, and before the io_contexts that they were called on are destroyed.
    void close() { second_forms_.close(); }

private:
    struct Claimed;
    struct Arrival;

    static Result<Arrival> arrive(const Claimed& claimed, Verified::Form form,
                                  Verified::Content content = Verified::Content::read);
    // Whether a client that fails too often waits before the second form.
    enum class Pace { none, by_failures };
    static bool may_be_stringified(const Source& source, const Result<Arrival>& arrival);
    Awaitable<Result<Arrival>> arrive_in_forms(const Claimed& claimed, Verified::Form first, Pace pace);
    Awaitable<Result<Arrival>> arrive_in_turn(const Claimed& claimed, Verified::Form form);
    static Arrival arrive(const Source& source, const Request& request, const Verified& verified,
                          std::string body);
    Awaitable<Result<journal::Appended>> append_several(const Source& source, Arrival& arrival,
                                                        std::string_view client, bool retaken);
    static void note(const Source& source, const Arrival& arrival, const journal::Appended& appended,
                     std::string_view client, bool retaken);
    struct Refusal {
        const Source* source = nullptr;  // null where none could be named
        std::string_view reason;         // as it is counted and logged
        unsigned status;
        std::string_view cause;               // as it is recorded
        std::optional<std::uint64_t> unread;  // the bytes of a body that was not read to its end
        std::uint64_t times = 1;              // the refusals that the log's line stands for; 0: no line
    };
    void account(const Refusal& refusal, const Request& request) noexcept;
    Reply refuse(const Source* source, Errc error, const Request& request,
                 std::optional<std::uint64_t> unread = {}) noexcept;
    Reply refuse_unverified(const Source& source, Errc error, const Request& request);
    Reply answer_get(const Source& source, const Request& request);
    static Reply answered(const Source& source, const Request& request, Reply reply);
    Awaitable<> second_look_turn(const Request& request);
    Awaitable<> notice_stale(const Claimed& claimed);

    // Held only to copy one pointer; thread sanitizer does not understand libstdc++ 12's atomic<shared_ptr>.
    mutable std::mutex routing_mutex_;
    std::shared_ptr<const Routing> routing_;
    journal::Intake& journal_;
    Metrics& metrics_;
    std::uint64_t body_bytes_max_;
    FailureLimit failures_;
    SecondLook second_look_;
    MemoryBudget documents_;
    Desk second_forms_{"second-forms", second_forms_niceness};
    Rejections rejections_;
    LogPace rate_limited_;
    ClockWatch clocks_;
};

}  // namespace chathook::ingest
