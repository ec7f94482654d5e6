// Checks the schema against the reading code; tests/flow/schema_test.mjs checks it with a validator.
#include "config/schema.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <nlohmann/json.hpp>
#include <regex>

#include "config/fixture.hpp"
#include "config/sections.hpp"
#include "config/shipped.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using Schema = nlohmann::json;

namespace {

Schema schema_of(const Known& known) { return Schema::parse(schema_text(known)); }

Schema whole() { return schema_of(shipped()); }

const Schema& property(const Schema& object, const std::string& key) {
    return object.at("properties").at(key);
}

// Calls `visit` with the path of every property, such as "server.limits.body", and its schema.
void walk(const Schema& schema, const std::string& path,
          const std::function<void(const std::string& path, const Schema& schema)>& visit) {
    if (schema.contains("properties")) {
        for (const auto& [key, value] : schema.at("properties").items()) {
            const std::string inner = path.empty() ? key : path + "." + key;
            visit(inner, value);
            walk(value, inner, visit);
        }
    }
    if (schema.contains("additionalProperties") && schema.at("additionalProperties").is_object())
        walk(schema.at("additionalProperties"), path + ".*", visit);
    if (schema.contains("items")) walk(schema.at("items"), path + "[]", visit);
    if (schema.contains("then")) walk(schema.at("then"), path, visit);
    for (const Schema& part : schema.value("allOf", Schema::array())) walk(part, path, visit);
}

const Schema& nowhere(const Schema& schema) {
    return schema.at("properties").at("sinks").at("additionalProperties").at("allOf").at(0).at("then");
}

}  // namespace

TEST_CASE("the schema has the bounds and defaults of the reading code") {
    const Schema schema = whole();
    const Schema& limits = property(property(schema, "server"), "limits");
    CHECK(property(limits, "headers").at("minimum") == 8);
    CHECK(property(limits, "headers").at("maximum") == 1000);
    CHECK(property(limits, "headers").at("default") == 64);
    CHECK(property(limits, "body").at("default") == "1MiB");
    CHECK(property(limits, "body").at("anyOf").at(0).at("maximum") == 64 << 20);
    CHECK(property(limits, "idle_timeout").at("default") == "150s");
    CHECK(property(property(schema, "journal"), "path").at("default") == "/var/lib/chathook");
    CHECK(property(property(schema, "server"), "proxy_protocol").at("default") == false);
    CHECK(property(property(schema, "log"), "level").at("enum") ==
          Schema{"debug", "info", "warning", "error"});
    CHECK(schema.at("required") == Schema{"routes", "sinks", "sources"});
    CHECK(property(schema, "admin").at("required") == Schema::array({"listen"}));
}

TEST_CASE("a key without a default has none in the schema") {
    const Schema schema = whole();
    const Schema& source = property(schema, "sources").at("additionalProperties");
    CHECK_FALSE(property(source, "timestamp_tolerance").contains("default"));
    CHECK_FALSE(property(source, "vendor").contains("default"));
    CHECK(source.at("required") == Schema{"path", "vendor"});
    CHECK(source.at("oneOf").size() == 2);
}

TEST_CASE("in the schema, a kind of sink has exactly the options that it declares") {
    const Schema schema = schema_of(known);
    const Schema& sink = nowhere(schema);
    CHECK(sink.at("additionalProperties") == false);
    CHECK(sink.at("required") == Schema{"type", "target"});
    CHECK(property(sink, "type").at("const") == "nowhere");
    CHECK(property(sink, "target").at("description") == "Where nowhere is.");
    CHECK(property(sink, "loud") == Schema{{"type", "boolean"}, {"default", false}});
    CHECK(property(property(sink, "span"), "to").at("default") == 9);
    CHECK(property(sink, "span").at("additionalProperties") == false);
    CHECK(property(property(sink, "retry"), "max_age").at("default") == "3d");
}

TEST_CASE("the bounds that a sink declares and those of a text are in the schema") {
    const Schema schema = schema_of(known);
    const Schema& sink = nowhere(schema);
    CHECK(property(sink, "workers").at("minimum") == 1);
    CHECK(property(sink, "workers").at("maximum") == 64);
    CHECK_FALSE(property(property(sink, "span"), "to").contains("maximum"));  // the sink itself judges it
    const Schema& source = property(schema, "sources").at("additionalProperties");
    CHECK(property(source, "path").at("maxLength") == 1024);
}

TEST_CASE("every key of the schema has a type and a description") {
    std::size_t seen = 0;
    walk(whole(), "", [&](const std::string& path, const Schema& schema) {
        INFO(path);
        ++seen;
        const bool typed = schema.contains("type") || schema.contains("anyOf") || schema.contains("allOf") ||
                           schema.contains("enum") || schema.contains("const");
        CHECK(typed);
        const bool said_elsewhere = path == "sinks.*.type";
        const bool section_of_a_sink = path.starts_with("sinks.*.") && schema.contains("properties");
        CHECK((schema.contains("description") || said_elsewhere || section_of_a_sink));
    });
    CHECK(seen > 70);
}

TEST_CASE("the schema accepts the same names as the configuration") {
    const Schema schema = whole();
    const std::regex pattern(
        property(schema, "sources").at("propertyNames").at("pattern").get<std::string>());
    for (const std::string name : {"a", "lynn-support", "Lynn", "a_b", "", "0", "a.b"}) {
        INFO(name);
        CHECK(std::regex_search(name, pattern) == is_name(name));
    }
    CHECK(std::regex_search(std::string(63, 'a'), pattern));
    CHECK_FALSE(std::regex_search(std::string(64, 'a'), pattern));
}
