#include "admin/long_texts.hpp"

#include <algorithm>
#include <exception>
#include <span>
#include <utility>

#include "support/log.hpp"
#include "verify/encoding.hpp"

namespace chathook::admin {

namespace {

Result<std::shared_ptr<const std::string>> read_again(const LongText& text, journal::Reader& reader) {
    std::shared_ptr<const std::string> bytes;
    if (text.of() == LongText::Of::rejection) {
        const auto found = reader.rejection(text.number());
        if (!found) return found.error();
        if (*found && (*found)->raw_kept) bytes = base64_of((*found)->rejection);
        return bytes;
    }
    journal::Query query;
    query.after_sequence = text.number() - 1;
    query.limit = 1;
    const auto found = reader.find(query);
    if (!found) return found.error();
    const bool there = !found->empty() && found->front().sequence == text.number();
    if (there) bytes = json_of(found->front().event);
    return bytes;
}

}  // namespace

std::shared_ptr<const std::string> json_of(std::shared_ptr<const Event> event) {
    // An event without raw bytes is shared as it is; of any other only a copy of its line is kept.
    if (event->raw.empty()) return {event, &event->text};
    return std::make_shared<const std::string>(event->line());
}

std::shared_ptr<const std::string> base64_of(const journal::Rejection& rejection) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(rejection.raw.data());
    return std::make_shared<const std::string>(
        verify::encode_base64(std::span<const std::uint8_t>(bytes, rejection.raw.size())));
}

std::shared_ptr<journal::Reader> LongTexts::reader() {
    auto reader = reader_.lock();
    if (reader) return reader;
    try {
        reader = journal_.open_reader();
        reader_ = reader;
    } catch (const std::exception& error) {
        log(LogLevel::error, "journal_not_readable", {{"reason", error.what()}});
    }
    return reader;
}

void LongTexts::drop(const std::shared_ptr<journal::Reader>& reader) {
    if (reader_.lock() == reader) reader_.reset();
}

std::shared_ptr<LongText> LongTexts::keep(LongText::Of of, std::uint64_t number,
                                          std::shared_ptr<const std::string> bytes) {
    for (const auto& kept : texts_) {
        auto text = kept.lock();
        if (!text || text->of() != of || text->number() != number) continue;
        if (!text->bytes_) text->bytes_ = std::move(bytes);
        make_room(*text);
        return text;
    }
    auto text = std::make_shared<LongText>(of, number);
    text->bytes_ = std::move(bytes);
    texts_.push_back(text);
    make_room(*text);
    return text;
}

Result<std::shared_ptr<const std::string>> LongTexts::bytes_of(LongText& text, journal::Reader& reader) {
    if (!text.bytes_) {
        auto bytes = read_again(text, reader);
        if (!bytes || !*bytes) return bytes;
        text.bytes_ = std::move(*bytes);
    }
    make_room(text);
    return text.bytes_;
}

void LongTexts::forget() noexcept {
    for (const auto& kept : texts_) {
        if (const auto text = kept.lock()) text->bytes_.reset();
    }
}

std::size_t LongTexts::bytes() const {
    std::size_t sum = 0;
    for (const auto& kept : texts_) {
        const auto text = kept.lock();
        if (text && text->bytes_) sum += text->bytes_->size();
    }
    return sum;
}

// Puts the newest last and frees the least recently used.
void LongTexts::make_room(const LongText& newest) {
    std::erase_if(texts_, [](const auto& kept) { return kept.expired(); });
    const auto place = std::find_if(texts_.begin(), texts_.end(),
                                    [&](const auto& kept) { return kept.lock().get() == &newest; });
    if (place != texts_.end()) std::rotate(place, place + 1, texts_.end());
    std::size_t sum = bytes();
    for (const auto& kept : texts_) {
        if (sum <= bytes_max) return;
        const auto text = kept.lock();
        if (!text || !text->bytes_ || text.get() == &newest) continue;
        sum -= text->bytes_->size();
        text->bytes_.reset();
    }
}

}  // namespace chathook::admin
