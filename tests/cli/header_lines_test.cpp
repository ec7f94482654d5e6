#include "cli/header_lines.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "cli/mistake.hpp"

namespace chathook {

namespace {

// "name=value;" for each.
std::string read(std::string_view text) {
    std::string line;
    for (const Field& field : cli::parse_header_lines(text)) {
        line += std::string(field.name) + '=' + std::string(field.value) + ';';
    }
    return line;
}

std::string mistake_in(std::string_view text) {
    try {
        cli::parse_header_lines(text);
    } catch (const cli::Mistake& mistake) {
        CHECK(mistake.exit_code() == ExitCode::bad_input);
        return mistake.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("header lines are read with LF or CRLF, and without the white space around values", "[cli]") {
    CHECK(read("A: 1\nB:2 \n") == "A=1;B=2;");
    CHECK(read("A: 1\r\nB:\t2\r\n\r\nC: body") == "A=1;B=2;");
    CHECK(read("A: b: c\nA: d") == "A=b: c;A=d;");
    CHECK(read("\n\nA:\n") == "A=;");
    CHECK(read("\xEF\xBB\xBF"
               "A: 1") == "A=1;");
    CHECK(read("").empty());
}

TEST_CASE("a request line before the headers is skipped", "[cli]") {
    CHECK(read("POST /webhooks/lynn HTTP/1.1\r\nHost: h\r\n") == "Host=h;");
    CHECK(read("POST /a:b HTTP/2\nHost: h") == "Host=h;");
    CHECK(read(":method: POST\n:path: /\nHost: h") == "Host=h;");
}

TEST_CASE("the output of curl -v is read unchanged", "[cli]") {
    CHECK(read("*   Trying 127.0.0.1:8080...\n* Connected to localhost\n"
               "> POST /webhooks/lynn HTTP/1.1\n> Host: localhost\n> Content-Length: 2\n> \n"
               "* upload completely sent off\n< HTTP/1.1 401 Unauthorized\n< Server: x\n") ==
          "Host=localhost;Content-Length=2;");
    CHECK(read("> A: 1\n>\n> B: 2") == "A=1;");
}

TEST_CASE("a line that is not a header is reported by its number, without its content", "[cli]") {
    CHECK(mistake_in("A: 1\nsecret-by-mistake\n") ==
          "line 2 of the request's head is not a header field; write `Name: value`");
    CHECK(mistake_in("A: 1\n folded").find("line 2") != std::string::npos);
    CHECK(mistake_in("A B: 1").find("line 1") != std::string::npos);
    CHECK(mistake_in("{\"a\": 1}").find("line 1") != std::string::npos);
    CHECK(mistake_in(": 1\nA: 1") == "none");
}

TEST_CASE("the request line says method, path and query", "[cli]") {
    const auto line =
        cli::parse_request_line("GET /webhooks/meta?hub.mode=subscribe HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(line.method == "GET");
    CHECK(line.path == "/webhooks/meta");
    CHECK(line.query == "hub.mode=subscribe");
    CHECK(cli::parse_request_line("Host: x\n").method == "POST");
    CHECK(cli::parse_request_line("POST / HTTP/1.1\n").query.empty());
}

TEST_CASE("a request in one file is divided at the empty line behind its head", "[cli]") {
    for (const std::string_view head : {"A: 1\r\n\r\n", "\nPOST / HTTP/1.1\nA: 1\n\n", "A: 1\n \t\n"}) {
        const std::string whole = std::string(head) + "\n{}\n\n";
        CHECK(cli::head_size(whole) == head.size());
        CHECK(cli::parse_header_lines(whole).size() == 1);
    }
    CHECK(cli::head_size("\xEF\xBB\xBF"
                         "A: 1\n\n{}") == 9);
    CHECK(cli::head_size("> A: 1\n>\n{}") == 9);
    CHECK(cli::head_size("A: 1") == 4);
    CHECK(cli::head_size("") == 0);
}

}  // namespace chathook
