#include "ecma/document.hpp"

#include <utility>

#include "ecma/parser.hpp"
#include "ecma/utf8.hpp"

namespace chathook {

struct JsonDocument::Made final : JsonDocument {};

JsonDocument::Pointer JsonDocument::finish(std::shared_ptr<JsonDocument> document) {
    if (document->text_.size() > ecma::text_bytes_max) return nullptr;
    if (!ecma::Parser(document->text_, document->tape_).run()) return nullptr;
    return document;
}

JsonDocument::Pointer JsonDocument::parse(std::string_view text) {
    const std::shared_ptr<JsonDocument> document = std::make_shared<Made>();
    document->text_ = text;
    return finish(document);
}

JsonDocument::Pointer JsonDocument::parse_owned(std::string text) {
    const std::shared_ptr<JsonDocument> document = std::make_shared<Made>();
    document->owned_ = std::move(text);
    document->text_ = document->owned_;
    return finish(document);
}

JsonDocument::Pointer JsonDocument::parse_bytes(std::string_view raw) {
    if (raw.starts_with("\xEF\xBB\xBF")) raw.remove_prefix(3);
    return ecma::is_utf8(raw) ? parse(raw) : parse_owned(ecma::decode_utf8(raw));
}

}  // namespace chathook
