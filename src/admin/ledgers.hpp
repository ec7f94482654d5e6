// The questions of the API: events and what became of them, dead letters, refused requests, sinks. Desk's
// thread, which waits for the disk meanwhile.
#pragma once

#include <string_view>

#include <chathook/reply.hpp>

#include "journal/journal.hpp"

namespace chathook::admin {

class Ledgers {
public:
    explicit Ledgers(journal::Journal& journal) : journal_(journal) {}

    // Each takes a query string.
    Reply events(std::string_view query) const;
    Reply dead_letters(std::string_view query) const;
    Reply rejections(std::string_view query) const;

    // One event by its id or its sequence, with what became of it at each sink.
    Reply event(std::string_view name) const;
    // One dead letter: SINK/EVENT, the event as above.
    Reply dead_letter(std::string_view name) const;
    // One refused request by its number, with its bytes where they were kept.
    Reply rejection(std::string_view number) const;

    Reply sinks() const;

private:
    journal::Journal& journal_;
};

}  // namespace chathook::admin
