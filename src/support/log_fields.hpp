// The fields of the log; each entry is a row of the reference and documents one or more fields. A call of
// log() with a field that is not listed here does not compile, and docs/operations.md shows this list as its
// table (checked by tests/support/log_keys_test.cpp). Literals; any thread.
#pragma once

#include <array>
#include <string_view>

#include "support/log_keys.hpp"

namespace chathook {

struct LogFieldTopic {
    std::string_view names;    // separated by spaces
    std::string_view meaning;  // Markdown
};

inline constexpr std::array log_field_topics{
    LogFieldTopic{"source", "the source of the webhook, by its name in the configuration"},
    LogFieldTopic{"type id sequence", "the event's type, its id, and its number in the journal"},
    LogFieldTopic{"email phone", "the contact's, masked unless `log.pii: plain`"},
    LogFieldTopic{"client", "the address that the request came from"},
    LogFieldTopic{"origin", "the web site that the browser of `client` named"},
    LogFieldTopic{"sink", "the sink, by its name in the configuration"},
    LogFieldTopic{"reason", "what went wrong, or what was found"},
    LogFieldTopic{"hint", "what to do about it"},
    LogFieldTopic{"consequence", "what that means for events and webhooks"},
    LogFieldTopic{"status", "of the answer"},
    LogFieldTopic{"times requests", "how often since the last such line; left out where it was once"},
    LogFieldTopic{"events rejections rows", "how many"},
    LogFieldTopic{"accepted duplicates", "how many of the refused requests became events, or were known"},
    LogFieldTopic{"delivered skipped tried under_way given_up",
                  "the numbers of an erasure's receipt, see [admin-api.md](admin-api.md#erasing-a-person)"},
    LogFieldTopic{"retaken", "`yes`: a request that had been refused was taken again"},
    LogFieldTopic{"failures", "so many attempts failed in a row"},
    LogFieldTopic{"after", "how long it had failed"},
    LogFieldTopic{"first", "the id of the first of these events"},
    LogFieldTopic{"bytes removed_bytes size", "so much was written, deleted, cut off or set aside"},
    LogFieldTopic{"path kept_in copies", "the file or directory; where what was cut off or damaged is kept"},
    LogFieldTopic{"address", "an address that is open, with its real port"},
    LogFieldTopic{"connections open", "so many connections or streams are open, or may be"},
    LogFieldTopic{"configured open_files", "what the configuration wants; the limit on open files"},
    LogFieldTopic{"config key", "the configuration's file; the key in it"},
    LogFieldTopic{"version", "of chathookd, or of SQLite"},
    LogFieldTopic{"vendors", "a digest of what verifies and reads webhooks: sources with their vendors"},
    LogFieldTopic{"from to", "the journal's format before and now"},
    LogFieldTopic{"by direction", "how far the clock was set; `forward` or `back`"},
    LogFieldTopic{"counted", "so much of the stop counts for ages"},
    LogFieldTopic{"lines_lost", "so many lines of the log were dropped"},
};

constexpr bool is_listed_log_field(std::string_view name) {
    return is_listed_in(log_field_topics, &LogFieldTopic::names, name);
}

// A field's name. Made from a literal only, which has to be listed.
class LogFieldName {
public:
    consteval LogFieldName(const char* name)
        : text_(name) {  // NOLINT(google-explicit-constructor): a literal is the name
        if (!is_listed_log_field(name)) throw "list this field in support/log_fields.hpp";
    }

    constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

}  // namespace chathook
