// The queries of the API: events and their deliveries, dead letters, refused requests, sinks. Runs on the
// desk's thread, which waits for the disk meanwhile.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <chathook/reply.hpp>

#include "admin/actions.hpp"
#include "admin/long_answer.hpp"
#include "admin/long_texts.hpp"
#include "admin/query.hpp"
#include "journal/reader.hpp"

namespace chathook::admin {

// Either a short answer, or the pieces of one that is written while it is read.
struct Answer {
    Reply reply;
    std::shared_ptr<Pieces> pieces;
    Result<std::string> first = std::string();  // the first piece, once it was read
};

class Ledgers {
public:
    // `texts` and `actions` outlive this; `texts` outlives its answers too.
    Ledgers(LongTexts& texts, const Actions& actions) : texts_(texts), actions_(actions) {}

    // Each takes a query string.
    Answer events(std::string_view query) const;
    Answer dead_letters(std::string_view query) const;
    Answer rejections(std::string_view query) const;

    // One event by its id or its sequence, with its state at each sink.
    Answer event(std::string_view name) const;
    // One dead letter: SINK/EVENT, the event as above.
    Answer dead_letter(std::string_view name) const;
    // One refused request by its number, with its bytes if they were kept.
    Answer rejection(std::string_view number) const;

    Answer sinks() const;

private:
    Answer of_one(Part part, std::shared_ptr<journal::Reader> reader) const;

    LongTexts& texts_;
    const Actions& actions_;
};

}  // namespace chathook::admin
