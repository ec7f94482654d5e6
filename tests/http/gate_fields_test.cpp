// The gate's rules for fields: the host, body framing, and other fields that must be unambiguous.
#include <catch2/catch.hpp>

#include <string>

#include "http/gate_cases.hpp"

using namespace chathook::http::test;

TEST_CASE("a request names exactly one host") {
    const auto hosts = [](std::string value) { return lines({"GET / HTTP/1.1", "Host:" + value}); };
    check_all({
        {"3.2: no Host", lines({"GET / HTTP/1.1"}), 400, "missing_host"},
        {"3.2: two Hosts", lines({"GET / HTTP/1.1", "Host: a", "Host: b"}), 400, "repeated_field"},
        {"3.2: two equal Hosts, in other case", lines({"GET / HTTP/1.1", "Host: a", "hOST: a"}), 400,
         "repeated_field"},
        {"3.2: an empty Host", hosts(""), 400, "bad_host"},
        {"3.2: a list", hosts(" a, b"), 400, "bad_host"},
        {"3.2: a path", hosts(" a/b"), 400, "bad_host"},
        {"3.2: user information", hosts(" me@a"), 400, "bad_host"},
        {"3.2: a blank within", hosts(" a b"), 400, "bad_host"},
        {"3.2: a port that is no number", hosts(" a:8o"), 400, "bad_host"},
        {"3.2: a port too large", hosts(" a:65536"), 400, "bad_host"},
        {"3.2: an empty port", hosts(" a:"), 400, "bad_host"},
        {"3.2: two ports", hosts(" a:80:81"), 400, "bad_host"},
        {"3.2: a bracket that is not closed", hosts(" [::1"), 400, "bad_host"},
        {"3.2: something after the bracket", hosts(" [::1]x"), 400, "bad_host"},
        {"3.2: a name in brackets", hosts(" [host]"), 400, "bad_host"},
        {"3986 3.2.2: an IPv4 address in brackets", hosts(" [127.0.0.1]"), 400, "bad_host"},
        {"3986 3.2.2: colons that are no IPv6 address", hosts(" [1::2::3]"), 400, "bad_host"},
        {"3986 3.2.2: a group of five digits", hosts(" [2001:db8::12345]"), 400, "bad_host"},
        {"3986 3.2.2: an address of a future version", hosts(" [v1.fe]"), 400, "bad_host"},
        {"6874 2: a zone", hosts(" [fe80::1%25eth0]"), 400, "bad_host"},
        {"a name and a port", hosts(" hooks.example.com:8443"), 0, ""},
        {"an IPv4 address", hosts(" 127.0.0.1:80"), 0, ""},
        {"an IPv6 address and a port", hosts(" [2001:db8::1]:443"), 0, ""},
        {"an IPv6 address that ends as IPv4", hosts(" [::ffff:192.0.2.1]"), 0, ""},
        {"HTTP/1.0 needs no Host", lines({"GET / HTTP/1.0"}), 0, ""},
    });
}

TEST_CASE("a body is framed by one plain Content-Length or by chunked, never by both") {
    const auto coded = [](std::string value) { return post({"Transfer-Encoding:" + value}); };
    const std::string bad_coding = "bad_transfer_encoding";
    const std::string other_coding = "unsupported_transfer_encoding";
    check_all({
        {"6.1: Content-Length, then chunked", post({"Content-Length: 5", "Transfer-Encoding: chunked"}), 400,
         "length_and_transfer_encoding"},
        {"6.1: chunked, then Content-Length", post({"Transfer-Encoding: chunked", "Content-Length: 5"}), 400,
         "length_and_transfer_encoding"},
        {"6.1: Content-Length and gzip", post({"Content-Length: 5", "Transfer-Encoding: gzip"}), 400,
         "length_and_transfer_encoding"},
        {"6.1: Content-Length and an empty coding", post({"Content-Length: 5", "Transfer-Encoding:"}), 400,
         "length_and_transfer_encoding"},
        {"6.1: two Transfer-Encodings", post({"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}),
         400, "repeated_field"},
        {"6.1: identity in a second field",
         post({"Transfer-Encoding: chunked", "transfer-encoding: identity"}), 400, "repeated_field"},
        {"6.1: an empty coding", coded(""), 400, bad_coding},
        {"6.1: identity", coded(" identity"), 501, other_coding},
        {"6.1: gzip", coded(" gzip"), 501, other_coding},
        {"6.1: gzip, then chunked", coded(" gzip, chunked"), 501, other_coding},
        {"6.1: chunked not last", coded(" chunked, gzip"), 400, bad_coding},
        {"6.1: chunked twice", coded(" chunked, chunked"), 400, bad_coding},
        {"6.1: an empty element before", coded(" ,chunked"), 400, bad_coding},
        {"6.1: an empty element behind", coded(" chunked,"), 400, bad_coding},
        {"6.1: xchunked", coded(" xchunked"), 501, other_coding},
        {"6.1: chunkedx", coded(" chunkedx"), 501, other_coding},
        {"6.1: an unknown coding", coded(" blegh"), 501, other_coding},
        {"6.1: a quoted coding", coded(" \"chunked\""), 400, bad_coding},
        {"6.1: a parameter", coded(" chunked;q=1"), 400, bad_coding},
        {"6.1: a no-break space around it",
         coded(" \xa0"
               "chunked\xa0"),
         400, bad_coding},
        {"6.1: 0xff around it",
         coded(" \xff"
               "chunked\xff"),
         400, bad_coding},
        {"6.1: a vertical tab before it", coded(" \vchunked"), 400, "control_character"},
        {"6.1: chunked in HTTP/1.0", lines({"POST / HTTP/1.0", "Transfer-Encoding: chunked"}), 400,
         "unexpected_transfer_encoding"},
        {"6.1: chunked on GET", lines({"GET / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"}), 400,
         "unexpected_transfer_encoding"},
        {"6.1: chunked on HEAD", lines({"HEAD / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"}), 400,
         "unexpected_transfer_encoding"},
        {"5.1: a blank before the colon", post({"Transfer-Encoding : chunked"}), 400, "bad_field"},
        {"an underscore for the hyphen", post({"Transfer_Encoding: chunked"}), 400,
         "underscore_in_field_name"},
        {"6.1: chunked in any case", coded("\t ChUnKeD "), 0, ""},
    });
}

TEST_CASE("a length is one plain number, said once") {
    const auto sized = [](std::string value) { return post({"Content-Length:" + value}); };
    check_all({
        {"6.2: two different lengths", post({"Content-Length: 5", "Content-Length: 6"}), 400,
         "repeated_field"},
        {"6.2: two equal lengths", post({"Content-Length: 5", "Content-Length: 5"}), 400, "repeated_field"},
        {"6.2: a list of equal lengths", sized(" 5, 5"), 400, "bad_content_length"},
        {"6.2: a list of lengths", sized(" 5,6"), 400, "bad_content_length"},
        {"6.2: empty", sized(""), 400, "bad_content_length"},
        {"6.2: a plus sign", sized(" +5"), 400, "bad_content_length"},
        {"6.2: a minus sign", sized(" -1"), 400, "bad_content_length"},
        {"6.2: leading zeros", sized(" 0005"), 400, "bad_content_length"},
        {"6.2: hexadecimal", sized(" 0x5"), 400, "bad_content_length"},
        {"6.2: an exponent", sized(" 1e1"), 400, "bad_content_length"},
        {"6.2: a fraction", sized(" 5.0"), 400, "bad_content_length"},
        {"6.2: a blank within", sized(" 5 6"), 400, "bad_content_length"},
        {"6.2: a digit group", sized(" 1_000"), 400, "bad_content_length"},
        {"6.2: eleven digits", sized(" 10000000000"), 400, "bad_content_length"},
        {"6.2: 2^64 + 5", sized(" 18446744073709551621"), 400, "bad_content_length"},
        {"6.2: a digit that is not ASCII", sized(" \xd9\xa5"), 400, "bad_content_length"},
        {"6.2: zero", sized(" 0"), 0, ""},
        {"6.2: ten digits", sized(" 9999999999"), 0, ""},
        {"6.3: neither: no body, whether one is needed is the handler's business", post({}), 0, ""},
    });
}

TEST_CASE("field names are tokens, and single-valued fields occur once") {
    check_all({
        {"5.1: no colon", post({"X"}), 400, "bad_field"},
        {"5.1: an empty name", post({": a"}), 400, "bad_field"},
        {"5.1: a tab before the colon", post({"X\t: a"}), 400, "bad_field"},
        {"5.1: a blank within the name", post({"X Y: a"}), 400, "bad_field"},
        {"9110 5.1: a slash in the name", post({"X/Y: a"}), 400, "bad_field"},
        {"9110 5.1: a byte beyond ASCII in the name", post({"X\xc3\xa9: a"}), 400, "bad_field"},
        {"9110 5.1: a parenthesis in the name", post({"(X): a"}), 400, "bad_field"},
        {"an underscore in the name", post({"X_Lynn_Hmac: a"}), 400, "underscore_in_field_name"},
        {"9110 5.3: Content-Type twice", post({"Content-Type: a/b", "content-type: c/d"}), 400,
         "repeated_field"},
        {"9110 5.3: Content-Encoding twice", post({"Content-Encoding: identity", "Content-Encoding: gzip"}),
         400, "repeated_field"},
        {"9110 5.3: Authorization twice", post({"Authorization: Bearer a", "Authorization: Bearer b"}), 400,
         "repeated_field"},
        {"9110 5.3: Expect twice", post({"Expect: 100-continue", "Expect: 100-continue"}), 400,
         "repeated_field"},
        {"other fields may repeat", post({"X-Forwarded-For: a", "X-Forwarded-For: b"}), 0, ""},
        {"a signature twice gets the vendor's own refusal",
         post({"x-lynn-hmac-sha256: a", "X-Lynn-Hmac-Sha256: b"}), 0, ""},
        {"an empty value", post({"X:"}), 0, ""},
        {"a colon within a value", post({"X: a:b"}), 0, ""},
        {"9110 10.1.1: an expectation nobody knows", post({"Expect: 200-ok"}), 417,
         "unsupported_expectation"},
        {"9110 10.1.1: two expectations", post({"Expect: 100-continue, x"}), 417, "unsupported_expectation"},
        {"9110 10.1.1: an empty expectation", post({"Expect:"}), 417, "unsupported_expectation"},
        {"9110 7.6.1: a Connection that names the length", post({"Connection: close, Content-LENGTH"}), 400,
         "bad_connection"},
        {"9110 7.6.1: a Connection that names Host", post({"Connection: host"}), 400, "bad_connection"},
        {"9110 7.6.1: a Connection that names what it may", post({"Connection: TE, X-Note,,"}), 0, ""},
        {"9110 7.8: Upgrade is ignored", post({"Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings"}), 0,
         ""},
    });
}
