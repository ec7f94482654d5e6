// Verified bodies for the tests of normalize/, made with a real signature, since there is no other way.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <chathook/event.hpp>
#include <chathook/normalized.hpp>
#include <chathook/verified.hpp>

#include "normalize/cloud_event.hpp"
#include "support/signed_request.hpp"
#include "verify/scheme.hpp"

namespace chathook::test {

// A body that was signed and verified.
class Proved {
public:
    explicit Proved(const std::string& body, std::string_view signed_body, verify::BodyForm form)
        : scheme_({.header = "x-signature", .body = form}, settings_with("a secret of some length")),
          signed_(body, scheme_.sign(signed_body, "", receipt())),
          verified_(scheme_.verify(signed_.request(), receipt()).value()) {}
    explicit Proved(const std::string& body) : Proved(body, body, verify::BodyForm::raw) {}

    static Instant receipt() { return Instant(std::chrono::microseconds(1795291200123456)); }

    const Verified& get() const { return verified_; }
    Event event(const Normalized& normalized = {}) const {
        return *normalize::make_event(normalized, verified_, "lynn-support", "lynn",
                                      "0193a5f0-7c00-7000-8000-000000000001", receipt());
    }

private:
    verify::Scheme scheme_;
    SignedRequest signed_;
    Verified verified_;
};

}  // namespace chathook::test
