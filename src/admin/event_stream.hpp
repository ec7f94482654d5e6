// Events as they are committed, as server-sent events (WHATWG HTML, section 9.2): `id` is the sequence,
// `event` the type, `data` the CloudEvent. Lives on its connection's thread and reads on the desk's.
#pragma once

#include <memory>

#include "admin/desk.hpp"
#include "http/handler.hpp"
#include "journal/journal.hpp"

namespace chathook::admin {

// Begins after query.after_sequence; query.limit and newest do not apply. `journal` and `desk` outlive the
// stream. May wait for the disk, as the desk may.
std::shared_ptr<http::BodyStream> make_event_stream(journal::Journal& journal, Desk& desk,
                                                    journal::Query query);

}  // namespace chathook::admin
