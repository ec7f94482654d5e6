// Shared by all long answers: one view of the journal, and the long texts being written, which are read from
// the journal again if keeping them would take too much memory. So the memory for all answers does not grow
// with the size of events or with the number of clients that do not read. Runs on the desk's thread, except
// where noted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "journal/questions.hpp"

namespace chathook::admin {

// A text of the journal that answers write piece by piece: an event's JSON, or a refused request's bytes in
// base64. Answers that write it at the same time share it; the last of them releases it, on any thread.
class LongText {
public:
    enum class Of : std::uint8_t { event, rejection };

    LongText(Of of, std::uint64_t number) noexcept : of_(of), number_(number) {}

    Of of() const noexcept { return of_; }
    std::uint64_t number() const noexcept { return number_; }

private:
    friend class LongTexts;

    Of of_;
    std::uint64_t number_;                      // the event's sequence, the refused request's number
    std::shared_ptr<const std::string> bytes_;  // null: to be read again
};

class LongTexts {
public:
    // Limit for all texts in memory, unless one alone is larger: about four events of the default maximum
    // size.
    static constexpr std::size_t bytes_max = 8 << 20;

    // `journal` outlives this, and all readers and texts.
    explicit LongTexts(journal::Questions& journal) : journal_(journal) {}

    // The view that all answers in progress share; closed when the last of them ends, on that answer's
    // thread. Null: the journal cannot be read.
    std::shared_ptr<journal::Reader> reader();

    // Call this after a reader failed: the next call of reader() opens a new one.
    void drop(const std::shared_ptr<journal::Reader>& reader);

    // Keeps `bytes` for the answers that are writing them.
    std::shared_ptr<LongText> keep(LongText::Of of, std::uint64_t number,
                                   std::shared_ptr<const std::string> bytes);

    // The text's bytes, read again if they are no longer in memory; null if they are no longer in the
    // journal, either.
    Result<std::shared_ptr<const std::string>> bytes_of(LongText& text, journal::Reader& reader);

    // Drops all texts: an order may have removed them from the journal.
    void forget() noexcept;

    std::size_t bytes() const;  // of all texts in memory

private:
    void make_room(const LongText& newest);

    journal::Questions& journal_;
    std::weak_ptr<journal::Reader> reader_;
    std::vector<std::weak_ptr<LongText>> texts_;  // most recently kept or read last
};

// The texts as they appear in an answer.
std::shared_ptr<const std::string> json_of(std::shared_ptr<const Event> event);
std::shared_ptr<const std::string> base64_of(const journal::Rejection& rejection);

}  // namespace chathook::admin
