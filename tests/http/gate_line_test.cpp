// The gate's rules for lines: their ends, their characters, and the request line.
#include <catch2/catch.hpp>

#include <string>

#include "http/gate_cases.hpp"

using namespace chathook::http::test;

TEST_CASE("every line of a head ends with CRLF and holds no control character") {
    using namespace std::string_literals;
    check_all({
        {"2.2: a bare line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400,
         "bare_line_feed"},
        {"2.2: a bare line feed after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "bare_line_feed"},
        {"2.2: bare line feeds only", "GET / HTTP/1.1\nHost: a\n\n", 400, "bare_line_feed"},
        {"2.2: a bare line feed as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "bare_line_feed"},
        {"2.2: a bare carriage return within a value", post({"X: a\rb"}), 400, "control_character"},
        {"2.2: a bare carriage return before another header", post({"X: a\rContent-Length: 5"}), 400,
         "control_character"},
        {"2.2: two carriage returns at the end of a line", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400,
         "control_character"},
        {"2.2: a carriage return in the request line", lines({"GET /\r HTTP/1.1", "Host: a"}), 400,
         "bad_target"},
        {"2.2: a leading blank line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request_line"},
        {"2.2: a leading line feed", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request_line"},
        {"2.2: white space between request line and first field",
         lines({"GET / HTTP/1.1", " Host: a", "Host: a"}), 400, "folded_field"},
        {"5.2: a folded field, by a blank", post({"X: a", " b"}), 400, "folded_field"},
        {"5.2: a folded field, by a tab", post({"X: a", "\tb"}), 400, "folded_field"},
        {"5.2: a folded Transfer-Encoding", post({"Transfer-Encoding:", " chunked"}), 400, "folded_field"},
        {"9110 5.5: a NUL in a value", post({"X: a\0b"s}), 400, "control_character"},
        {"9110 5.5: a NUL in a name", post({"X\0: a"s}), 400, "bad_field"},
        {"9110 5.5: a backspace in a value", post({"X: a\bb"}), 400, "control_character"},
        {"9110 5.5: an escape in a value", post({"X: \x1b[2J"}), 400, "control_character"},
        {"9110 5.5: a delete in a value", post({"X: a\x7f"}), 400, "control_character"},
        {"9110 5.5: a vertical tab before the value", post({"X:\va"}), 400, "control_character"},
        {"a TLS hello on a plain port", "\x16\x03\x01\x02", 400, "bad_request_line"},
        {"9110 5.5: a tab within a value is allowed", post({"X: a\tb", "Content-Length: 0"}), 0, ""},
        {"9110 5.5: obs-text is allowed in a value", post({"X: caf\xc3\xa9", "Content-Length: 0"}), 0, ""},
        {"5: blanks around a value are not part of it", post({"X: \t a \t", "Content-Length: 0"}), 0, ""},
    });
}

TEST_CASE("a target in absolute form is served if Host names the same authority") {
    check_all({
        {"3.2.2: absolute form", target("http://a/hook"), 0, ""},
        {"3.2.2: absolute form with its port", target("HTTPS://A:443/hook?a"), 0, ""},
        {"3.2.2: absolute form without a path", target("http://a"), 0, ""},
        {"3.2.2: absolute form of another host", target("http://b/hook"), 400, "host_mismatch"},
        {"3.2.2: absolute form of another port", target("http://a:81/hook"), 400, "host_mismatch"},
        {"3.2.2: absolute form of a longer host", target("http://a.b/hook"), 400, "host_mismatch"},
        {"3.2.2: absolute form with user information", target("http://u@a/hook"), 400, "bad_target"},
        {"3.2.2: absolute form without a host", target("http:///hook"), 400, "bad_target"},
        {"3.2.2: absolute form with an empty port", target("http://a:/hook"), 400, "bad_target"},
        {"3.2.2: absolute form of another scheme", target("ws://a/hook"), 400, "bad_target"},
        {"3.2.2: a scheme alone", target("http:a/hook"), 400, "bad_target"},
        {"3.2.2: dots behind a host", target("http://a/../hook"), 400, "bad_target"},
    });
}

TEST_CASE(
    "a request line is a method, an origin-form or absolute-form target and a version, one blank apart") {
    using namespace std::string_literals;
    check_all({
        {"3: two blanks after the method", lines({"GET  / HTTP/1.1", "Host: a"}), 400, "bad_target"},
        {"3: a tab after the method", lines({"GET\t/ HTTP/1.1", "Host: a"}), 400, "bad_method"},
        {"3: two blanks before the version", lines({"GET /  HTTP/1.1", "Host: a"}), 400, "bad_request_line"},
        {"3: a blank after the version", lines({"GET / HTTP/1.1 ", "Host: a"}), 400, "bad_request_line"},
        {"3: a blank in the target", lines({"GET /a b HTTP/1.1", "Host: a"}), 400, "bad_request_line"},
        {"3: a leading blank", lines({" GET / HTTP/1.1", "Host: a"}), 400, "bad_request_line"},
        {"3.1: no method", lines({"/ HTTP/1.1", "Host: a"}), 400, "bad_request_line"},
        {"3.1: a method that is no token", lines({"GE(T / HTTP/1.1", "Host: a"}), 400, "bad_method"},
        {"3.1: a colon in the method", lines({"GET: / HTTP/1.1", "Host: a"}), 400, "bad_method"},
        {"3.1: a method of 33 letters", lines({std::string(33, 'A') + " / HTTP/1.1", "Host: a"}), 400,
         "bad_method"},
        {"3.2.3: authority form without CONNECT", target("a:80"), 400, "bad_target"},
        {"3.2.4: asterisk form", target("*"), 400, "bad_target"},
        {"3.2: an empty target", lines({"GET  HTTP/1.1", "Host: a"}), 400, "bad_target"},
        {"3.2.1: no leading slash", target("hook"), 400, "bad_target"},
        {"3986 3.5: a fragment", target("/hook#f"), 400, "bad_target"},
        {"3986 2: a byte beyond ASCII", target("/caf\xc3\xa9"), 400, "bad_target"},
        {"3986 2: a control character", target("/a\x01"), 400, "bad_target"},
        {"3986 2: a NUL", target("/a\0b"s), 400, "bad_target"},
        {"3986 2.1: an encoded NUL", target("/a%00"), 400, "bad_target"},
        {"3986 2.1: an encoded NUL in the query", target("/a?b=%00"), 400, "bad_target"},
        {"3986 2.1: an encoded slash", target("/a%2fb"), 400, "bad_target"},
        {"3986 2.1: an encoded slash in upper case", target("/a%2Fb"), 400, "bad_target"},
        {"3986 2.1: an encoded backslash", target("/a%5cb"), 400, "bad_target"},
        {"3986 2: a backslash", target("/a\\..\\hook"), 400, "bad_target"},
        {"a backslash in the query", target("/hook?a\\b"), 0, ""},
        {"3986 2.1: a cut percent-encoding", target("/a%2"), 400, "bad_target"},
        {"3986 2.1: a percent sign alone at the end", target("/a%"), 400, "bad_target"},
        {"3986 2.1: no hexadecimal digits", target("/a%zz"), 400, "bad_target"},
        {"3986 3.3: a dot segment", target("/./hook"), 400, "bad_target"},
        {"3986 3.3: two dots", target("/a/../hook"), 400, "bad_target"},
        {"3986 3.3: two dots at the end", target("/a/.."), 400, "bad_target"},
        {"3986 3.3: encoded dots", target("/a/%2e%2E/hook"), 400, "bad_target"},
        {"3986 3.3: half-encoded dots", target("/a/.%2e"), 400, "bad_target"},
        {"an encoded slash in the query", target("/hook?next=%2Fa"), 0, ""},
        {"three dots are a name", target("/.../hook"), 0, ""},
        {"a name that begins with a dot", target("/.well-known/x"), 0, ""},
        {"a target of 2,048 bytes", target("/" + std::string(2047, 'a')), 0, ""},
        {"3: a target of 2,049 bytes", target("/" + std::string(2048, 'a')), 414, "target_too_long"},
        {"3: an endless request line", "GET /" + std::string(3000, 'a'), 414, "target_too_long"},
        {"2.3: no version (HTTP/0.9)", "GET /\r\n\r\n", 400, "bad_request_line"},
        {"2.3: lower case", lines({"GET / http/1.1", "Host: a"}), 400, "bad_request_line"},
        {"2.3: no minor version", lines({"GET / HTTP/1", "Host: a"}), 400, "bad_request_line"},
        {"2.3: two digits", lines({"GET / HTTP/1.10", "Host: a"}), 400, "bad_request_line"},
        {"2.3: another protocol", lines({"GET / RTSP/1.0", "Host: a"}), 400, "bad_request_line"},
        {"9110 15.6.6: HTTP/2.0 in an HTTP/1 request line", lines({"GET / HTTP/2.0", "Host: a"}), 505,
         "unsupported_version"},
        {"9110 15.6.6: HTTP/1.2", lines({"GET / HTTP/1.2", "Host: a"}), 505, "unsupported_version"},
        {"9110 15.6.6: HTTP/0.9 written out", lines({"GET / HTTP/0.9", "Host: a"}), 505,
         "unsupported_version"},
        {"9113 3.4: the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad_target"},
        {"9110 9.3.6: CONNECT", lines({"CONNECT a:443 HTTP/1.1", "Host: a:443"}), 405, "method_not_allowed"},
        {"9110 9.3.8: TRACE", lines({"TRACE / HTTP/1.1", "Host: a"}), 405, "method_not_allowed"},
        {"an unknown method is the handler's business", lines({"BREW /pot HTTP/1.1", "Host: a"}), 0, ""},
    });
}
