#include "learn/field_guess.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

#include "ecma/document.hpp"
#include "mapping/vocabulary.hpp"

namespace chathook::learn {
namespace {

std::map<std::string, std::string> fields(const char* body, std::string_view type) {
    const auto document = JsonDocument::parse(body);
    std::map<std::string, std::string> found;
    for (const Leaf& leaf : leaves_of(document->root())) {
        const std::string_view field = field_of(leaf, type);
        if (field.empty()) continue;
        CHECK((field == "messages.text" || mapping::find_target(field) != nullptr));
        found[leaf.pointer] = field;
    }
    return found;
}

}  // namespace

TEST_CASE("fields are guessed from the names of keys and of what is around them") {
    const char* body =
        R"({"visitor":{"name":"A","email":"a@example.com","phoneNumber":"+49","first_name":"A"},
        "agent":{"name":"B","email":"b@example.com","id":1},"chatbot":{"id":2},"conversation_id":"c",
        "reason":"r","name":"event","text":"hello"})";
    CHECK(fields(body, "handover.requested") ==
          std::map<std::string, std::string>{{"/visitor/name", "contact.name"},
                                             {"/visitor/email", "contact.email"},
                                             {"/visitor/phoneNumber", "contact.phone"},
                                             {"/visitor/first_name", "contact.first_name"},
                                             {"/agent/name", "agent.name"},
                                             {"/agent/id", "agent.id"},
                                             {"/chatbot/id", "bot.id"},
                                             {"/conversation_id", "conversation.id"},
                                             {"/reason", "handover.message"}});
    CHECK(fields(body, "message.received").at("/text") == "messages.text");
}

TEST_CASE("a guess needs a value of the kind that the field takes") {
    CHECK(fields(R"({"email":"none","visitor":{"name":7,"phone":49}})", "lead.created") ==
          std::map<std::string, std::string>{{"/visitor/phone", "contact.phone"}});
    CHECK(fields(R"({"from":"2026-12-01T09:00:00Z","to":"soon"})", "appointment.created") ==
          std::map<std::string, std::string>{{"/from", "appointment.starts"}});
}

TEST_CASE("the vendor's word and the time of the event are told by their keys and values") {
    const auto document = JsonDocument::parse(
        R"({"event_type":"lead.created","type":"A very odd, long sentence!",
            "created_at":"2026-11-30T10:00:00Z","timestamp":1700000000,"at":"yesterday","ts":17})");
    const auto leaves = leaves_of(document->root());
    CHECK(word_rank(leaves[0]) > 0);
    CHECK(word_rank(leaves[1]) == 0);
    CHECK(word_rank(leaves[2]) == 0);
    CHECK(is_event_time(leaves[2]));
    CHECK(is_event_time(leaves[3]));
    CHECK_FALSE(is_event_time(leaves[4]));
    CHECK_FALSE(is_event_time(leaves[5]));
}

}  // namespace chathook::learn
