// A connected byte stream as the session uses it: try without waiting, and wait when there is nothing to be
// had. TCP and UNIX sockets are one kind of it; encryption is another one around the same socket. Used on its
// connection's thread only.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

#include "support/async.hpp"

namespace chathook::http {

using boost::system::error_code;

class Stream {
public:
    enum class Direction { read, write };

    virtual ~Stream() = default;

    // Moves what can be moved now. `error` is would_block when that is nothing, eof when the peer has ended.
    virtual std::size_t try_read(boost::asio::mutable_buffer into, error_code& error) = 0;

    // Two pieces, one after the other, either of them possibly empty; answers how much of both was taken.
    virtual std::size_t try_write(std::string_view first, std::string_view second, error_code& error) = 0;

    // Resumes when trying again is worth it, or with operation_aborted after cancel(). `error` lives in the
    // caller's frame.
    virtual Awaitable<> ready(Direction direction, error_code& error) = 0;

    virtual void cancel() noexcept = 0;         // every ready() that waits
    virtual void shutdown_send() noexcept = 0;  // says that nothing more will come
    virtual void close() noexcept = 0;
};

using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;

// Takes a connected, non-blocking socket.
std::unique_ptr<Stream> make_socket_stream(Socket socket);

}  // namespace chathook::http
