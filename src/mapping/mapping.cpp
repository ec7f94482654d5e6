#include "mapping/mapping.hpp"

#include <algorithm>

#include "mapping/levels.hpp"
#include "mapping/values.hpp"
#include "normalize/reading.hpp"

namespace chathook::mapping {
namespace {

// One event of a body on its way into a Normalized.
class Reader {
public:
    Reader(const Mapping& mapping, const Level& level, const Verified& verified, const Signed& sent,
           Normalized& event) noexcept
        : mapping_(mapping), level_(level), verified_(verified), sent_(sent), event_(event) {}

    void read() {
        for (const Pointer& pointer : mapping_.look_first) pointer.at(level_);
        event_.vendor_type = text(mapping_.event, mapping_.event_kind);
        const EventRule* const rule = mapping_.events.find(event_.vendor_type);
        const bool has_time = rule != nullptr && rule->time;
        event_.time = read_time(has_time ? *rule->time : mapping_.time, level_, sent_);
        identify();
        if (rule != nullptr) apply(*rule);
    }

private:
    std::string_view text(const Value& value, Kind kind) const noexcept {
        return read_value(value, kind, level_, sent_);
    }

    void apply(const EventRule& rule) {
        event_.type = rule.type;
        for (const std::size_t index : rule.layers) {
            const Layer& layer = mapping_.layers[index];
            for (const auto& [target, value] : layer.set) {
                const std::string_view read = text(value, target->kind);
                if (!read.empty()) target->member(event_) = read;
            }
            if (layer.answers) read_answers(*layer.answers);
            if (rule.messages_of != index) continue;
            for (const MessageRule& message : layer.messages) read_messages(message);
        }
        for (const Target* target : rule.subject) {
            event_.subject = target->member(event_);
            if (!event_.subject.empty()) break;
        }
    }

    // What has no content must not take memory: a body may contain half a million of them.
    void read_messages(const MessageRule& rule) {
        if (!rule.each) {
            event_.conversation.messages.reserve(messages_usual);
            return append_message(rule, level_);
        }
        const Json list = rule.each->at(level_);
        auto& messages = event_.conversation.messages;
        std::size_t objects = 0;
        std::size_t looked_at = 0;
        for (Json one = list.first(); one && looked_at < rule.most; one = one.next(), ++looked_at) {
            objects += one.is_object();
        }
        messages.reserve(messages.size() + objects);
        looked_at = 0;
        for (Json one = list.first(); one && looked_at < rule.most; one = one.next(), ++looked_at) {
            const Level at{one, &level_};
            append_message(rule, at);
        }
    }

    void append_message(const MessageRule& rule, const Level& at) {
        const std::string_view said = read_value(rule.text, Kind::text, at, sent_);
        const Json resources = rule.resources ? rule.resources->at(at) : Json();
        if (said.empty() && !resources) return;
        const std::string_view role = read_value(rule.role, Kind::text, at, sent_);
        event_.conversation.messages.push_back({role, said, resources});
    }

    void read_answers(const AnswerRule& rule) {
        const Json list = rule.each.at(level_);
        std::size_t looked_at = 0;
        for (Json one = list.first(); one && looked_at < answers_max; one = one.next(), ++looked_at) {
            const Level at{one, &level_};
            const std::string_view answer = read_value(rule.answer, Kind::id, at, sent_);
            if (answer.empty()) continue;
            event_.lead.answers.push_back({read_value(rule.question, Kind::text, at, sent_), answer});
        }
    }

    // Two different events must never count as one, so without one of the parts none is the identity.
    void identify() {
        event_.identity.reserve(mapping_.identity.size());
        for (const IdentityPart& part : mapping_.identity) {
            const std::string_view read = identity_of(part);
            if (read.empty()) return event_.identity.clear();
            event_.identity.push_back(read);
        }
    }

    std::string_view identity_of(const IdentityPart& part) const noexcept {
        switch (part.from) {
            case IdentityPart::From::signed_id: return sent_.id;
            case IdentityPart::From::signed_time: return verified_.signed_time();
            case IdentityPart::From::header:
                return part.header < sent_.headers.size() ? sent_.headers[part.header] : std::string_view{};
            case IdentityPart::From::source:
            case IdentityPart::From::text:
            case IdentityPart::From::id:
            case IdentityPart::From::any: break;
        }
        return identity_source(part, level_);
    }

    // A turn of a conversation: what was asked and what was answered.
    static constexpr std::size_t messages_usual = 2;

    const Mapping& mapping_;
    const Level& level_;
    const Verified& verified_;
    const Signed& sent_;
    Normalized& event_;
};

}  // namespace

Normalized read(const Mapping& mapping, const Verified& verified, const Signed& sent) {
    Normalized event;
    if (mapping.each.empty()) {
        const Level body{verified.json(), nullptr};
        Reader(mapping, body, verified, sent, event).read();
        return event;
    }
    return event;
}

Normalized read_element(const Mapping& mapping, const Element& element, const Verified& verified,
                        const Signed& sent) {
    const Levels levels(element);
    Normalized event;
    Reader(mapping, levels.innermost(), verified, sent, event).read();
    return event;
}

}  // namespace chathook::mapping
