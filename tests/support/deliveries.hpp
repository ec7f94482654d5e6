// Numbered events for delivery, for the tests of sinks and of dispatch. Any thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <chathook/sink.hpp>

namespace chathook::test {

inline std::string numbered_id(std::uint64_t number) {
    char text[40];
    std::snprintf(text, sizeof text, "01900000-0000-7000-8000-%012llu",
                  static_cast<unsigned long long>(number));
    return text;
}

// A message event with this number and text.
inline Event numbered_event(std::uint64_t number, const std::string& text = "Hi") {
    Event event;
    event.id = numbered_id(number);
    event.source = "lynn-support";
    event.vendor = "lynn";
    event.type = "message.received";
    event.vendor_type = "message";
    for (std::size_t byte = 0; byte < 8; ++byte) {
        event.dedupe_key[byte] = static_cast<std::uint8_t>(number >> (8 * byte));
    }
    const std::string head =
        R"({"specversion":"1.0","id":")" + event.id +
        R"(","source":"/sources/lynn-support","type":"message.received","vendor":"lynn",)"
        R"("sourcename":"lynn-support","receivedtime":"2026-11-21T20:00:00.123456Z",)"
        R"("data":{"conversation":{"messages":[{"role":"user","text":")" +
        text + R"("}]},"original":)";
    const std::string original = R"({"number":)" + std::to_string(number) + "}";
    event.text = head + original + "}}";
    event.original_at = head.size();
    event.original_size = original.size();
    return event;
}

inline Delivery numbered_delivery(std::uint64_t number, const std::string& text = "Hi") {
    return {number, 1, std::make_shared<const Event>(numbered_event(number, text))};
}

// A delivery whose text lacks the base64 of its bytes.
inline Delivery open_delivery(std::uint64_t number, const std::string& raw) {
    Event event = numbered_event(number);
    event.text.resize(event.original_at);
    event.text += R"("","original_base64":"")";
    event.original_at = event.text.size() - 1;
    event.original_size = 0;
    event.text += "}}";
    event.raw = raw;
    return {number, 1, std::make_shared<const Event>(event)};
}

inline std::vector<Delivery> numbered_deliveries(std::uint64_t first, std::uint64_t last) {
    std::vector<Delivery> deliveries;
    for (std::uint64_t number = first; number <= last; ++number) {
        deliveries.push_back(numbered_delivery(number));
    }
    return deliveries;
}

}  // namespace chathook::test
