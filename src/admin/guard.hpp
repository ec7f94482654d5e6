// Who may act here, as far as a request's head tells: a web page that somebody is looking at is not to reach
// this address by its visitor's browser. Pure; any thread.
#pragma once

#include <string_view>

#include <chathook/request.hpp>

namespace chathook::admin {

// Whether the body says of itself that it is JSON: a page of another site cannot send that without asking
// first (Fetch, CORS-safelisted request-header).
bool says_json(const Request& request) noexcept;

// Whether the request came from a page of another site than the one it is for: an Origin that is not the
// Host.
bool is_from_elsewhere(const Request& request) noexcept;

// Whether the request names this machine by an IP address or as localhost, or by no name at all. A foreign
// name that leads here (DNS rebinding) makes a foreign page look like one of ours.
bool names_this_machine(const Request& request) noexcept;

}  // namespace chathook::admin
