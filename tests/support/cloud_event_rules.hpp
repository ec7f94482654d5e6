// The rules of CloudEvents 1.0.2 and its official JSON schema (formats/cloudevents.json) for an event in
// JSON.
#pragma once

#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace chathook::test {

// One sentence for each rule that `event` breaks.
inline std::vector<std::string> broken_cloud_event_rules(const nlohmann::json& event) {
    std::vector<std::string> broken;
    const auto demand = [&](bool kept, std::string rule) {
        if (!kept) broken.push_back(std::move(rule));
    };
    if (!event.is_object()) return {"an event is an object"};
    for (const char* name : {"id", "source", "specversion", "type"}) {
        demand(event.contains(name), std::string("required: ") + name);
    }
    static const std::regex attribute_name("[a-z0-9]{1,20}");
    static const std::regex date_time(
        R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z)");
    static const std::regex uri_reference(R"([A-Za-z0-9/._~:?#@!$&'()*+,;=%-]+)");
    static const std::set<std::string> payload{"data", "data_base64"};
    for (const auto& [name, value] : event.items()) {
        if (payload.contains(name)) continue;
        demand(std::regex_match(name, attribute_name),
               "an attribute's name is lower-case letters and digits");
        demand(value.is_string() && !value.get_ref<const std::string&>().empty(),
               name + " is text, not empty");
        if (!value.is_string()) continue;
        for (const unsigned char byte : value.get_ref<const std::string&>()) {
            demand(byte >= 0x20 && byte != 0x7F, name + " has no control characters");
        }
    }
    if (!broken.empty()) return broken;
    const auto text = [&](const char* name) { return event.value(name, std::string()); };
    demand(text("specversion") == "1.0", "specversion is 1.0");
    demand(std::regex_match(text("source"), uri_reference), "source is a URI reference");
    demand(!event.contains("time") || std::regex_match(text("time"), date_time), "time is RFC 3339");
    demand(!(event.contains("data") && event.contains("data_base64")), "data or data_base64, not both");
    return broken;
}

}  // namespace chathook::test
