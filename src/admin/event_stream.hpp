// Events as they are committed, as server-sent events (WHATWG HTML, section 9.2): `id` is the sequence,
// `event` the type, `data` the CloudEvent. Lives on its connection's thread and reads on the desk's. It never
// holds more than window_bytes for its client; what the client has not read yet waits in the journal.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "admin/long_texts.hpp"
#include "admin/query.hpp"
#include "http/handler.hpp"
#include "journal/questions.hpp"
#include "support/desk.hpp"

namespace chathook::admin {

// How many streams are open. Any thread.
class OpenStreams {
public:
    // At most `most` are open at a time; each holds window_bytes.
    explicit OpenStreams(std::size_t most) noexcept : most_(most) {}

    std::size_t most() const noexcept { return most_; }

    bool enter() noexcept {
        if (open_.fetch_add(1) < most_) return true;
        leave();
        return false;
    }
    void leave() noexcept { --open_; }
    std::size_t open() const noexcept { return open_; }

private:
    const std::size_t most_;
    std::atomic<std::size_t> open_{0};
};

// What a stream needs; all of it outlives the stream.
struct StreamPlace {
    journal::Questions& journal;
    Desk& desk;
    LongTexts& texts;
    OpenStreams& open;
};

// Begins behind query.after_sequence, or with `latest` behind the newest event at the first read; query.limit
// and newest do not apply. Null: too many streams are open. `client` is for the log.
std::shared_ptr<http::BodyStream> make_event_stream(const StreamPlace& place, StreamQuery query,
                                                    std::string client);

}  // namespace chathook::admin
