// Sends requests of one vendor to whoever tries them, and keeps back those that are genuine after all. One
// thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vendors/forgeries.hpp"

namespace chathook::test {

class Forger {
public:
    Forger(const Manner& manner, const Try& attempt)
        : manner_(manner), stamp_(stamp_of(manner)), attempt_(attempt) {}

    const Manner& manner() const { return manner_; }
    const Stamp& stamp() const { return stamp_; }

    // The text that a genuine sender signs.
    std::string text_of(std::string_view body) const { return filled(manner_.text, body, stamp_); }

    // The first live key's signature of `text`. Made once, because those of public keys take long.
    const std::string& signature(const std::string& text);

    // Whether a signature of `text` proves `body`, sent with this stamp.
    bool proves(std::string_view text, std::string_view body, const Stamp& stamp) const;

    void send(std::string_view what, std::string_view body, const std::vector<SignedHeader>& headers,
              std::string_view method = "POST") const {
        attempt_({.what = what, .body = body, .headers = headers, .method = method});
    }

    // The signature header has this value; the others are genuine.
    void send_value(std::string_view what, std::string_view body, std::string value) const {
        send(what, body, headers_with(manner_, std::move(value), stamp_));
    }

    void send_mac(std::string_view what, std::string_view body, std::string_view mac_text,
                  const Stamp& stamp) const {
        send(what, body, headers_with(manner_, value_with(manner_, mac_text, stamp.time), stamp));
    }
    void send_mac(std::string_view what, std::string_view body, std::string_view mac_text) const {
        send_mac(what, body, mac_text, stamp_);
    }

    // A signature of `text`, unless that does prove `body`.
    void send_signed(std::string_view what, std::string_view body, const std::string& text,
                     const Stamp& stamp);
    void send_signed(std::string_view what, std::string_view body, const std::string& text) {
        send_signed(what, body, text, stamp_);
    }

private:
    const Manner& manner_;
    const Stamp stamp_;
    const Try& attempt_;
    std::map<std::string, std::string> signatures_;
};

}  // namespace chathook::test
