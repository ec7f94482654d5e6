#include "admin/query.hpp"

#include <charconv>
#include <utility>
#include <variant>

namespace chathook::admin {

namespace {

constexpr std::uint64_t limit_max = journal::changes_max;

// A retaken request waits for an fsync of its own.
constexpr std::size_t retaken_usually = 100;

constexpr const char* broken_escape = "the query string is not percent-encoded as it should be";

void take_filters(Taking& taking, journal::Query& query) {
    taking.text("type", query.type_glob);
    taking.text("vendor", query.vendor);
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

// The last ones, in front of `before` if that is given.
void take_newest(Taking& taking, bool& newest, std::uint64_t& before) {
    taking.flag("newest", newest);
    taking.number("before", before, 1, journal::past_the_newest);
    newest = newest || before < journal::past_the_newest;
}

void take_event_query(Taking& taking, journal::Query& query) {
    take_filters(taking, query);
    take_page(taking, query.after_sequence, query.limit);
    taking.list("id", query.ids, limit_max);
    take_newest(taking, query.newest, query.before_sequence);
}

void take_rejection_filters(Taking& taking, journal::RejectionQuery& query) {
    taking.text("source", query.source);
    taking.text("reason", query.reason);
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

// Reads a query string, or a body, with `take`.
template <class T, class Take>
Asked<T> asked_in_query(std::string_view text, T query, const Take& take) {
    auto parameters = parse_query(text);
    if (!parameters) return {std::nullopt, broken_escape};
    Taking taking(std::move(*parameters));
    take(taking, query);
    return answer(taking, std::move(query));
}
template <class T, class Take>
Asked<T> asked_in_body(std::string_view text, T query, const Take& take) {
    auto parsed = parse_body(text);
    if (auto* problem = std::get_if<std::string>(&parsed)) return {std::nullopt, std::move(*problem)};
    Taking taking(std::get<Parameters>(std::move(parsed)));
    take(taking, query);
    return answer(taking, std::move(query));
}

std::optional<std::uint64_t> rejection_number(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

Asked<journal::Query> parse_event_query(std::string_view query) {
    return asked_in_query(query, journal::Query{}, take_event_query);
}

Asked<journal::DeadQuery> parse_dead_query(std::string_view query) {
    return asked_in_query(query, journal::DeadQuery{}, [](Taking& taking, journal::DeadQuery& dead) {
        take_event_query(taking, dead);
        taking.text("sink", dead.sink);
    });
}

Asked<journal::RejectionQuery> parse_rejection_query(std::string_view query) {
    return asked_in_query(query, journal::RejectionQuery{},
                          [](Taking& taking, journal::RejectionQuery& rejections) {
                              take_rejection_filters(taking, rejections);
                              take_newest(taking, rejections.newest, rejections.before_number);
                          });
}

Asked<Order> parse_order(std::string_view body) {
    Order order;
    order.query.limit = limit_max;
    return asked_in_body(body, std::move(order), [](Taking& taking, Order& taken) {
        take_filters(taking, taken.query);
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
    auto asked = asked_in_body(body, std::move(order), [&](Taking& taking, RejectionOrder& taken) {
        take_rejection_filters(taking, taken.query);
        taking.list("numbers", numbers, limit_max);
        taking.number("up_to", taken.up_to);
        taking.flag("dry_run", taken.dry_run);
    });
    for (const std::string& text : numbers) {
        const auto number = rejection_number(text);
        if (!number) return {std::nullopt, "numbers: not whole numbers"};
        if (asked.query) asked.query->numbers.push_back(*number);
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
