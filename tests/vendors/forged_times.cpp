#include <algorithm>
#include <cstddef>
#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

using Texts = std::vector<std::string>;

// What is no number that a receiver should take, or one of another time.
Texts odd_numbers() {
    return {"",
            " ",
            "0",
            "1",
            "-1",
            "+1800000000",
            "-1800000000",
            "1800003600",
            "1799996400",
            "18000000000",
            "180000000",
            "99999999999",
            "100000000000",
            "9999999999999",
            "18000000000000",
            "1800000000000000",
            "1800000000000000000",
            "18446744073709551616",
            "18446744075509551616",
            "18446745873709551616",
            "0000000001800000000",
            "001800000000",
            "01800000000",
            "1e9",
            "1.8e9",
            "18e8",
            "1800000000.0",
            "1800000000.",
            "1800000000.000",
            "1,800,000,000",
            "1 800 000 000",
            "0x6b49d200",
            "6b49d200",
            "015322351000",
            "1800000000s",
            "1800000000ms",
            "1800000000Z",
            "1800000000L",
            "\xD9\xA1\xD9\xA8",
            "\xEF\xBC\x91\xEF\xBC\x98"
            "00000000",
            "1800000000\0"s,
            "1800000000000\0"s,
            "\0"
            "1800000000"s,
            "\t1800000000",
            " 1800000000",
            "1800000000 ",
            "1800000000000 ",
            " 1800000000000",
            "1800000000\t",
            "1800000000\n",
            "\"1800000000\"",
            "now",
            "null",
            "NaN",
            "Infinity",
            "t",
            "=1800000000",
            "1800000000=1",
            "1800000000,1800000000",
            "1800000000;",
            "-0",
            "[1800000000]",
            "undefined",
            "true"};
}

// Dates that are not in the form of Zendesk's page, or are of another time.
Texts odd_dates() {
    return {"2027-01-15",
            "2027-01-15T08:00Z",
            "2027-01-15T08Z",
            "2027-01-15T08:00:00",
            "2027-01-15T08:00:00 ",
            "2027-01-15T08:00:00 Z",
            "2027-01-15T08:00:00z ",
            " 2027-01-15T08:00:00Z",
            "2027-01-15T08:00:00Z ",
            "2027-01-15T08:00:00Z\0"s,
            "2027-01-15T08:00:00ZZ",
            "2027-01-15T08:00:00+0000",
            "2027-01-15T08:00:00+00",
            "2027-01-15T08:00:00+00:0",
            "2027-01-15T08:00:00+00:00Z",
            "2027-01-15T08:00:00+01:00",
            "2027-01-15T08:00:00-01:00",
            "2027-01-15T08:00:00+24:00",
            "2027-01-15T08:00:00.Z",
            "2027-01-15T08:00:00,5Z",
            "2027-01-15T8:00:00Z",
            "2027-1-15T08:00:00Z",
            "27-01-15T08:00:00Z",
            "12027-01-15T08:00:00Z",
            "+2027-01-15T08:00:00Z",
            "2027-01-15T08:00:60Z",
            "2027-01-15T07:60:00Z",
            "2027-01-14T32:00:00Z",
            "2027-01-14T24:00:00Z",
            "2027-00-15T08:00:00Z",
            "2026-13-15T08:00:00Z",
            "2027-01-00T08:00:00Z",
            "2026-12-46T08:00:00Z",
            "2027-02-29T08:00:00Z",
            "2027/01/15T08:00:00Z",
            "2027-01-15TT08:00:00Z",
            "20270115T080000Z",
            "2027-W02-5T08:00:00Z",
            "2027-015T08:00:00Z",
            "2027-01-15T08.00.00Z",
            "2027-01-15T08:00:00GMT",
            "2027-01-15T08:00:00 GMT",
            "2027-01-15T08:00:00UTC",
            "2027-01-15T08:00:00[UTC]",
            "2027-01-15T08:00:00Z[UTC]",
            "2028-01-15T08:00:00Z",
            "2026-01-15T08:00:00Z",
            "2027-01-16T08:00:00Z",
            "2027-02-15T08:00:00Z",
            "1970-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "Fri, 15 Jan 2027 08:00:00 GMT",
            "Fri Jan 15 08:00:00 2027",
            "01/15/2027 08:00:00",
            "15.01.2027 08:00:00",
            "08:00:00Z",
            "T08:00:00Z",
            "Z"};
}

Texts odd_times(const Manner& manner) {
    Texts times = odd_numbers();
    for (const std::string& date : odd_dates()) times.push_back(date);
    const std::chrono::milliseconds limit = manner.tolerance;
    for (const std::chrono::milliseconds late :
         {limit + 1ms, limit + 999ms, limit + 1s, limit + 1min, 2 * limit, limit + 24h, limit + 24h * 365}) {
        for (const Unit unit : {Unit::seconds, Unit::milliseconds, Unit::iso8601}) {
            // A second after the limit ends with it: in whole seconds, later within it is no other time.
            if (unit == Unit::seconds && late % 1s != 0ms) continue;
            times.push_back(time_text(unit, late));
            times.push_back(time_text(unit, -late));
        }
    }
    for (const Unit unit : {Unit::seconds, Unit::milliseconds, Unit::iso8601}) {
        times.push_back(time_text(unit));
    }
    times.push_back(time_text(Unit::milliseconds) + "000");
    return times;
}

void moved_times(Forger& forger, const std::string& body) {
    const Manner& manner = forger.manner();
    const std::string right = forger.text_of(body);
    for (int step = -60; step <= 60; ++step) {
        for (const std::string& time :
             {time_text(manner.unit, step * 1s), time_text(manner.unit, step * 1ms),
              time_text(Unit::milliseconds, step * 1s), time_text(manner.unit, step * 1s) + "000"}) {
            Stamp stamp = forger.stamp();
            stamp.time = time;
            forger.send_signed("the time moved", body, right, stamp);
            forger.send_signed("another time signed", body, filled(manner.text, body, stamp));
        }
    }
}

// The time as it stands in the headers, taken away.
void without_time(Forger& forger, const std::string& body) {
    const Manner& manner = forger.manner();
    Stamp none = forger.stamp();
    none.time.clear();
    for (const std::string& text : {filled(manner.text, body, none), body, forger.text_of(body)}) {
        const std::string mac = writings(manner, forger.signature(text)).front();
        auto headers = headers_with(manner, value_with(manner, mac, ""), none);
        forger.send("an empty time", body, headers);
        std::erase_if(headers, [&](const SignedHeader& header) { return header.name == manner.time_header; });
        forger.send("no time", body, headers);
        if (manner.grammar != Grammar::pairs) continue;
        headers.front().value = std::string(manner.mac_key) + "=" + mac;
        forger.send("no time", body, headers);
    }
}

// The same signed text, divided otherwise into the parts on both sides of `between`. Where `between` is
// empty, the length of the time is all that tells one from the other.
void divided(Forger& forger, const std::string& body, std::string_view between, bool time_first) {
    const Manner& manner = forger.manner();
    const std::string& time = forger.stamp().time;
    const std::string text =
        time_first ? time + std::string(between) + body : body + std::string(between) + time;
    const std::size_t right = time_first ? time.size() : body.size();
    constexpr std::size_t far = 40;
    const std::string signed_text = filled(manner.text, body, forger.stamp());
    for (std::size_t at = right > far ? right - far : 0; at <= text.size() && at <= right + far; ++at) {
        if (at == right || text.compare(at, between.size(), between) != 0) continue;
        const std::string left = text.substr(0, at), rest = text.substr(at + between.size());
        Stamp stamp = forger.stamp();
        stamp.time = time_first ? left : rest;
        forger.send_signed("the same text, divided otherwise", time_first ? rest : left, signed_text, stamp);
    }
}

void divided_otherwise(Forger& forger, const std::string& sample) {
    const std::string_view text = forger.manner().text;
    const std::size_t time = text.find("{time}"), body = text.find("{body}");
    const bool time_first = time < body;
    const std::size_t end = std::min(time, body) + std::string_view("{time}").size();
    const std::string_view between = text.substr(end, std::max(time, body) - end);
    for (const std::string& other : Texts{sample,
                                          "678",
                                          "0",
                                          "678{}",
                                          "000",
                                          "{}678",
                                          "{}0",
                                          "1800000000",
                                          "1800000000000",
                                          "1800000000{}",
                                          "{}1800000000",
                                          "{}1800000000000",
                                          "1800000000.{}",
                                          "1800000000:{}",
                                          "{}_1800000000",
                                          "1800000000;{}",
                                          "0.{}",
                                          "5.{}",
                                          "0:{}",
                                          "000:{}",
                                          "{}_",
                                          "_",
                                          ".",
                                          ":",
                                          ";",
                                          "..",
                                          ":{}",
                                          ".{}",
                                          "{}_1",
                                          "Z",
                                          "Z{}",
                                          "+00:00{}",
                                          ".5Z{}",
                                          "2027-01-15T08:00:00Z",
                                          "2027-01-15T08:00:00Z{}",
                                          "1.1800000000.{}"}) {
        divided(forger, other, between, time_first);
    }
}

// Id and time, exchanged or moved into each other, and an id with a full stop in it: where a body begins with
// ten digits and a full stop, ID.TIME.BODY has a second reading, with another id, time and body.
void moved_ids(Forger& forger, const std::string& body) {
    const Manner& manner = forger.manner();
    const Stamp& right = forger.stamp();
    const std::string text = forger.text_of(body);
    const std::string both = right.id + "." + right.time;
    for (std::size_t at = 0; at <= both.size(); ++at) {
        Stamp stamp = right;
        stamp.id = both.substr(0, at);
        stamp.time = both.substr(at);
        forger.send_signed("id and time divided otherwise", body, text, stamp);
    }
    Stamp later = right;
    later.id = both;
    later.time = std::to_string(std::stoll(right.time) + 1);
    forger.send_signed("an id with a full stop", body,
                       right.id + "." + right.time + "." + later.time + "." + body, later);
    Stamp exchanged = right;
    std::swap(exchanged.id, exchanged.time);
    forger.send_signed("id and time exchanged", body, text, exchanged);
    forger.send_signed("id and time exchanged, and signed so", body, filled(manner.text, body, exchanged));
    forger.send_signed("id and time exchanged, and signed so", body, filled(manner.text, body, exchanged),
                       exchanged);
    for (const std::string id : {"1800000000", "msg_example.", ".msg_example", "."}) {
        Stamp stamp = right;
        stamp.id = id;
        forger.send_signed("another id", body, text, stamp);
        stamp.time = "";
        forger.send_signed("no time but in the id", body, filled(manner.text, body, stamp), stamp);
    }
}

}  // namespace

void forged_times(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    const std::string right = forger.text_of(body);
    for (const std::string& time : odd_times(manner)) {
        Stamp stamp = forger.stamp();
        stamp.time = time;
        forger.send_signed("a time that is not to be taken, signed", body, filled(manner.text, body, stamp),
                           stamp);
        forger.send_signed("another time than the signed one", body, right, stamp);
        forger.send_signed("another time signed", body, filled(manner.text, body, stamp));
    }
    Stamp blank = forger.stamp();
    blank.time += ' ';
    forger.send_signed("a blank signed", body, filled(manner.text, body, blank));
    moved_times(forger, body);
    without_time(forger, body);
    divided_otherwise(forger, body);
    if (!manner.id_header.empty()) moved_ids(forger, body);
}

}  // namespace chathook::test
