// The part of the journal for callers that only read: views of it, and calls after commits. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "journal/reader.hpp"

namespace chathook::journal {

class Questions {
public:
    virtual ~Questions() = default;

    // Throws std::runtime_error when the journal cannot be opened for reading.
    virtual std::unique_ptr<Reader> open_reader() = 0;

    // Calls `listener` after every commit that added events, made some due again or gave some up, with the
    // newest sequence, on the writer's thread: be brief. Returns a number for unsubscribe(), which waits for
    // a running call.
    virtual std::size_t subscribe(std::function<void(std::uint64_t newest)> listener) = 0;
    virtual void unsubscribe(std::size_t subscription) = 0;  // of either kind, see Deliveries
};

}  // namespace chathook::journal
