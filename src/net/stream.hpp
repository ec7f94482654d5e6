// A connected byte stream as a session uses it: try without waiting, and wait if there is nothing to read or
// no room to write. TCP and UNIX sockets are one kind; encryption is another around the same socket. Used on
// its connection's thread only.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

#include "support/async.hpp"

namespace chathook::net {

using boost::system::error_code;

class Stream {
public:
    enum class Direction { read, write };

    virtual ~Stream() = default;

    // Transfers what is possible now. `error` is would_block if that is nothing, eof if the peer has ended
    // the stream.
    virtual std::size_t try_read(boost::asio::mutable_buffer into, error_code& error) = 0;

    // Writes two pieces, one after the other, either possibly empty; returns how many bytes of both were
    // taken.
    virtual std::size_t try_write(std::string_view first, std::string_view second, error_code& error) = 0;

    // Resumes when trying again is worth it, or with operation_aborted after cancel(). `error` lives in the
    // caller's frame.
    virtual Awaitable<> ready(Direction direction, error_code& error) = 0;

    // Acknowledges what was read now instead of up to 40 ms later: a peer that writes head and body
    // separately, with Nagle's algorithm on, sends nothing before. Call it before each wait for the rest of a
    // request. Does nothing if the stream is not TCP.
    virtual void acknowledge() noexcept = 0;

    // Whether bytes have come that were not read yet: then ready() for reading resumes at once.
    virtual bool has_input() const noexcept = 0;

    virtual void cancel() noexcept = 0;         // ends every ready() that waits
    virtual void shutdown_send() noexcept = 0;  // says that nothing more will come
    virtual void close() noexcept = 0;
};

using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;

// Takes a connected, non-blocking socket.
std::unique_ptr<Stream> make_socket_stream(Socket socket);

}  // namespace chathook::net
