// What can be said of a request by its head alone, before its body is received. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "chathook/error.hpp"
#include "chathook/request.hpp"
#include "http/handler.hpp"
#include "ingest/routing.hpp"

namespace chathook::ingest {

// Whether this is a GET of a vendor that is asked for one (a handshake by the query). No other GET is
// answered.
bool is_handshake_by_get(const Source& source, const Request& request) noexcept;

// Why the request is refused without its body; none if the body is to be received. `source` is that of the
// path, null if there is none. A sender that waits for 100 Continue is refused here also for lack of a
// signature.
std::optional<Errc> objection(const Source* source, const Request& request, const http::Incoming& incoming,
                              std::uint64_t body_bytes_max) noexcept;

}  // namespace chathook::ingest
