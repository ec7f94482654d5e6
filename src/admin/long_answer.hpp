// Answers that are written while they are read from the journal, so that none is ever complete in memory.
// Pieces runs on the desk, answer_piecewise() on the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/reply.hpp>

#include "admin/long_texts.hpp"
#include "http/handler.hpp"
#include "journal/reader.hpp"
#include "support/desk.hpp"

namespace chathook::admin {

// The most that one answer or stream holds for its client at a time.
inline constexpr std::size_t window_bytes = 32 << 10;

// A part of an answer: `text`, which may be null, between two short strings.
struct Part {
    std::string before;
    std::shared_ptr<const std::string> text;
    LongText::Of of = LongText::Of::event;
    std::uint64_t number = 0;  // of the text's event or refusal, see LongText
    std::string after;
};

struct Batch {
    std::vector<Part> parts;
    bool more = false;  // read again; for a stream: at once
};

// Reads the next parts: as many as fit into `bytes_max` together, or one that is larger.
using ReadParts = std::function<Result<Batch>(journal::Reader& reader, std::size_t bytes_max)>;

// An answer in progress, for the desk. Created and destroyed on any thread, while the desk is not using it.
class Pieces {
public:
    // `texts` outlives this.
    Pieces(LongTexts& texts, ReadParts read) : texts_(texts), read_(std::move(read)) {}

    // The next piece, at most window_bytes. Empty: nothing was found yet, or nothing is left, see drained().
    // Fails if the journal cannot be read, or if the text that is being written was removed from it.
    Result<std::string> next();

    // For a stream that is drained: there may be more now.
    void look_again() noexcept { more_ = true; }

    bool drained() const noexcept { return parts_.empty() && !more_; }
    bool between_parts() const noexcept { return parts_.empty() || (stage_ == 0 && at_ == 0); }

    std::uint64_t parts_begun() const noexcept { return parts_begun_; }

private:
    Result<void> read_on();
    Result<bool> write_text(Part& part, std::string& piece);
    bool write(std::string_view text, std::string& piece);

    LongTexts& texts_;
    ReadParts read_;
    std::shared_ptr<journal::Reader> reader_;
    std::deque<Part> parts_;
    bool more_ = true;
    int stage_ = 0;                   // of the first part: before, in, or behind its text
    std::size_t at_ = 0;              // offset in that stage
    std::shared_ptr<LongText> long_;  // the text, if it does not fit into one piece
    std::uint64_t parts_begun_ = 0;
};

// The answer: sent as a whole, with its length, if it is one piece, else written while it is read. If reading
// fails after the first piece, the connection is cut, so that nobody takes what came for complete. `desk` and
// the texts outlive the answer; `client` is for the log. `first` is the result of the first pieces->next().
Awaitable<Reply> answer_piecewise(Desk& desk, std::shared_ptr<Pieces> pieces, Result<std::string> first,
                                  std::string client);

}  // namespace chathook::admin
