#include "vendors/forger.hpp"

#include <optional>

#include "ecma/stringify.hpp"

namespace chathook::test {

const std::string& Forger::signature(const std::string& text) {
    const auto found = signatures_.find(text);
    if (found != signatures_.end()) return found->second;
    return signatures_.emplace(text, sign_text(manner_, text)).first->second;
}

bool Forger::proves(std::string_view text, std::string_view body, const Stamp& stamp) const {
    // The stamp's method and address are what is signed; the request's own method is the genuine one, and the
    // address is that of the source.
    Stamp sent = stamp_;
    sent.time = stamp.time;
    sent.id = stamp.id;
    // Blanks behind a pair do not belong to it.
    const std::size_t end = sent.time.find_last_not_of(" \t") + 1;
    if (manner_.grammar == Grammar::pairs) sent.time.resize(end);
    if (manner_.timed() && !is_timely(manner_, sent.time)) return false;
    if (manner_.signs("{id}") && sent.id.empty()) return false;
    if (text == filled(manner_.text, body, sent)) return true;
    if (!manner_.stringified) return false;
    const std::optional<std::string> printed = ecma::stringify_body(body);
    return printed && text == filled(manner_.text, *printed, sent);
}

void Forger::send_signed(std::string_view what, std::string_view body, const std::string& text,
                         const Stamp& stamp) {
    if (proves(text, body, stamp)) return;
    send_mac(what, body, writings(manner_, signature(text)).front(), stamp);
}

}  // namespace chathook::test
