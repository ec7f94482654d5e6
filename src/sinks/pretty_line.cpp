#include "sinks/pretty_line.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "ecma/document.hpp"
#include "support/mask.hpp"
#include "support/utf8.hpp"

namespace chathook::sinks {
namespace {

constexpr std::size_t type_columns = 20;  // fits "appointment.created" and most others
constexpr std::size_t origin_columns = 24;
constexpr std::size_t field_bytes_max = 200;

std::string safe(std::string_view text) { return printable(text, field_bytes_max); }

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t columns) {
    const std::size_t width = columns_of(text);
    if (width < columns) text.append(columns - width, ' ');
    return text;
}

// "20:00:00" out of "2026-11-21T20:00:00.123456Z".
std::string clock_time(Json event) {
    const Json received = event["receivedtime"];
    const std::string_view time = received ? received.text() : event["time"].text();
    return time.size() >= 19 && time[10] == 'T' ? safe(time.substr(11, 8)) : "--:--:--";
}

std::string who(Json contact) {
    std::string name = safe(contact["name"].text());
    if (name.empty()) {
        name = safe(contact["first_name"].text());
        const std::string last = safe(contact["last_name"].text());
        if (!name.empty() && !last.empty()) name += ' ';
        name += last;
    }
    const std::string email = safe(contact["email"].text());
    const std::string phone = safe(contact["phone"].text());
    std::string text = name;
    if (!email.empty()) text += name.empty() ? email : " <" + email + ">";
    if (!phone.empty()) text += text.empty() ? phone : " " + phone;
    return text;
}

// The last thing the visitor said; if there is none, the last thing said at all.
std::string_view last_message(Json messages) {
    std::string_view last;
    std::string_view last_of_user;
    for (Json message = messages.first(); message; message = message.next()) {
        const std::string_view text = message["text"].text();
        if (text.empty()) continue;
        last = text;
        if (message["role"].text() == "user") last_of_user = text;
    }
    return last_of_user.empty() ? last : last_of_user;
}

// Collapses white space into one blank, so that a message of several lines fits on one.
std::string in_one_line(std::string_view text, std::size_t columns_max) {
    std::string line;
    std::size_t columns = 0;
    bool blank = false;
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        const std::string_view piece = text.substr(0, point.size);
        text.remove_prefix(point.size);
        if (piece == " " || piece == "\n" || piece == "\r" || piece == "\t") {
            blank = !line.empty();
            continue;
        }
        if (columns + (blank ? 2 : 1) > columns_max) return line + "…";
        if (blank) line += ' ';
        line += point.valid && !unsafe_to_print(point.value) ? piece : "?";
        columns += blank ? 2 : 1;
        blank = false;
    }
    return line;
}

std::string what(Json data, std::string_view vendor_type, std::size_t columns_max) {
    const auto line = [columns_max](std::string_view text) { return in_one_line(text, columns_max); };
    if (const auto said = last_message(data["conversation"]["messages"]); !said.empty()) {
        return '"' + line(said) + '"';
    }
    for (const std::string_view text : {data["handover"]["message"].text(), data["lead"]["note"].text(),
                                        data["appointment"]["note"].text()}) {
        if (!text.empty()) return '"' + line(text) + '"';
    }
    const auto named = [&](std::string_view label, std::string_view text) {
        return text.empty() ? std::string() : std::string(label) + line(text);
    };
    for (std::string text :
         {named("status ", data["lead"]["status"].text()), named("", data["agent"]["name"].text()),
          named("document ", data["document"]["id"].id()), named("agent ", data["agent"]["id"].id()),
          named("lead ", data["lead"]["id"].id()), named("conversation ", data["conversation"]["id"].id())}) {
        if (!text.empty()) return text;
    }
    return line(vendor_type);
}

struct Family {
    std::string_view prefix;
    std::string_view colour;
};

std::string_view colour_of(std::string_view type) {
    constexpr std::array<Family, 5> families{{{"handover.", "\x1b[1;31m"},
                                              {"lead.", "\x1b[32m"},
                                              {"appointment.", "\x1b[35m"},
                                              {"message.", "\x1b[36m"},
                                              {"unrecognized", "\x1b[33m"}}};
    const auto found = std::find_if(families.begin(), families.end(),
                                    [type](const Family& family) { return type.starts_with(family.prefix); });
    return found == families.end() ? "\x1b[34m" : found->colour;
}

}  // namespace

std::string pretty_line(std::string_view event_json, PrettyStyle style) {
    const auto document = JsonDocument::parse(event_json);
    if (document == nullptr || !document->root().is_object())
        return "--:--:--  (an event that cannot be read)";
    const Json event = document->root();
    const Json data = event["data"];

    const std::string_view reset = style.colour ? "\x1b[0m" : "";
    const std::string_view dim = style.colour ? "\x1b[2m" : "";
    std::string line;
    const auto append = [&line](std::initializer_list<std::string_view> parts) {
        for (const std::string_view part : parts) line += part;
    };
    append({dim, clock_time(event), reset, "  "});
    append({style.colour ? colour_of(event["type"].text()) : "",
            padded(safe(event["type"].text()), type_columns), reset, "  "});
    append({padded(safe(event["vendor"].text()) + "/" + safe(event["sourcename"].text()), origin_columns)});
    for (const std::string& part :
         {who(data["contact"]), what(data, event["vendortype"].text(), style.columns_what)}) {
        if (!part.empty()) append({"  ", part});
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace chathook::sinks
