#include "learn/lesson.hpp"

#include <catch2/catch.hpp>

namespace chathook::learn {

TEST_CASE("a lesson is written with the words of vendor files, and defaults are left out") {
    Lesson lesson;
    lesson.header = "X-Signature";
    CHECK(to_yaml(lesson) == "verify:\n  header: X-Signature\n");
    lesson.kind = "public-key";
    lesson.algorithm = "ed25519";
    lesson.key = "pem";
    lesson.prefix = "ed25519=";
    lesson.encoding = "base64";
    lesson.text = "{time}.{id}.{body}";
    lesson.stringified = true;
    lesson.id_header = "X-Id";
    lesson.time_header = "X-Time";
    lesson.time_unit = "ms";
    CHECK(to_yaml(lesson) ==
          "verify:\n  kind: public-key\n  algorithm: ed25519\n  key: pem\n  header: X-Signature\n"
          "  prefix: \"ed25519=\"\n  encoding: base64\n  text: \"{time}.{id}.{body}\"\n"
          "  body: [raw, stringified]\n  id: {header: X-Id}\n  time: {header: X-Time, unit: ms}\n");
    lesson.time_pair = "t";
    CHECK_THAT(to_yaml(lesson), Catch::Matchers::Contains("time: {pair: t, unit: ms}"));
}

TEST_CASE("a text that YAML would take for something else stands in quotation marks") {
    for (const char* plain : {"X-Signature", "/data/id", "lead.created", "v1"})
        CHECK(yaml_scalar(plain) == plain);
    for (const char* odd : {"yes", "No", "null", "7", "-x", "", "a: b", "a#b", "{x}", "a\"b", "~"})
        CHECK(yaml_scalar(odd).front() == '"');
    CHECK(yaml_scalar("a\"b\n") == R"("a\"b\n")");
}

}  // namespace chathook::learn
