#include "config/schema.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "config/probe.hpp"
#include "config/sections.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::config {

namespace {

using Schema = nlohmann::ordered_json;

Schema closed_object(Schema properties, Schema required) {
    Schema object = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) object["required"] = std::move(required);
    object["additionalProperties"] = false;
    return object;
}

// `most` bytes, which are no fewer than characters; 0: no bound.
Schema text_schema(std::uint64_t most = 0) {
    Schema schema = {{"type", "string"}, {"minLength", 1}};
    if (most > 0) schema["maxLength"] = most;
    return schema;
}

Schema count_schema(const Bounds& bounds) {
    Schema schema = {{"type", "integer"}, {"minimum", bounds.least}};
    if (bounds.most < Place::no_bound) schema["maximum"] = bounds.most;
    return schema;
}

Schema size_schema(std::uint64_t least, std::uint64_t most) {
    Schema bytes = {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
    return {{"anyOf", {std::move(bytes), {{"type", "string"}, {"pattern", "^[0-9]+(B|KiB|MiB|GiB)?$"}}}}};
}

Schema duration_schema(bool whole_seconds) {
    return {{"type", "string"},
            {"pattern", whole_seconds ? "^([0-9]+[smhd]|[0-9]*000ms|0+ms)$" : "^[0-9]+(ms|s|m|h|d)$"}};
}

// The forms of listen.cpp. A mode may be a number in YAML.
Schema address_schema() {
    const Schema mode = {{"type", Schema::array({"string", "integer"})}, {"default", "0660"}};
    Schema socket = closed_object(
        {{"unix", text_schema()}, {"mode", mode}, {"owner", text_schema()}, {"group", text_schema()}},
        Schema::array({"unix"}));
    return {{"anyOf", Schema::array({text_schema(), std::move(socket)})}};
}

// The forms of secret_values.cpp. A header's value or a secret may be a number or a boolean in YAML.
Schema secret_schema(bool dated) {
    const Schema literal = {{"type", {"string", "number", "boolean"}}, {"minLength", 1}};
    Schema properties = {
        {"credential", text_schema()}, {"file", text_schema()}, {"env", text_schema()}, {"value", literal}};
    Schema exactly_one = Schema::array();
    for (const auto& [form, ignored] : properties.items())
        exactly_one.push_back({{"required", Schema::array({form})}});
    if (dated)
        properties["not_after"] = {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$"}};
    Schema mapping = closed_object(std::move(properties), Schema::array());
    mapping["oneOf"] = std::move(exactly_one);
    return {{"anyOf", {literal, std::move(mapping)}}};
}

// JSON pointers with a text, which may be a number or a boolean in YAML.
Schema texts_schema(std::uint64_t most) {
    const Schema text = {{"type", {"string", "number", "boolean"}}, {"minLength", 1}};
    return {{"type", "object"},
            {"propertyNames", {{"pattern", "^/"}}},
            {"additionalProperties", text},
            {"maxProperties", most}};
}

// Wrapped in allOf, because draft 7 ignores the siblings of a $ref.
Schema reference(const char* definition) {
    return {{"allOf", Schema::array({{{"$ref", std::string("#/definitions/") + definition}}})}};
}

// RFC 9110, section 5.6.2.
Schema headers_schema() {
    return {{"type", "object"},
            {"propertyNames", {{"pattern", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"}}},
            {"additionalProperties", reference("secret")}};
}

Schema any_value() {
    return {{"type", Schema::array({"object", "array", "string", "number", "boolean", "null"})}};
}

Schema option_schema(const OptionSpec& spec) {
    Schema schema;
    const Bounds bounds = spec.judged_by_sink ? Bounds{} : bounds_of(spec);
    switch (spec.kind) {
        case OptionKind::text:
        case OptionKind::path: schema = text_schema(); break;
        case OptionKind::choice: schema = {{"enum", choices_of(spec.choices)}}; break;
        case OptionKind::boolean: schema = {{"type", "boolean"}}; break;
        case OptionKind::count: schema = count_schema(bounds); break;
        case OptionKind::size: schema = size_schema(bounds.least, bounds.most); break;
        case OptionKind::duration: schema = duration_schema(false); break;
        case OptionKind::secret: schema = reference("secret"); break;
        case OptionKind::headers: schema = headers_schema(); break;
        case OptionKind::tree: schema = any_value(); break;
    }
    return schema;
}

class SchemaWriter {
public:
    explicit SchemaWriter(const Known& known) : known_(known), asked_(answers_to_probe(known)) {}

    Schema whole() const {
        Schema schema = {
            {"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "Configuration of chathookd"},
            {"description",
             "docs/configuration.md explains every key; chathookd check says more than a schema can."}};
        schema.update(section_at(""));
        schema["definitions"] = {{"secret", secret_schema(false)}, {"dated_secret", secret_schema(true)}};
        return schema;
    }

private:
    // `path` is that of the section in the probe.
    Schema section_at(const std::string& path) const {
        Schema properties = Schema::object();
        Schema required = Schema::array();
        for (const std::string& key : asked_.known_keys.find(path)->second) {
            const std::string dot = path.empty() ? "" : ".";
            properties[key] = value_at(path + dot + key);
            if (asked_.required_places.contains(path + dot + key)) required.push_back(key);
        }
        return closed_object(std::move(properties), std::move(required));
    }

    Schema value_at(const std::string& path) const {
        Schema schema = Schema::object();
        if (const auto said = asked_.words.find(path);
            said != asked_.words.end() && !said->second.summary.empty())
            schema["description"] = said->second.summary;
        if (path == "sinks") {
            schema.update(names_schema(sink_schema()));
        } else if (path == "sources") {
            schema.update(names_schema(source_schema()));
        } else if (const auto found = asked_.asked.find(path); found != asked_.asked.end()) {
            schema.update(by_kind(found->second, path));
            add_default(schema, found->second.kind, found->second.fallback);
        } else if (asked_.known_keys.contains(path)) {
            schema.update(section_at(path));
        }
        return schema;
    }

    Schema by_kind(const Asked& asked, const std::string& path) const {
        switch (asked.kind) {
            case Asked::Kind::section: return section_at(path);
            case Asked::Kind::list: return list_at(asked, path);
            case Asked::Kind::text:
            case Asked::Kind::path: return text_schema(asked.most);
            case Asked::Kind::boolean: return {{"type", "boolean"}};
            case Asked::Kind::count: return count_schema({asked.least, asked.most});
            case Asked::Kind::size: return size_schema(asked.least, asked.most);
            case Asked::Kind::duration: return duration_schema(asked.whole_seconds);
            case Asked::Kind::choice: return {{"enum", asked.choices}};
            case Asked::Kind::address: return address_schema();
            case Asked::Kind::secret: return reference("secret");
            case Asked::Kind::tree: return any_value();
            case Asked::Kind::dated_secret: return reference("dated_secret");
            case Asked::Kind::texts: return texts_schema(asked.most);
            case Asked::Kind::names: break;  // sources and sinks only
        }
        return Schema::object();
    }

    // A single plain value may be written without brackets.
    Schema list_at(const Asked& asked, const std::string& path) const {
        Schema item = value_at(path + "[0]");
        Schema list = {{"type", "array"}, {"items", item}, {"maxItems", asked.most}};
        if (item.contains("properties")) return list;
        return {{"anyOf", {std::move(list), std::move(item)}}};
    }

    Schema names_schema(Schema each) const {
        return {{"type", "object"},
                {"minProperties", 1},
                {"propertyNames", {{"pattern", "^[a-z0-9-]{1,63}$"}}},
                {"additionalProperties", std::move(each)}};
    }

    // A source has either `secrets` or `secret`: the probe has one source of each form.
    Schema source_schema() const {
        Schema source = section_at("sources.one");
        source["properties"]["secrets"] = value_at("sources.many.secrets");
        for (const char* key : {"secret", "secrets"}) {
            source["oneOf"].push_back({{"required", Schema::array({key})}});
        }
        return source;
    }

    Schema sink_schema() const {
        Schema types = Schema::array();
        Schema each = Schema::array();
        for (const SinkKind& kind : known_.sinks) {
            types.push_back(kind.name);
            Schema condition = {{"properties", {{"type", {{"const", kind.name}}}}},
                                {"required", Schema::array({"type"})}};
            each.push_back({{"if", std::move(condition)}, {"then", kind_schema(kind)}});
        }
        const std::string path = "sinks." + std::string(known_.sinks.front().name) + ".type";
        Schema type = {{"description", asked_.words.at(path).summary}, {"enum", std::move(types)}};
        return {{"type", "object"},
                {"properties", {{"type", std::move(type)}}},
                {"required", Schema::array({"type"})},
                {"allOf", std::move(each)}};
    }

    Schema kind_schema(const SinkKind& kind) const {
        const std::string path = "sinks." + std::string(kind.name);
        Schema sink = section_at(path);
        sink["properties"]["type"] = {{"const", kind.name}};
        for (const OptionSpec& spec : kind.options) {
            Schema option = option_schema(spec);
            if (!spec.help.empty()) option["description"] = spec.help;
            add_default(option, kind_of(spec.kind), std::string(spec.fallback));
            add_option(sink, spec, std::move(option));
        }
        return sink;
    }

    // "rotate.size" is in a nested section.
    static void add_option(Schema& object, const OptionSpec& spec, Schema option) {
        std::string_view key = spec.key;
        Schema* around = &object;
        for (std::size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
            around = &(*around)["properties"][std::string(key.substr(0, dot))];
            key.remove_prefix(dot + 1);
        }
        if (spec.required) (*around)["required"].push_back(key);
        (*around)["properties"][std::string(key)] = std::move(option);
    }

    static Asked::Kind kind_of(OptionKind kind) {
        if (kind == OptionKind::boolean) return Asked::Kind::boolean;
        return kind == OptionKind::count ? Asked::Kind::count : Asked::Kind::text;
    }

    static void add_default(Schema& schema, Asked::Kind kind, const std::string& fallback) {
        if (fallback.empty()) return;
        if (kind == Asked::Kind::boolean) {
            schema["default"] = fallback == "true";
        } else if (kind == Asked::Kind::count) {
            schema["default"] = yaml::parse_count(fallback).value_or(0);
        } else {
            schema["default"] = fallback;
        }
    }

    const Known& known_;
    Findings asked_;
};

}  // namespace

std::string schema_text(const Known& known) { return SchemaWriter(known).whole().dump(2); }

}  // namespace chathook::config
