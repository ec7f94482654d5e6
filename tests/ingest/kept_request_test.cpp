#include "ingest/kept_request.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace chathook::ingest {

namespace {

Request request_with(const std::vector<Field>& fields, std::string_view query, std::string_view body) {
    Request request;
    request.method = "POST";
    request.path = "/webhooks/lynn";
    request.query = query;
    request.fields = fields;
    request.body = body;
    return request;
}

}  // namespace

TEST_CASE("a kept request is read back unchanged, whatever its body contains", "[ingest]") {
    using namespace std::string_literals;
    const std::vector<Field> fields{
        {"Host", "h"}, {"X-Empty", ""}, {"X-Lynn-Hmac-Sha256", "ab: cd"}, {"x-empty", "\xff"}};
    for (const std::string& body : {"{}"s, ""s, "\r\n\r\nPOST / HTTP/1.1\r\n\r\n"s, "\0\xff\n"s}) {
        for (const std::string query : {"", "a=b?c", " HTTP/1.1"}) {
            const auto text = keep_request(request_with(fields, query, body));
            REQUIRE(text.has_value());
            const auto kept = read_kept_request(*text);
            REQUIRE(kept.has_value());
            const Request again = kept->request();
            CHECK(again.method == "POST");
            CHECK(again.path == "/webhooks/lynn");
            CHECK(again.query == query);
            CHECK(again.body == body);
            REQUIRE(again.fields.size() == fields.size());
            for (std::size_t i = 0; i < fields.size(); ++i) {
                CHECK(again.fields[i].name == fields[i].name);
                CHECK(again.fields[i].value == fields[i].value);
            }
        }
    }
}

TEST_CASE("a kept request is a plain HTTP message", "[ingest]") {
    const std::vector<Field> fields{{"Host", "h"}};
    CHECK(keep_request(request_with(fields, "q", "{}")) ==
          "POST /webhooks/lynn?q HTTP/1.1\r\nHost: h\r\n\r\n{}");
}

TEST_CASE("a request of more than 64 KiB is not kept", "[ingest]") {
    const std::vector<Field> fields{{"Host", "h"}};
    const std::size_t rest = keep_request(request_with(fields, "", ""))->size();
    CHECK(keep_request(request_with(fields, "", std::string(kept_bytes_max - rest, 'x')))->size() ==
          kept_bytes_max);
    CHECK_FALSE(keep_request(request_with(fields, "", std::string(kept_bytes_max - rest + 1, 'x'))));
}

TEST_CASE("text that is not a kept request is rejected", "[ingest]") {
    for (const char* text :
         {"", "POST / HTTP/1.1", "POST / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: h\r\n", "POST\r\n\r\n",
          "POST / HTTP/1.0\r\n\r\n", "POST HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nHost\r\n\r\n"}) {
        CAPTURE(text);
        CHECK_FALSE(read_kept_request(text));
    }
}

}  // namespace chathook::ingest
