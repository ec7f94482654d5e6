// Whether a person's e-mail address or telephone number occurs in an event or in a refused request, which
// decides what erasing the person removes. Pure; immutable; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <chathook/event.hpp>

namespace chathook::admin {

class Person {
public:
    static constexpr std::size_t phone_digits_min = 7;

    // nullopt if the text is not an address: one '@' between two texts without blanks, brackets, commas,
    // colons or quotation marks, and without a full stop at the end.
    static std::optional<Person> with_email(std::string_view email);

    // nullopt if fewer than phone_digits_min digits are left without leading zeros, or if there is anything
    // besides digits and the usual separators.
    static std::optional<Person> with_phone(std::string_view phone);

    // An e-mail address matches without regard to case, a number by its digits without leading zeros, each
    // only if it is not part of a longer one: ann@x.org matches neither joann@x.org nor ann@x.org.uk. The
    // text is searched as it is and with up to encodings_max layers of encoding removed (encoded.hpp).
    bool is_in_text(std::string_view text) const;

    // Searches every text, key and number of the event, escaped or not, JSON embedded in texts, and the
    // sender's own bytes.
    bool is_in(const Event& event) const;

    // `raw` as rejections keep it: header lines, an empty line, the body.
    bool is_in_request(std::string_view raw) const;

private:
    Person(std::string email, std::string digits) : email_(std::move(email)), digits_(std::move(digits)) {}

    bool stands_in(std::string_view text) const;
    bool is_in_form(std::string_view text) const;
    bool is_in_bytes(std::string_view bytes, unsigned texts_in_texts = 0) const;
    bool has_email(std::string_view text) const;
    bool has_phone(std::string_view text) const;

    std::string email_;   // lower case; or
    std::string digits_;  // without leading zeros
};

}  // namespace chathook::admin
