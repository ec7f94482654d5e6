#include "ingest/rejections.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "ingest/kept_request.hpp"
#include "support/mask.hpp"
#include "verify/digest.hpp"

namespace chathook::ingest {

namespace {

std::string names_of(std::span<const Field> fields) {
    std::string names;
    for (const Field& field : fields) {
        const std::size_t more = field.name.size() + (names.empty() ? 0 : 2);
        if (names.size() + more > journal::Rejection::header_names_max) break;
        if (!names.empty()) names += ", ";
        names += field.name;
    }
    return names;
}

journal::Rejection rejection_of(const Source& source, const Request& request, std::string_view reason,
                                unsigned status) {
    journal::Rejection rejection;
    rejection.received = request.received;
    rejection.source = source.name;
    rejection.reason = reason;
    rejection.status = status;
    rejection.client = printable(request.client, client_bytes_max);
    rejection.header_names = names_of(request.fields);
    return rejection;
}

}  // namespace

bool RecordPace::admits(Time now) noexcept {
    using std::chrono::nanoseconds;
    constexpr Time::rep each =
        std::chrono::duration_cast<Time::duration>(std::chrono::seconds(1)).count() / per_second;
    const Time::rep time = now.time_since_epoch().count();
    Time::rep full_at = full_at_.load(std::memory_order_relaxed);
    while (true) {
        const Time::rep next = std::max(full_at, time) + each;
        if (next - time > burst * each) return false;
        if (full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) return true;
    }
}

bool Rejections::admits() noexcept {
    if (!journal_.keeps_rejections()) return false;
    if (pace_.admits(std::chrono::steady_clock::now())) return true;
    metrics_.rejections_unrecorded(1);
    return false;
}

// Best effort: a failure to record a refusal must not change or delay the answer.
void Rejections::record(const Source& source, const Request& request, std::string_view reason,
                        unsigned status, std::optional<std::uint64_t> unread) noexcept {
    if (!admits()) return;
    try {
        journal::Rejection rejection = rejection_of(source, request, reason, status);
        rejection.body_size = unread.value_or(request.body.size());
        if (!unread) rejection.body_sha256 = verify::sha256(request.body);
        // A GET is no event that could be taken later, and its query may hold the verify_token.
        const bool keep = source.keep_rejected && request.method == "POST";
        if (!unread && keep) rejection.raw = keep_request(request).value_or(std::string());
        journal_.reject(std::move(rejection));
    } catch (const std::exception&) {
        metrics_.rejections_unrecorded(1);
    }
}

}  // namespace chathook::ingest
