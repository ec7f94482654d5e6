// What `check` says about values, whatever the section: src/yaml reads them.
#include <catch2/catch.hpp>

#include "config/fixture.hpp"

using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;

TEST_CASE("each value of the wrong type, form or range is reported with line, key and fix") {
    const auto report = load_text(faultless +
                                  "server:\n"
                                  "  threads: many\n"
                                  "  proxy_protocol: yes\n"
                                  "  limits:\n"
                                  "    body: 1MB\n"
                                  "    headers: 7\n"
                                  "    connections: [1]\n"
                                  "    header_timeout: 10\n"
                                  "    idle_timeout: 0s\n"
                                  "    write_timeout:\n"
                                  "journal: {retain_dead: 1500ms, max_size: 1KiB}\n"
                                  "log: {level: warn, pii: {}}\n");
    CHECK_FALSE(report.config);
    CHECK(
        report.problems ==
        Problems{
            "11: server.threads: 'many' is not a whole number; write digits only, without quotes",
            "12: server.proxy_protocol: 'yes' is not a truth value; write true or false, without quotes",
            "14: server.limits.body: '1MB' is not a size; write a whole number and KiB, MiB or GiB, as in "
            "16KiB",
            "15: server.limits.headers: must be from 8 to 1000, not 7",
            "16: server.limits.connections: must be a single value, not a list; write a whole number",
            "17: server.limits.header_timeout: '10' is not a duration; write a whole number and ms, s, m, h "
            "or d, as in 15s",
            "18: server.limits.idle_timeout: must be from 1ms to 1d, not 0s",
            "19: server.limits.write_timeout: has no value; write a duration such as 15s, or leave the key "
            "out",
            "20: journal.retain_dead: '1500ms' is not in whole seconds; write a multiple of 1s",
            "20: journal.max_size: must be from 1MiB to 65536GiB, not 1KiB",
            "21: log.level: 'warn' is not one of: debug, info, warning, error (did you mean 'warning'?)",
            "21: log.pii: must be a single value, not a mapping; write one of mask, plain"});
}

TEST_CASE("a number below or above everything that can be read is out of range, too") {
    const auto report = load_text(faultless +
                                  "server:\n"
                                  "  threads: -5\n"
                                  "  limits:\n"
                                  "    headers: 18446744073709551616\n"
                                  "    body: -1KiB\n"
                                  "    header_bytes: 17179869184GiB\n"
                                  "    connections: 1e3\n"
                                  "    idle_timeout: -1s\n"
                                  "    write_timeout: 99999999999999999999d\n"
                                  "journal: {max_size: 123456789012345678901234567890}\n");
    CHECK(report.problems ==
          Problems{
              "11: server.threads: must be from 0 to 1024, not -5",
              "13: server.limits.headers: must be from 8 to 1000, not 18446744073709551616",
              "14: server.limits.body: must be from 1KiB to 64MiB, not -1KiB",
              "15: server.limits.header_bytes: must be from 1KiB to 1MiB, not 17179869184GiB",
              "16: server.limits.connections: '1e3' is not a whole number; write digits only, without quotes",
              "17: server.limits.idle_timeout: must be from 1ms to 1d, not -1s",
              "18: server.limits.write_timeout: must be from 1ms to 1h, not 99999999999999999999d",
              "19: journal.max_size: must be from 1MiB to 65536GiB, not 123456789012345678901234..."});
}

TEST_CASE("nobody is advised to leave out what is required") {
    const std::string sections =
        "sources:\nsinks:\nroutes:\nadmin: {listen: }\nserver: {tls: {certificate: , key: ''}}\n";
    for (const std::string& problem : load_text(sections).problems)
        CHECK_THAT(problem, !Catch::Contains("leave"));
    const std::string keys =
        "sources: {a: {vendor: , path: , secret: }, b: {vendor: lynn, path: '', secrets: }}\n"
        "sinks: {out: {type: nowhere, target: }, more: {type: }}\n"
        "routes: [{to: }]\n"
        "server: {listen: [{unix: }]}\n"
        "admin: {listen: '0.0.0.0:9464', token: }\n";
    const auto report = load_text(keys);
    for (const std::string& problem : report.problems) CHECK_THAT(problem, !Catch::Contains("leave"));
    CHECK(report.says("1: sources.a.path: has no value; write a text"));
    CHECK(report.says("1: sources.b.secrets: has no value; write a list"));
    CHECK(report.says("2: sinks.out.target: has no value; write a text"));
    CHECK(report.says("5: admin.token: has no value; write {env: NAME}"));
    CHECK(load_text(faultless + "journal: {path: }\n")
              .says("has no value; write a text, or leave the key out"));
    CHECK(load_text(faultless + "  - to: [out, '']\n")
              .says("10: routes[1].to[1]: is empty; write a text, or take the item out"));
}

TEST_CASE("a section that is not a mapping is refused") {
    CHECK(load_text(faultless + "server: 8080\n").problems ==
          Problems{"10: server: must be a mapping of keys to values; write each as 'key: value'"});
    CHECK(load_text(faultless + "server:\n  - threads: 2\n").problems ==
          Problems{"10: server: must be a mapping of keys to values, not a list; leave the '- ' out"});
    CHECK(load_text("sources:\n  a: b\n" + sinks_text + routes_text).problems ==
          Problems{"2: sources.a: must be a mapping with vendor, path and secret"});
    CHECK(load_text(faultless + "server:\n  limits:\nlog: {}\n").problems ==
          Problems{"11: server.limits: is empty; write its keys below it, indented, or leave the key out"});
}

TEST_CASE("the length of lists, and of the messages about them, is limited") {
    std::string many = faultless + "  - to: [";
    for (int i = 0; i < 1001; ++i) many += "x" + std::to_string(i) + ", ";
    const auto report = load_text(many + "out]\n");
    CHECK(report.problems.size() == 1001);
    CHECK(report.says("10: routes[1].to: has more than 1000 entries"));

    std::string sources = "sources:\n";
    for (int i = 0; i < 1001; ++i) {
        const std::string name = std::to_string(i);
        sources +=
            "  s" + name + ": {vendor: lynn, path: /" + name + ", secret: 0123456789abcdef" + name + "}\n";
    }
    CHECK(load_text(sources + sinks_text + routes_text).problems ==
          Problems{"1: sources: has more than 1000 entries; remove some of them"});

    std::string secrets = "sources:\n  a:\n    vendor: lynn\n    path: /a\n    secrets:\n";
    for (int i = 10; i < 27; ++i) secrets += "      - 0123456789abcdef" + std::to_string(i) + "\n";
    CHECK(load_text(secrets + sinks_text + routes_text).problems ==
          Problems{"5: sources.a.secrets: has more than 16 entries; remove some of them"});
}

TEST_CASE("text must not contain control characters, so that no name, path or URL ends early") {
    CHECK(load_text(faultless + "journal: {path: \"a\\0b\"}\n")
              .says("10: journal.path: contains a line break"));
    CHECK(load_text(faultless + "journal:\n  path: |\n    a\n")
              .says("11: journal.path: contains a line break"));
}

TEST_CASE("what is YAML but not what was meant is reported with the key") {
    const std::string source = "sources:\n  a:\n    vendor: lynn\n    path: /a\n    ";
    CHECK(load_text(source + "secret:{env: X}\n" + sinks_text + routes_text)
              .says("unknown key; a blank must follow the colon"));
    const auto commented = load_text(source + "secret: #hush-hush\n" + sinks_text + routes_text);
    CHECK(commented.says(
        "5: sources.a.secret: has no value, for what begins with '#' is a comment; put quotes"));
    CHECK_FALSE(commented.says("hush"));
    CHECK(
        load_text("server: {listen: ['::1:80']}\n" + faultless)
            .says("is an IPv6 address without brackets; write \"[address]:port\", with the quotation marks"));
}

TEST_CASE("a text that is not YAML is one problem, and nothing is read") {
    const auto report = load_text("sources:\n\ta: {vendor: lynn}\n");
    CHECK_FALSE(report.config);
    CHECK(report.problems.size() == 1);
    CHECK(report.says("2: not YAML: the indentation contains a tab character (column 1)"));
}
