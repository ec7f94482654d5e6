// Whether an e-mail address or a telephone number of somebody stands in an event or in a refused request:
// what erasing a person goes by. Pure; immutable; any thread.
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

    // Nothing when the text is no address: one '@' between two texts without blanks.
    static std::optional<Person> with_email(std::string_view email);

    // Nothing when fewer than phone_digits_min digits are left without leading zeros, or there is more than
    // digits and what people write between them.
    static std::optional<Person> with_phone(std::string_view phone);

    // An e-mail address counts without regard to case, a number by its digits without leading zeros, each
    // only where it is not part of a longer one: ann@x.org stands neither in joann@x.org nor in ann@x.org.uk.
    bool is_in_text(std::string_view text) const;

    // In any text, key or number of the event, escaped or not, and in the sender's own bytes.
    bool is_in(const Event& event) const;

    // `raw` as the rejections keep it: header lines, an empty line, the body.
    bool is_in_request(std::string_view raw) const;

private:
    Person(std::string email, std::string digits) : email_(std::move(email)), digits_(std::move(digits)) {}

    bool is_in_bytes(std::string_view bytes) const;
    bool has_email(std::string_view text) const;
    bool has_phone(std::string_view text) const;

    std::string email_;   // lower case; or
    std::string digits_;  // without leading zeros
};

}  // namespace chathook::admin
