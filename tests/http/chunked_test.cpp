#include "http/chunked.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace chathook::http;

namespace {

using State = ChunkedDecoder::State;

struct Decoded {
    State state = State::more;
    std::string body;
    std::string rest;
};

// Feeds `first` bytes, then the rest.
Decoded decode(const std::string& bytes, std::size_t first, std::uint64_t limit = 1000) {
    ChunkedDecoder decoder(limit);
    Decoded result;
    std::string_view begin = std::string_view(bytes).substr(0, first);
    result.state = decoder.feed(begin, result.body);
    if (result.state == State::more) {
        begin = std::string_view(bytes).substr(first);
        result.state = decoder.feed(begin, result.body);
        result.rest = begin;
    } else {
        result.rest = std::string(begin) + bytes.substr(first);
    }
    return result;
}

}  // namespace

TEST_CASE("a chunked body is decoded the same wherever the network splits it") {
    const std::string bytes = "5\r\nhello\r\n1\r\n \r\n00A\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const Decoded result = decode(bytes, cut);
        CHECK(result.state == State::done);
        CHECK(result.body == "hello 0123456789");
        CHECK(result.rest == "GET / HTTP/1.1");
    }
}

TEST_CASE("a chunked body is decoded one byte at a time") {
    const std::string bytes = "3\r\na\r\n\r\n0\r\n\r\n";
    ChunkedDecoder decoder(10);
    std::string body;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string_view one = std::string_view(bytes).substr(i, 1);
        CHECK(decoder.feed(one, body) == (i + 1 == bytes.size() ? State::done : State::more));
    }
    CHECK(body == "a\r\n");
}

TEST_CASE("chunked framing is refused unless it is exact") {
    struct Case {
        const char* name;
        std::string bytes;
    };
    const std::vector<Case> cases = {
        {"7.1: no size", "\r\nhello\r\n0\r\n\r\n"},
        {"7.1: a bare line feed after the size", "5\nhello\r\n0\r\n\r\n"},
        {"7.1: a bare carriage return after the size", "5\rhello\r\n0\r\n\r\n"},
        {"7.1: two carriage returns after the size", "5\r\r\nhello\r\n0\r\n\r\n"},
        {"7.1: a bare line feed after the data", "5\r\nhello\n0\r\n\r\n"},
        {"7.1: nothing after the data", "5\r\nhello0\r\n\r\n"},
        {"7.1: more data than said", "5\r\nhelloX\r\n0\r\n\r\n"},
        {"7.1: less data than said", "5\r\nhel\r\n0\r\n\r\n"},
        {"7.1: a size in 0x form", "0x5\r\nhello\r\n0\r\n\r\n"},
        {"7.1: a negative size", "-1\r\n\r\n0\r\n\r\n"},
        {"7.1: a plus sign", "+5\r\nhello\r\n0\r\n\r\n"},
        {"7.1: a blank before the size", " 5\r\nhello\r\n0\r\n\r\n"},
        {"7.1: a blank after the size", "5 \r\nhello\r\n0\r\n\r\n"},
        {"7.1: a tab after the size", "5\t\r\nhello\r\n0\r\n\r\n"},
        {"7.1: an underscore in the size", "1_0\r\n0123456789abcdef\r\n0\r\n\r\n"},
        {"7.1: nine digits", "000000005\r\nhello\r\n0\r\n\r\n"},
        {"7.1: a size beyond 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n"},
        {"7.1.1: an extension", "5;a=b\r\nhello\r\n0\r\n\r\n"},
        {"7.1.1: an empty extension", "5;\r\nhello\r\n0\r\n\r\n"},
        {"7.1.1: a line feed in an extension", "5;\nxx\r\nhello\r\n0\r\n\r\n"},
        {"7.1.1: a line feed in a quoted extension", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"},
        {"7.1.1: an extension of the last chunk", "5\r\nhello\r\n0;a\r\n\r\n"},
        {"7.1.2: a trailer", "5\r\nhello\r\n0\r\nX-Sig: evil\r\n\r\n"},
        {"7.1.2: a trailer that claims a length", "0\r\nContent-Length: 5\r\n\r\n"},
        {"7.1: a bare line feed after the last chunk", "0\n\r\n"},
        {"7.1: a bare line feed at the end", "0\r\n\n"},
        {"7.1: something between the last two line ends", "0\r\n \r\n"},
        {"7.1: a NUL", std::string("\0\r\n", 3)},
    };
    for (const Case& one : cases) {
        for (std::size_t cut = 0; cut <= one.bytes.size(); ++cut) {
            INFO(one.name << ", cut at " << cut);
            CHECK(decode(one.bytes, cut).state == State::bad);
        }
    }
}

TEST_CASE("a chunked body may be as large as its limit and not a byte larger") {
    CHECK(decode("5\r\nhello\r\n0\r\n\r\n", 0, 5).state == State::done);
    CHECK(decode("5\r\nhello\r\n0\r\n\r\n", 0, 4).state == State::too_large);
    CHECK(decode("3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n", 0, 5).state == State::too_large);
    CHECK(decode("ffffffff\r\n", 0, 1u << 20).state == State::too_large);
    CHECK(decode("0\r\n\r\n", 0, 0).state == State::done);
    CHECK(decode("1\r\na\r\n0\r\n\r\n", 0, 0).state == State::too_large);
}

TEST_CASE("a chunked body exceeds its limit as soon as a chunk's size says so") {
    ChunkedDecoder decoder(4);
    std::string body;
    std::string_view size = "5\r\n";
    CHECK(decoder.feed(size, body) == State::too_large);
    CHECK(body.empty());
}
