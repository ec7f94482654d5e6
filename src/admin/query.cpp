#include "admin/query.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include <chathook/error.hpp>

namespace chathook::admin {

namespace {

constexpr std::uint64_t limit_max = journal::changes_max;

// The default limit is low because each retaken request waits for an fsync of its own.
constexpr std::size_t retaken_usually = 100;

// Reasons under which requests are remembered: those refused for a source with a 4xx. A client that is
// answered 429 is listed with the reason of its refusal.
constexpr std::array remembered_reasons{
    reason_code(Errc::missing_signature),    reason_code(Errc::repeated_signature),
    reason_code(Errc::malformed_signature),  reason_code(Errc::wrong_signature),
    reason_code(Errc::stale_timestamp),      reason_code(Errc::method_not_allowed),
    reason_code(Errc::length_required),      reason_code(Errc::body_too_large),
    std::string_view("bad_chunk"),     // http's own words for a body
    std::string_view("body_timeout"),  // that it gave up on
    reason_code(Errc::unsupported_encoding), reason_code(Errc::unexpected_account),
    reason_code(Errc::handshake_refused),
};

void take_filters(Taking& taking, journal::Query& query, Vendors vendors) {
    taking.text("type", query.type_glob);
    if (vendors.empty()) {
        taking.text("vendor", query.vendor);
    } else {
        const std::vector<std::string_view> words(vendors.begin(), vendors.end());
        taking.one_of("vendor", query.vendor, words);
    }
    taking.text("source", query.source);
    taking.time("since", query.since);
    taking.time("until", query.until);
}

void take_page(Taking& taking, std::uint64_t& after, std::size_t& limit) {
    taking.number("after", after);
    std::uint64_t number = limit;
    taking.number("limit", number, 1, limit_max);
    limit = number;
}

// Selects the newest rows, before `before` if that is given.
void take_newest(Taking& taking, bool& newest, std::uint64_t& before) {
    taking.flag("newest", newest);
    taking.number("before", before, 1, journal::past_the_newest);
    newest = newest || before < journal::past_the_newest;
}

void take_event_query(Taking& taking, journal::Query& query, Vendors vendors) {
    take_filters(taking, query, vendors);
    take_page(taking, query.after_sequence, query.limit);
    taking.list("id", query.ids, limit_max);
    take_newest(taking, query.newest, query.before_sequence);
}

void take_rejection_filters(Taking& taking, journal::RejectionQuery& query) {
    taking.text("source", query.source);
    taking.one_of("reason", query.reason, remembered_reasons);
    taking.time("since", query.since);
    taking.time("until", query.until);
    take_page(taking, query.after_number, query.limit);
}

template <class T>
Asked<T> answer(Taking& taking, T query) {
    std::string problem = taking.problem();
    if (!problem.empty()) return {std::nullopt, std::move(problem)};
    return {std::move(query), {}};
}

// Reads parameters with `take`.
template <class T, class Take>
Asked<T> asked_in(ParametersOrProblem parsed, T query, const Take& take) {
    if (auto* problem = std::get_if<std::string>(&parsed)) return {std::nullopt, std::move(*problem)};
    Taking taking(std::get<Parameters>(std::move(parsed)));
    take(taking, query);
    return answer(taking, std::move(query));
}

}  // namespace

Asked<journal::Query> parse_event_query(std::string_view query, Vendors vendors) {
    return asked_in(parse_query(query), journal::Query{}, [&](Taking& taking, journal::Query& events) {
        take_event_query(taking, events, vendors);
    });
}

Asked<StreamQuery> parse_stream_query(std::string_view query, std::string_view last_event_id,
                                      Vendors vendors) {
    auto parsed = parse_query(query);
    if (auto* problem = std::get_if<std::string>(&parsed)) return {std::nullopt, std::move(*problem)};
    auto& parameters = std::get<Parameters>(parsed);
    StreamQuery stream;
    if (!last_event_id.empty()) {
        if (!whole_number(last_event_id))
            return {std::nullopt, "Last-Event-ID: not the id of an event of this stream"};
        parameters["after"] = last_event_id;
    }
    const auto after = parameters.find("after");
    stream.latest = after != parameters.end() && after->second == "latest";
    if (stream.latest) parameters.erase(after);
    Taking taking(std::move(parameters));
    take_event_query(taking, stream.query, vendors);
    return answer(taking, std::move(stream));
}

Asked<journal::DeadQuery> parse_dead_query(std::string_view query, Vendors vendors) {
    return asked_in(parse_query(query), journal::DeadQuery{}, [&](Taking& taking, journal::DeadQuery& dead) {
        take_event_query(taking, dead, vendors);
        taking.text("sink", dead.sink);
    });
}

Asked<journal::RejectionQuery> parse_rejection_query(std::string_view query) {
    return asked_in(parse_query(query), journal::RejectionQuery{},
                    [](Taking& taking, journal::RejectionQuery& rejections) {
                        take_rejection_filters(taking, rejections);
                        take_newest(taking, rejections.newest, rejections.before_number);
                    });
}

Asked<Order> parse_order(std::string_view body, Vendors vendors) {
    Order order;
    order.query.limit = limit_max;
    return asked_in(parse_body(body), std::move(order), [&](Taking& taking, Order& taken) {
        take_filters(taking, taken.query, vendors);
        take_page(taking, taken.query.after_sequence, taken.query.limit);
        taking.list("ids", taken.query.ids, limit_max);
        taking.text("sink", taken.query.sink);
        taking.number("up_to", taken.up_to);
        taking.flag("dry_run", taken.dry_run);
    });
}

Asked<RejectionOrder> parse_rejection_order(std::string_view body) {
    RejectionOrder order;
    order.query.limit = retaken_usually;
    std::vector<std::string> numbers;
    auto asked = asked_in(parse_body(body), std::move(order), [&](Taking& taking, RejectionOrder& taken) {
        take_rejection_filters(taking, taken.query);
        taking.list("numbers", numbers, limit_max);
        taking.number("up_to", taken.up_to);
        taking.flag("dry_run", taken.dry_run);
    });
    for (const std::string& text : numbers) {
        const auto number = whole_number(text);
        if (!number) return {std::nullopt, "numbers: not whole numbers"};
        if (asked.query) asked.query->numbers.push_back(*number);
    }
    if (asked.query) {  // each number counts once
        auto& wanted = asked.query->numbers;
        const journal::RejectionQuery& filters = asked.query->query;
        const bool filtered =
            !filters.source.empty() || !filters.reason.empty() || filters.since || filters.until;
        if (!wanted.empty() && filtered)
            return {std::nullopt, "numbers: give either numbers or source, reason, since and until"};
        std::ranges::sort(wanted);
        wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
    }
    return asked;
}

Asked<ErasureOrder> parse_erasure(std::string_view body) {
    auto parsed = parse_body(body);
    if (auto* problem = std::get_if<std::string>(&parsed)) return {std::nullopt, std::move(*problem)};
    Taking taking(std::get<Parameters>(std::move(parsed)));
    std::string email;
    std::string phone;
    std::uint64_t after = 0;
    std::uint64_t after_rejection = 0;
    std::size_t limit = limit_max;
    bool dry_run = false;
    taking.text("email", email);
    taking.text("phone", phone);
    take_page(taking, after, limit);
    taking.number("after_rejection", after_rejection);
    taking.flag("dry_run", dry_run);
    if (std::string problem = taking.problem(); !problem.empty()) return {std::nullopt, std::move(problem)};
    if (email.empty() == phone.empty()) return {std::nullopt, "email, phone: give exactly one of the two"};
    auto person = phone.empty() ? Person::with_email(email) : Person::with_phone(phone);
    if (!person && phone.empty()) return {std::nullopt, "email: not an address such as visitor@example.com"};
    if (!person) return {std::nullopt, "phone: not a number of at least 7 digits"};
    return {ErasureOrder{std::move(*person), after, after_rejection, limit, dry_run}, {}};
}

}  // namespace chathook::admin
