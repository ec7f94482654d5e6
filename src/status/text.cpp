#include "status/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "status/words.hpp"
#include "support/clock.hpp"
#include "support/mask.hpp"

namespace chathook::status {

namespace {

constexpr std::size_t shown_bytes_max = 400;
constexpr std::size_t reasons_in_headline = 3;
constexpr std::string_view gap = "  ";

std::string shown(std::string_view text) {
    std::string safe = printable(text, shown_bytes_max);
    std::ranges::replace(safe, '|', '/');
    return safe;
}

std::uint64_t number(const Json& json) {
    std::uint64_t value = 0;
    const std::string_view text = json.id();
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::chrono::seconds seconds(const Json& json) {
    return std::chrono::seconds(static_cast<std::int64_t>(std::min<std::uint64_t>(number(json), INT32_MAX)));
}

bool is_true(const Json& json) { return json.source() == "true"; }

// Times of the answer as text; `otherwise` stands for one that is missing.
class Times {
public:
    explicit Times(const Json& answer) : now_(parse_rfc3339(answer["at"].text()).value_or(Instant{})) {}

    std::string operator()(const Json& time, std::string_view otherwise = "-") const {
        const auto at = parse_rfc3339(time.text());
        return at ? moment(*at, now_) : std::string(otherwise);
    }

private:
    Instant now_;
};

// Columns as wide as their widest cell: numbers stand at the right, and the last column is not filled up.
class Table {
public:
    struct Column {
        std::string_view name;
        bool right = false;
    };
    using Row = std::vector<std::string>;

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {
        Row names;
        for (const Column& column : columns_) names.emplace_back(column.name);
        rows_.push_back(std::move(names));
    }

    void add(Row row) { rows_.push_back(std::move(row)); }

    std::string text() const {
        std::vector<std::size_t> widths(columns_.size());
        for (const Row& row : rows_) {
            for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
        }
        std::string text;
        for (const Row& row : rows_) text += line_of(row, widths);
        return text;
    }

private:
    std::string line_of(const Row& row, const std::vector<std::size_t>& widths) const {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string fill(widths[i] - row[i].size(), ' ');
            line += (i == 0 ? "" : std::string(gap)) + (columns_[i].right ? fill + row[i] : row[i] + fill);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        return line + "\n";
    }

    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

std::string fact(std::string_view name, const std::string& text) {
    constexpr std::size_t width = 15;
    std::string line(name);
    line.resize(width, ' ');
    return line + text + "\n";
}

// "wrong_signature 3, stale_timestamp 1"
std::string reasons_of(const Json& refused) {
    std::string text;
    for (Json reason = refused.first(); reason; reason = reason.next())
        text += (text.empty() ? "" : ", ") + shown(reason.key()) + " " + std::to_string(number(reason));
    return text;
}

std::uint64_t sum_of(const Json& refused) {
    std::uint64_t sum = 0;
    for (Json reason = refused.first(); reason; reason = reason.next()) sum += number(reason);
    return sum;
}

std::string configuration_of(const Json& configuration, const Times& time) {
    std::string text = "loaded " + time(configuration["loaded"]) + ", sources and vendors " +
                       shown(configuration["fingerprint"].text());
    const Json reload = configuration["last_reload"];
    if (!reload) return text;
    text += "; last reload " + time(reload["at"]);
    if (is_true(reload["accepted"])) return text + ", accepted";
    return text + ", refused: " + shown(reload["reason"].text());
}

std::string journal_of(const Json& journal, const Times& time) {
    if (!is_true(journal["readable"])) return "cannot be read now; see the log";
    std::string text =
        size_of(number(journal["used_bytes"])) + " of " + size_of(number(journal["max_size_bytes"])) + ", ";
    if (!journal["oldest_event"]) return text + "keeps no events";
    return text + "keeps events since " + time(journal["oldest_event"]) + " (delivered ones for " +
           span_of(seconds(journal["retain_delivered_seconds"])) + ")";
}

std::string disk_of(const Json& disk) {
    const std::string free =
        disk["free_bytes"] ? size_of(number(disk["free_bytes"])) + " free" : "not known yet";
    const std::uint64_t least = number(disk["min_free_bytes"]);
    return least == 0 ? free : free + ", webhooks are refused below " + size_of(least);
}

std::string answers_of(const Json& hour) {
    if (!hour["p50_ms"]) return "no webhook was accepted in the hour";
    return "p50 " + shown(hour["p50_ms"].id()) + " ms, p99 " + shown(hour["p99_ms"].id()) + " ms";
}

std::string hour_of(const Json& hour, const Times& time) {
    std::string text = "since " + time(hour["since"]) + ": " + counted(number(hour["events"]), "event") +
                       ", " + counted(number(hour["duplicates"]), "repeat") + ", " +
                       std::to_string(number(hour["refused"])) + " refused";
    const Json nobody = hour["refused_of_no_source"];
    return nobody.size() == 0 ? text : text + "; of no source: " + reasons_of(nobody);
}

std::string sources_of(const Json& answer, const Times& time) {
    Table table({{"SOURCE"},
                 {"VENDOR"},
                 {"LAST EVENT"},
                 {"EVENTS", true},
                 {"REPEATS", true},
                 {"REFUSED", true},
                 {"REASONS"}});
    const std::string_view never = is_true(answer["journal"]["readable"]) ? "never" : "not known";
    for (const bool sent : {true, false}) {
        for (Json source = answer["sources"].first(); source; source = source.next()) {
            if (static_cast<bool>(source["last_event"]) != sent) continue;
            const Json refused = source["refused"];
            table.add({shown(source["source"].text()),
                       is_true(source["configured"]) ? shown(source["vendor"].text()) : "not configured",
                       time(source["last_event"], never), std::to_string(number(source["events"])),
                       std::to_string(number(source["duplicates"])), std::to_string(sum_of(refused)),
                       reasons_of(refused)});
        }
    }
    return table.text();
}

std::string state_of(const Json& sink) {
    if (!is_true(sink["configured"])) return "not configured";
    return is_true(sink["breaker_open"]) ? "breaker open" : shown(sink["state"].text());
}

std::string sinks_of(const Json& answer, const Times& time) {
    Table table({{"SINK"},
                 {"STATE"},
                 {"WAITING", true},
                 {"OLDEST"},
                 {"LAG", true},
                 {"DEAD", true},
                 {"ATTEMPTS", true},
                 {"NEXT TRY"},
                 {"LAST ERROR"}});
    for (Json sink = answer["sinks"].first(); sink; sink = sink.next()) {
        const auto figure = [&](const char* name) {
            return sink[name] ? std::to_string(number(sink[name])) : std::string("-");
        };
        table.add({shown(sink["sink"].text()), state_of(sink), figure("waiting"), time(sink["oldest"]),
                   sink["lag_seconds"] ? span_of(seconds(sink["lag_seconds"])) : "-", figure("dead"),
                   figure("failures"), time(sink["next_try"]), shown(sink["reason"].text())});
    }
    return table.text();
}

}  // namespace

std::string headline(const Json& answer) {
    std::string state = shown(answer["state"].text());
    std::ranges::transform(state, state.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    const Json reasons = answer["reasons"];
    if (reasons.size() == 0) {
        const Json hour = answer["hour"];
        return state + ": " + counted(answer["sources"].size(), "source") + ", " +
               counted(answer["sinks"].size(), "sink") + ", " + counted(number(hour["events"]), "event") +
               " in " + span_of(seconds(hour["seconds"]));
    }
    std::string text;
    std::size_t told = 0;
    for (Json reason = reasons.first(); reason && told < reasons_in_headline; reason = reason.next(), ++told)
        text += (text.empty() ? "" : "; ") + shown(reason.text());
    if (reasons.size() > told) text += "; and " + std::to_string(reasons.size() - told) + " more";
    return state + ": " + text;
}

std::string text_of(const Json& answer) {
    const Times time(answer);
    std::string text = headline(answer) + "\n";
    if (!answer["version"]) return text;  // nothing answered
    const Json reasons = answer["reasons"];
    if (reasons.size() > reasons_in_headline) {
        for (Json reason = reasons.first(); reason; reason = reason.next())
            text += "  - " + shown(reason.text()) + "\n";
    }
    const Json hour = answer["hour"];
    // Compared with no day, so that the date is always shown.
    text += "\n" + fact("at", moment(parse_rfc3339(answer["at"].text()).value_or(Instant{}), {}));
    text += fact("version", shown(answer["version"].text()) + ", up " +
                                span_of(seconds(answer["uptime_seconds"])) + ", since " +
                                time(answer["started"]));
    text +=
        fact("ready", is_true(answer["ready"]) ? "yes" : "no: " + shown(answer["not_ready_because"].text()));
    text += fact("configuration", configuration_of(answer["configuration"], time));
    text += fact("journal", journal_of(answer["journal"], time));
    text += fact("disk", disk_of(answer["disk"]));
    text += fact("accepted in", answers_of(hour));
    text += fact("the hour", hour_of(hour, time));
    return text + "\n" + sources_of(answer, time) + "\n" + sinks_of(answer, time);
}

}  // namespace chathook::status
