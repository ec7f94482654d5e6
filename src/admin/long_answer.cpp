#include "admin/long_answer.hpp"

#include <stdexcept>
#include <utility>

#include "admin/answers.hpp"
#include "http/response.hpp"
#include "support/log.hpp"
#include "support/mask.hpp"

namespace chathook::admin {

Result<std::string> Pieces::next() {
    if (!reader_) reader_ = texts_.reader();
    if (!reader_) return Errc::journal_failed;
    std::string piece;
    piece.reserve(window_bytes + http::chunk_tail.size());
    if (parts_.empty() && more_) {
        if (const auto read = read_on(); !read) return read.error();
    }
    while (!parts_.empty() && piece.size() < window_bytes) {
        Part& part = parts_.front();
        if (stage_ == 0 && at_ == 0) ++parts_begun_;
        if (stage_ == 0 && !write(part.before, piece)) break;
        if (stage_ == 1) {
            const auto written = write_text(part, piece);
            if (!written) return written.error();
            if (!*written) break;
        }
        if (!write(part.after, piece)) break;
        stage_ = 0;
        parts_.pop_front();
    }
    return piece;
}

Result<void> Pieces::read_on() {
    auto batch = read_(*reader_, window_bytes);
    if (!batch) {
        texts_.drop(reader_);
        return batch.error();
    }
    more_ = batch->more;
    for (Part& part : batch->parts) parts_.push_back(std::move(part));
    return {};
}

// A text that does not fit is handed to LongTexts, and only its position is kept here.
Result<bool> Pieces::write_text(Part& part, std::string& piece) {
    if (!part.text && !long_) return write({}, piece);
    if (!long_) {
        if (write(*part.text, piece)) return true;
        if (part.text->size() <= window_bytes) return false;
        long_ = texts_.keep(part.of, part.number, std::move(part.text));
        part.text.reset();
        return false;
    }
    const auto bytes = texts_.bytes_of(*long_, *reader_);
    if (!bytes) {
        texts_.drop(reader_);
        return bytes.error();
    }
    // Erased, or removed by retention, meanwhile.
    if (!*bytes || (*bytes)->size() < at_) return Errc::journal_failed;
    if (!write(**bytes, piece)) return false;
    long_.reset();
    return true;
}

// Writes as much of the rest of `text` as fits. True: all of it; continue with the next.
bool Pieces::write(std::string_view text, std::string& piece) {
    const std::string_view some = text.substr(at_, window_bytes - piece.size());
    piece += some;
    at_ += some.size();
    if (at_ < text.size()) return false;
    at_ = 0;
    ++stage_;
    return true;
}

namespace {

class PiecewiseAnswer final : public http::BodyStream {
public:
    PiecewiseAnswer(Desk& desk, std::shared_ptr<Pieces> pieces, std::string first, std::string client)
        : desk_(desk), pieces_(std::move(pieces)), first_(std::move(first)), client_(std::move(client)) {}

    Awaitable<std::optional<std::string>> next() override {
        if (!first_.empty()) co_return given(std::exchange(first_, {}));
        while (!pieces_->drained()) {
            auto piece = co_await desk_.run([this] { return pieces_->next(); });
            if (!piece) {
                cut(reason_code(piece.error()));
                throw std::runtime_error("the journal cannot be read any more");
            }
            if (!piece->empty()) co_return given(std::move(*piece));
        }
        co_return std::nullopt;
    }

    void not_read() noexcept override { cut("the client did not read"); }

private:
    std::string given(std::string piece) noexcept {
        bytes_ += piece.size();
        return piece;
    }

    void cut(std::string_view reason) const noexcept {
        log(LogLevel::warning, "admin_answer_cut",
            {{"client", client_},
             {"reason", reason},
             {"rows", std::to_string(pieces_->parts_begun())},
             {"bytes", std::to_string(bytes_)}});
    }

    Desk& desk_;
    std::shared_ptr<Pieces> pieces_;
    std::string first_;
    std::string client_;
    std::uint64_t bytes_ = 0;
};

}  // namespace

Awaitable<Reply> answer_piecewise(Desk& desk, std::shared_ptr<Pieces> pieces, Result<std::string> first,
                                  std::string client) {
    while (first && first->empty() && !pieces->drained()) {
        first = co_await desk.run([&] { return pieces->next(); });
    }
    if (!first) co_return unreadable();
    Reply reply;
    if (pieces->drained()) {
        reply.body = std::move(*first);
    } else {
        reply.stream =
            std::make_shared<PiecewiseAnswer>(desk, std::move(pieces), std::move(*first), std::move(client));
    }
    co_return reply;
}

}  // namespace chathook::admin
