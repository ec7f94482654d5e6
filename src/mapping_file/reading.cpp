#include "mapping_file/reading.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "mapping_file/fields.hpp"
#include "mapping_file/layer_reading.hpp"

namespace chathook::mapping_file {
namespace {

using mapping::IdentityPart;
using mapping::Mapping;
using yaml::in_quotes;
using yaml::Place;

constexpr std::size_t paths_max = 8;
constexpr std::size_t identity_max = 8;
constexpr std::size_t looked_first_max = 8;

// A layer of the mapping and what else the part of the file says.
struct Placed {
    std::size_t index = 0;
    Part part;
    bool used = false;
};

using Blocks = std::map<std::string, Placed, std::less<>>;

Placed place(Part part, Mapping& mapping) {
    mapping.layers.push_back(std::move(part.layer));
    return {mapping.layers.size() - 1, std::move(part)};
}

std::vector<mapping::Pointer> read_path(const Place& at, Scope& scope) {
    std::vector<mapping::Pointer> path;
    const std::vector<Place> items = at.items(mapping::each_steps_max);
    if (items.empty() && at.is_list()) {
        at.error("is empty; write at least one pointer, as in [/entry, /changes]");
    }
    for (const Place& item : items) {
        path.push_back(read_pointer(item, scope, 0).value_or(mapping::Pointer()));
    }
    return path;
}

// Levels around an event: those that every path has.
std::size_t read_each(const Place& at, Scope& scope) {
    auto& each = scope.mapping.each;
    const std::vector<Place> items = at.items(paths_max);
    const auto is_path = [](const Place& item) { return item.is_list(); };
    if (std::ranges::none_of(items, is_path)) {
        each.push_back(read_path(at, scope));
    } else {
        for (const Place& item : items) {
            if (!is_path(item)) {
                item.error("must be a list of pointers like the others, as in [/entry, /changes]");
                continue;
            }
            each.push_back(read_path(item, scope));
        }
    }
    std::size_t levels = mapping::each_steps_max;
    for (const auto& path : each) {
        levels = std::min(levels, std::max<std::size_t>(path.size(), 1));  // no second error for an empty one
    }
    return levels;
}

void read_blocks(const Place& at, Scope& scope, std::size_t levels_up, Blocks& blocks) {
    for (const auto& [name, block] :
         named(at, blocks_max, "write {who: {set: {contact.name: /data/name}}}")) {
        const Fields fields(block, {"set", "messages", "subject", "time"});
        blocks.emplace(name, place(read_part(fields, scope, levels_up), scope.mapping));
    }
}

// What an event is made of, from the most general to its own.
std::vector<const Placed*> read_use(const Place& at, Blocks& blocks) {
    std::vector<const Placed*> used;
    for (const Place& item : at.items(used_max)) {
        std::string name;
        if (!item.text(name)) continue;
        const auto found = blocks.find(name);
        if (found == blocks.end()) {
            std::vector<std::string> names;
            for (const auto& block : blocks) names.push_back(block.first);
            item.error("there is no block " + in_quotes(name) + yaml::suggestion(name, names) +
                       (names.empty() ? "; write it under blocks" : "; there are: " + yaml::joined(names)));
            continue;
        }
        if (std::ranges::find(used, &found->second) != used.end()) {
            item.error("the block " + in_quotes(name) + " stands here already; take one out");
            continue;
        }
        found->second.used = true;
        used.push_back(&found->second);
    }
    return used;
}

std::string read_type(const Fields& fields) {
    const std::vector<std::string> types(mapping::types().begin(), mapping::types().end());
    std::string type;
    const Place* const at =
        fields.required("becomes", "write the type of docs/event-model.md, as in lead.created");
    if (at == nullptr) return type;
    const std::string* const written = at->scalar("a type such as lead.created");
    if (written != nullptr && *written == "unrecognized") {
        at->error("is what every event becomes that does not stand under events; leave this event out");
    } else if (written != nullptr) {
        at->choice(type, types);
    }
    return type;
}

// The parts of an event in the order in which they are read; of time, subject and messages the last counts.
mapping::EventRule assembled(std::string type, const std::vector<const Placed*>& parts) {
    mapping::EventRule rule{.type = std::move(type)};
    for (const Placed* one : parts) {
        rule.layers.push_back(one->index);
        if (one->part.has_messages) rule.messages_of = one->index;
        if (one->part.time) rule.time = one->part.time;
        if (!one->part.subject.empty()) rule.subject = one->part.subject;
    }
    if (!rule.subject.empty()) return rule;
    for (const mapping::Word name : mapping::default_subject()) {
        rule.subject.push_back(mapping::find_target(name));
    }
    return rule;
}

// As in a JSON text, without an exponent.
bool is_number(std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    const auto digits = [&word] {
        const std::size_t size = std::min(word.find_first_not_of("0123456789"), word.size());
        word.remove_prefix(size);
        return size > 0;
    };
    if (!digits()) return false;
    if (!word.starts_with('.')) return word.empty();
    word.remove_prefix(1);
    return digits() && word.empty();
}

void read_events(const Place& at, Scope& scope, std::size_t levels_up, const Placed& common, Blocks& blocks) {
    std::vector<mapping::Words<mapping::EventRule>::Entry> events;
    for (const auto& [word, event] : named(at, events_max, "write {their.word: {becomes: lead.created}}")) {
        if (word.empty()) event.error("an event without a name is always unrecognized; name it");
        if (is_number(word)) scope.mapping.event_kind = mapping::Kind::id;
        const Fields fields(event, {"becomes", "use", "set", "messages", "subject", "time"});
        std::string type = read_type(fields);
        std::vector<const Placed*> parts{&common};
        if (const Place* use = fields.find("use")) {
            const auto used = read_use(*use, blocks);
            parts.insert(parts.end(), used.begin(), used.end());
        }
        const Placed own = place(read_part(fields, scope, levels_up), scope.mapping);
        parts.push_back(&own);
        events.emplace_back(word, assembled(std::move(type), parts));
    }
    scope.mapping.events = mapping::Words<mapping::EventRule>(std::move(events));
}

IdentityPart pointer_part(const Place& at, IdentityPart::From from, Scope& scope, std::size_t levels_up) {
    return {.from = from, .at = read_pointer(at, scope, levels_up).value_or(mapping::Pointer())};
}

IdentityPart read_identity_form(const Place& at, Scope& scope, std::size_t levels_up) {
    const Fields fields(at, {"text", "id", "any", "header"});
    const auto entries = at.entries();
    if (entries.size() != 1) {
        at.error("must have one key: {text: /event}, {id: /time}, {any: /data} or {header: NAME}");
        return {};
    }
    if (const Place* text = fields.find("text")) {
        return pointer_part(*text, IdentityPart::From::text, scope, levels_up);
    }
    if (const Place* id = fields.find("id"))
        return pointer_part(*id, IdentityPart::From::id, scope, levels_up);
    if (const Place* any = fields.find("any")) {
        return pointer_part(*any, IdentityPart::From::any, scope, levels_up);
    }
    const Place* const header = fields.find("header");
    const auto index = header == nullptr ? std::nullopt : read_header(*header, scope);
    if (!index) return {};
    const std::string& name = scope.mapping.headers[*index];
    if (!is_signed(name, scope.parts)) {
        header->error("is not signed, so a repeated webhook could pass as a new one; sign it with {header:" +
                      name + "} in verify.text, or name something of the body");
    }
    return {.from = IdentityPart::From::header, .header = *index};
}

IdentityPart read_identity_part(const Place& at, Scope& scope, std::size_t levels_up) {
    if (at.is_mapping()) return read_identity_form(at, scope, levels_up);
    const std::string* const text = at.scalar("a pointer such as /data/id, or id, or time");
    if (text == nullptr) return {};
    if (*text == "id") {
        if (!scope.parts.id) at.error("there is no signed id; write verify.id and {id} in verify.text");
        return {.from = IdentityPart::From::signed_id};
    }
    if (*text == "time") {
        if (!scope.parts.time) at.error("there is no signed time; write verify.time, or a pointer to a time");
        return {.from = IdentityPart::From::signed_time};
    }
    return pointer_part(at, IdentityPart::From::source, scope, levels_up);
}

// Whether it may differ between the elements of each.
bool is_of_element(const IdentityPart& part) { return part.is_in_body() && part.at.levels_up() == 0; }

void read_identity(const Place& at, Scope& scope, std::size_t levels_up) {
    auto& identity = scope.mapping.identity;
    if (!at.is_list()) {
        at.error("must be a list, as in [/event, /data/id]");
        return;
    }
    for (const Place& item : at.items(identity_max)) {
        identity.push_back(read_identity_part(item, scope, levels_up));
    }
    if (identity.empty()) at.error("is empty; write what differs between events, or leave the key out");
    const auto is_time = [](const IdentityPart& part) {
        return part.from == IdentityPart::From::signed_time;
    };
    if (!identity.empty() && std::ranges::all_of(identity, is_time)) {
        at.error("is the time alone, at which two events may happen; add what differs between them");
        return;
    }
    if (scope.mapping.each.empty() || identity.empty()) return;
    if (std::ranges::none_of(identity, [](const IdentityPart& part) { return is_of_element(part); })) {
        at.error("is the same for all events of a request; add a pointer into the element, as in /id");
    }
}

void report_unused(const Place& at, const Blocks& blocks) {
    for (const auto& [name, block] : at.entries()) {
        const auto found = blocks.find(name);
        if (found == blocks.end() || found->second.used) continue;
        block.error("no event uses this block; name it under use, or take it out");
    }
}

void read_map(const Place& at, Scope& scope) {
    const Fields fields(at, {"each", "look_first", "event", "time", "subject", "set", "messages", "events",
                             "blocks", "identity"});
    if (!at.is_mapping()) return;
    std::size_t levels_up = 0;
    if (const Place* each = fields.find("each")) levels_up = scope.levels_up = read_each(*each, scope);
    if (const Place* first = fields.find("look_first")) {
        for (const Place& item : first->items(looked_first_max)) {
            if (auto pointer = read_pointer(item, scope, levels_up)) {
                scope.mapping.look_first.push_back(std::move(*pointer));
            }
        }
    }
    if (const Place* event = fields.required("event", "write where the vendor's word for the event stands")) {
        scope.mapping.event = read_value(*event, scope, {.levels_up = levels_up, .header = true});
    }
    if (const Place* identity = fields.find("identity")) {
        if (levels_up == 0) identity->error("stands beside map, not in it, unless map has each");
        read_identity(*identity, scope, levels_up);
    }
    Blocks blocks;
    Placed common = place(read_part(fields, scope, levels_up), scope.mapping);
    if (common.part.time) scope.mapping.time = *std::exchange(common.part.time, std::nullopt);
    if (const Place* named_blocks = fields.find("blocks"))
        read_blocks(*named_blocks, scope, levels_up, blocks);
    if (const Place* events = fields.find("events")) {
        read_events(*events, scope, levels_up, common, blocks);
    }
    if (const Place* named_blocks = fields.find("blocks")) report_unused(*named_blocks, blocks);
}

}  // namespace

mapping::Mapping read_mapping(const Place& map, const Place& identity, const SignedParts& parts) {
    Mapping mapping;
    Scope scope{mapping, parts};
    if (map.present()) read_map(map, scope);
    if (!identity.present()) return mapping;
    if (!mapping.each.empty()) {
        identity.error(
            "would make all events of a request the same one; write it in map, where its pointers "
            "begin at an element of each");
    }
    read_identity(identity, scope, 0);
    return mapping;
}

}  // namespace chathook::mapping_file
