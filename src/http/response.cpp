#include "http/response.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "http/characters.hpp"

namespace chathook::http {
namespace {

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    const std::size_t start = out.size();
    out.append(value);
    if (!all(value, value_character)) {
        std::replace_if(
            out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
            [](char c) { return !is(c, value_character); }, ' ');
    }
    out.append("\r\n");
}

}  // namespace

std::string_view DateText::at(Instant now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second.time_since_epoch().count() == second_) return text_;
    static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(second - day);
    std::array<char, 64> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                      days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()));
    text_.assign(text.data(), static_cast<std::size_t>(size));
    second_ = second.time_since_epoch().count();
    return text_;
}

void append_head(std::string& out, const Reply& reply, const Framing& framing, std::string_view date) {
    namespace beast_http = boost::beast::http;
    out.append("HTTP/1.1 ");
    append_number(out, reply.status);
    const auto phrase = beast_http::obsolete_reason(beast_http::int_to_status(reply.status));
    out.push_back(' ');
    out.append(phrase.data(), phrase.size()).append("\r\n");
    append_field(out, "Date", date);
    if (may_have_body(reply.status)) {
        if (!reply.content_type.empty()) append_field(out, "Content-Type", reply.content_type);
        if (framing.body == Framing::Body::sized) {
            out.append("Content-Length: ");
            append_number(out, framing.body_bytes);
            out.append("\r\n");
        } else if (framing.body == Framing::Body::chunked) {
            out.append("Transfer-Encoding: chunked\r\n");
        }
    }
    if (!reply.allow.empty()) append_field(out, "Allow", reply.allow);
    if (reply.retry_after.count() > 0) {
        out.append("Retry-After: ");
        append_number(out, static_cast<std::uint64_t>(reply.retry_after.count()));
        out.append("\r\n");
    }
    for (const Field& field : reply.fields) append_field(out, field.name, field.value);
    if (framing.close) {
        out.append("Connection: close\r\n");
    } else if (framing.keep_alive_named || framing.idle_timeout.count() > 0) {
        out.append("Connection: keep-alive\r\n");
    }
    if (!framing.close && framing.idle_timeout.count() > 0) {
        out.append("Keep-Alive: timeout=");
        append_number(out, static_cast<std::uint64_t>(framing.idle_timeout.count()));
        out.append("\r\n");
    }
    out.append("\r\n");
}

std::string chunk_head(std::size_t bytes) {
    std::string head;
    append_number(head, bytes, 16);
    return head.append("\r\n");
}

Reply refusal_reply(unsigned status, std::string_view reason) {
    Reply reply;
    reply.status = status;
    reply.body.append("{\"error\":\"").append(reason).append("\"}");
    reply.close = true;
    return reply;
}

}  // namespace chathook::http
