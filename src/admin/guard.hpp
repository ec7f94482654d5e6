// Who may act here, as far as a request's head tells: a web page must not reach this address through its
// visitor's browser. Pure; any thread.
#pragma once

#include <string_view>

#include <chathook/request.hpp>

namespace chathook::admin {

// Whether the Content-Type is JSON: a page of another site cannot send that without a preflight request
// (Fetch, CORS-safelisted request-header).
bool says_json(const Request& request) noexcept;

// Whether the request came from a page of another site: an Origin that is not the Host, or a browser that
// says so (Fetch Metadata, Sec-Fetch-Site). Browsers send no Origin for an image or a script, and
// Sec-Fetch-Site only to encrypted addresses, localhost and loopback: without either, as on a plain address
// of the network, the token has to keep others away.
bool is_from_elsewhere(const Request& request) noexcept;

// Whether the request's Host is an IP address, localhost or missing. A foreign name that resolves to this
// machine (DNS rebinding) makes a foreign page look like one of ours.
bool names_this_machine(const Request& request) noexcept;

}  // namespace chathook::admin
