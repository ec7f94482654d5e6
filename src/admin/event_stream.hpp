// Events as they are committed, as server-sent events (WHATWG HTML, section 9.2): `id` is the sequence,
// `event` the type, `data` the CloudEvent. Lives on its connection's thread.
#pragma once

#include <memory>

#include "http/handler.hpp"
#include "journal/journal.hpp"

namespace chathook::admin {

// Begins after query.after_sequence; query.limit and newest do not apply. `journal` outlives the stream.
std::shared_ptr<http::BodyStream> make_event_stream(journal::Journal& journal, journal::Query query);

}  // namespace chathook::admin
