// What a signed body must say, so that a request is for this source and for no other with the same secret.
// Immutable; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/json.hpp"
#include "chathook/scheme_rules.hpp"
#include "chathook/vendor.hpp"

namespace chathook::verify {

class Expectations {
public:
    // Those of the vendor and those of the source: all of them count.
    Expectations(std::span<const ExpectedText> of_vendor,
                 std::span<const VendorSettings::Expected> of_source);

    bool empty() const noexcept { return all_.empty(); }

    // Whether each field is there with its text: a text, or a number as it is written. A step "*" stands for
    // every element of an array that has one at least, because a vendor may put what belongs to several
    // accounts into one request.
    bool met_by(Json root) const noexcept;

private:
    struct Expectation {
        std::vector<std::string> steps;
        std::string text;
    };
    std::vector<Expectation> all_;
};

}  // namespace chathook::verify
