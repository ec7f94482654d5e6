#include "verify/seal.hpp"

#include <utility>

#include "ecma/document.hpp"

namespace chathook::verify {

Verified Seal::unread(std::string_view raw, const Proof& proof) {
    Verified verified;
    verified.raw_ = raw;
    verified.body_ = raw;
    verified.secret_index_ = proof.secret_index;
    verified.signed_time_ = proof.signed_time;
    verified.signed_at_ = proof.signed_at;
    verified.signed_id_ = proof.signed_id;
    verified.fields_ = proof.fields;
    return verified;
}

Verified Seal::raw(std::string_view raw, const Proof& proof) {
    Verified verified = unread(raw, proof);
    verified.document_ = JsonDocument::parse_bytes(raw);
    if (verified.document_ != nullptr) {
        verified.repeated_ = std::make_unique<RepeatedKeys>();
        verified.root_ = verified.document_->root(verified.repeated_.get());
    }
    return verified;
}

Verified Seal::without_token(std::string text, const Proof& proof) {
    auto owned = std::make_unique<const std::string>(std::move(text));
    Verified verified = raw(*owned, proof);
    verified.owned_ = std::move(owned);
    return verified;
}

Verified Seal::stringified(std::string_view raw, std::string text, const Proof& proof) {
    Verified verified;
    verified.raw_ = raw;
    verified.document_ = JsonDocument::parse_owned(std::move(text));
    verified.body_ = verified.document_->text();
    verified.root_ = verified.document_->root();
    verified.form_ = Verified::Form::stringified;
    verified.secret_index_ = proof.secret_index;
    verified.signed_time_ = proof.signed_time;
    verified.signed_at_ = proof.signed_at;
    verified.signed_id_ = proof.signed_id;
    verified.fields_ = proof.fields;
    return verified;
}

Verified part_of(const Verified& whole, std::string_view bytes) {
    return Seal::raw(bytes, {.secret_index = whole.secret_index(),
                             .signed_time = whole.signed_time(),
                             .signed_at = whole.signed_at(),
                             .signed_id = whole.signed_id(),
                             .fields = whole.fields()});
}

}  // namespace chathook::verify
