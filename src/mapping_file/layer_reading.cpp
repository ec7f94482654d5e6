#include "mapping_file/layer_reading.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace chathook::mapping_file {
namespace {

using mapping::Target;
using yaml::in_quotes;
using yaml::Place;

constexpr std::size_t rules_max = 16;                   // of messages
constexpr std::uint64_t most_messages = 1'000'000'000;  // no body has more

std::vector<std::string> target_names() {
    std::vector<std::string> names;
    for (const Target& target : mapping::targets()) names.emplace_back(target.name);
    return names;
}

const Target* read_target(const Place& at, const std::string& name) {
    const Target* const target = mapping::find_target(name);
    if (target != nullptr) return target;
    if (name == mapping::answers_name) {
        at.error("is a list, which cannot be the subject");
        return nullptr;
    }
    if (name == "conversation.messages") {
        at.error("is written as messages: [{role: ..., text: ...}], beside set and not in it");
        return nullptr;
    }
    const std::vector<std::string> names = target_names();
    at.error(in_quotes(name) + " is not a field of an event" + yaml::suggestion(name, names) +
             "; docs/event-model.md lists them");
    return nullptr;
}

mapping::AnswerRule read_answers(const Place& at, Scope& scope, std::size_t levels_up) {
    mapping::AnswerRule rule;
    const Fields fields(at, {"each", "question", "answer"});
    if (const Place* each = fields.required("each", "write where the list of answers stands")) {
        rule.each = read_pointer(*each, scope, levels_up).value_or(mapping::Pointer());
    }
    if (const Place* question = fields.required("question", "write where an answer has its question")) {
        rule.question = read_value(*question, scope, {.levels_up = levels_up + 1});
    }
    if (const Place* answer = fields.required("answer", "write where its text stands")) {
        rule.answer = read_value(*answer, scope, {.kind = mapping::Kind::id, .levels_up = levels_up + 1});
    }
    return rule;
}

void read_set(const Place& at, Scope& scope, std::size_t levels_up, mapping::Layer& layer) {
    for (const auto& [name, place] : named(at, Place::many, "write {contact.name: /data/name}")) {
        if (name == mapping::answers_name) {
            layer.answers = read_answers(place, scope, levels_up);
        } else if (const Target* target = read_target(place, name)) {
            layer.set.push_back(
                {target, read_value(place, scope,
                                    {.kind = target->kind, .words = target->words, .levels_up = levels_up})});
        }
    }
}

mapping::MessageRule read_message(const Place& at, Scope& scope, std::size_t levels_up) {
    mapping::MessageRule rule;
    const Fields fields(at, {"each", "role", "text", "resources", "most"});
    std::size_t inside = levels_up;
    if (const Place* each = fields.find("each")) {
        rule.each = read_pointer(*each, scope, levels_up);
        ++inside;
    }
    if (const Place* role = fields.required("role", "write who speaks, as in role: {const: user}")) {
        rule.role = read_value(*role, scope, {.words = mapping::roles(), .levels_up = inside});
    }
    if (const Place* text = fields.find("text")) rule.text = read_value(*text, scope, {.levels_up = inside});
    if (const Place* resources = fields.find("resources")) {
        rule.resources = read_pointer(*resources, scope, inside);
        // They are copied from the element's own bytes.
        const std::size_t within = inside - scope.levels_up;
        if ((rule.resources && rule.resources->levels_up() > within) ||
            (rule.each && rule.each->levels_up() > 0)) {
            resources->error("stands outside of the element of each; take text alone from there");
        }
    }
    if (at.is_mapping() && !fields.holds("text") && !fields.holds("resources")) {
        at.error("has neither text nor resources, so no message would have content");
    }
    if (const Place* most = fields.find("most")) {
        std::uint64_t count = rule.most;
        if (!rule.each) most->error("has no effect without each; take it out");
        if (most->count(count, 1, most_messages)) rule.most = count;
    }
    return rule;
}

std::vector<mapping::MessageRule> read_messages(const Place& at, Scope& scope, std::size_t levels_up) {
    std::vector<mapping::MessageRule> rules;
    if (!at.is_list()) {
        at.error("must be a list, as in messages: [{role: {const: user}, text: /data/text}]");
        return rules;
    }
    for (const Place& item : at.items(rules_max)) rules.push_back(read_message(item, scope, levels_up));
    if (rules.empty()) at.error("is empty; write at least one message, or leave the key out");
    return rules;
}

std::vector<const Target*> read_subject(const Place& at) {
    std::vector<const Target*> subject;
    for (const Place& item : at.items(mapping::targets().size())) {
        std::string name;
        if (!item.text(name)) continue;
        if (const Target* target = read_target(item, name)) subject.push_back(target);
    }
    if (at.is_list() && at.items().empty()) at.error("is empty; name a field, or leave the key out");
    return subject;
}

}  // namespace

Part read_part(const Fields& fields, Scope& scope, std::size_t levels_up) {
    Part part;
    if (const Place* at = fields.find("set")) read_set(*at, scope, levels_up, part.layer);
    if (const Place* at = fields.find("messages")) {
        part.layer.messages = read_messages(*at, scope, levels_up);
        part.has_messages = true;
    }
    if (const Place* at = fields.find("time")) {
        part.time = read_value(*at, scope, {.kind = mapping::Kind::id, .levels_up = levels_up});
    }
    if (const Place* at = fields.find("subject")) part.subject = read_subject(*at);
    return part;
}

}  // namespace chathook::mapping_file
