#include "net/stream.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>

using namespace chathook;
using namespace chathook::net;
namespace asio = boost::asio;

namespace {

// A stream and the plain socket at its other end.
struct Pair {
    Pair() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
        Socket socket(context, asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
        socket.non_blocking(true);
        stream = make_socket_stream(std::move(socket));
        other = ends[1];
    }
    ~Pair() { ::close(other); }

    asio::io_context context{1};
    std::unique_ptr<Stream> stream;
    int other = -1;
};

}  // namespace

TEST_CASE("reading a stream returns what has come, would_block without input, and eof at the end") {
    Pair pair;
    std::array<char, 8> bytes{};
    error_code error;
    pair.stream->try_read(asio::buffer(bytes), error);
    CHECK(error == asio::error::would_block);
    REQUIRE(::send(pair.other, "hello", 5, 0) == 5);
    CHECK(pair.stream->try_read(asio::buffer(bytes), error) == 5);
    CHECK_FALSE(error);
    CHECK(std::string(bytes.data(), 5) == "hello");
    ::shutdown(pair.other, SHUT_WR);
    pair.stream->try_read(asio::buffer(bytes), error);
    CHECK(error == asio::error::eof);
}

TEST_CASE("a stream reports whether there is unread input") {
    Pair pair;
    CHECK_FALSE(pair.stream->has_input());
    REQUIRE(::send(pair.other, "hello", 5, 0) == 5);
    CHECK(pair.stream->has_input());
    std::array<char, 8> bytes{};
    error_code error;
    pair.stream->try_read(asio::buffer(bytes), error);
    CHECK_FALSE(pair.stream->has_input());
}

TEST_CASE("a stream writes two pieces in one call, as far as the kernel takes them, and its end is seen") {
    Pair pair;
    error_code error;
    CHECK(pair.stream->try_write("head", "body", error) == 8);
    CHECK(pair.stream->try_write("", "!", error) == 1);
    std::array<char, 16> bytes{};
    CHECK(::recv(pair.other, bytes.data(), bytes.size(), 0) == 9);
    CHECK(std::string(bytes.data(), 9) == "headbody!");
    const std::string much(16u << 20, 'x');
    CHECK(pair.stream->try_write(much, {}, error) < much.size());
    pair.stream->try_write(much, {}, error);
    CHECK(error == asio::error::would_block);
}

TEST_CASE("waiting on a stream ends when bytes come or when it is cancelled") {
    Pair pair;
    int resumed = 0;
    error_code first;
    error_code second;
    asio::co_spawn(
        pair.context,
        [&]() -> Awaitable<> {
            co_await pair.stream->ready(Stream::Direction::read, first);
            ++resumed;
            std::array<char, 8> bytes{};
            error_code ignored;
            pair.stream->try_read(asio::buffer(bytes), ignored);
            asio::post(pair.context, [&] { pair.stream->cancel(); });
            co_await pair.stream->ready(Stream::Direction::read, second);
            ++resumed;
        },
        asio::detached);
    asio::post(pair.context, [&] { CHECK(::send(pair.other, "x", 1, 0) == 1); });
    pair.context.run();
    CHECK(resumed == 2);
    CHECK_FALSE(first);
    CHECK(second == asio::error::operation_aborted);
}
