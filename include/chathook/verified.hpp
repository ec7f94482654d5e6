// A request whose sender proved that it holds a live secret. Only verify/ can make one (Seal), so code that
// takes a Verified cannot be reached with unproven bytes. Move-only; used by one thread at a time. Everything
// it returns may point into the request it came from, so it must not outlive the Request.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/json.hpp"
#include "chathook/request.hpp"
#include "chathook/time.hpp"

namespace chathook {

namespace verify {
class Seal;
}

class Verified {
public:
    Verified(Verified&&) noexcept = default;
    Verified& operator=(Verified&&) noexcept = default;

    enum class Form : unsigned char { raw, stringified };

    // Whether the body is parsed as JSON once it is proved. An unread body, one whose document would be too
    // large, is treated as if it were not JSON.
    enum class Content : unsigned char { read, unread };

    // The text that was signed, and therefore the only text acted on: the raw body, or its JSON.stringify
    // form. A token that stands in the body is replaced by asterisks.
    std::string_view body() const noexcept { return body_; }

    // The bytes as they came over the wire. Equal to body() unless form() is stringified.
    std::string_view raw() const noexcept { return raw_; }
    Form form() const noexcept { return form_; }

    // body() parsed; absent when it is not JSON. Invalid UTF-8 reads as U+FFFD and one BOM is dropped, as
    // every JavaScript receiver of these webhooks does.
    Json json() const noexcept { return root_; }

    // The whole document that json() is the root of (ecma/document.hpp); null when body() is not JSON.
    const JsonDocument* document() const noexcept { return document_.get(); }

    // Which of the source's secrets proved it: 0 is the first in the configuration.
    std::size_t secret_index() const noexcept { return secret_index_; }

    // The time inside the signed text as the vendor sent it ("1492774577"); empty where the vendor signs
    // none.
    std::string_view signed_time() const noexcept { return signed_time_; }

    // The sender's id for the delivery, where it is part of the signed text (`webhook-id`); else empty.
    std::string_view signed_id() const noexcept { return signed_id_; }

    // The fields of the form as they were signed, where the vendor signs those: one text for every order and
    // spelling of the same fields. Empty for other vendors.
    std::string_view signed_form() const noexcept { return signed_form_; }

    // The header fields of the request. They are signed only where the vendor's rules name them in the signed
    // text.
    std::span<const Field> fields() const noexcept { return fields_; }

    // The signed time, from the header or the body, that was checked against our clock; nullopt if none was.
    std::optional<Instant> signed_at() const noexcept { return signed_at_; }

    // JSON pointers to the keys of a raw body that were looked up so far and occur more than once in their
    // object: the last value was taken. A stringified body has none, because JSON.stringify keeps only one.
    std::vector<std::string> ambiguous_keys() const {
        return repeated_ == nullptr ? std::vector<std::string>() : repeated_->pointers();
    }

private:
    friend class verify::Seal;
    Verified() = default;

    std::string_view body_;
    std::string_view raw_;
    std::string_view signed_time_;
    std::string_view signed_id_;
    std::string signed_form_;
    std::span<const Field> fields_;
    std::unique_ptr<const std::string> owned_;  // the raw body without its token, where that had one
    std::shared_ptr<const JsonDocument>
        document_;  // owns what body_ and root_ point into, where they do not point into raw_
    std::unique_ptr<RepeatedKeys> repeated_;  // of a raw body that is JSON; root_ points to it
    Json root_;
    std::optional<Instant> signed_at_;
    std::size_t secret_index_ = 0;
    Form form_ = Form::raw;
};

}  // namespace chathook
