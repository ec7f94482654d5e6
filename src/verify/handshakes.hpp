// Answers what a vendor asks of the webhook's address, by the handshakes of its definition and the source's
// verify_token. Immutable; any thread.
#pragma once

#include <optional>
#include <span>

#include "chathook/error.hpp"
#include "chathook/handshake.hpp"
#include "chathook/reply.hpp"
#include "chathook/request.hpp"
#include "chathook/secret.hpp"
#include "chathook/vendor.hpp"
#include "chathook/verified.hpp"
#include "verify/hmac.hpp"

namespace chathook::verify {

// The answer, with a copy of its body.
Reply reply_of(const VendorAnswer& answer);

class Handshakes {
public:
    // `definition` outlives this. The token is not kept, only the MAC that it is compared by.
    Handshakes(const VendorDefinition& definition, const SecretBytes& verify_token);

    bool none() const noexcept { return definition_.handshakes.empty(); }

    // Whether there is a handshake by GET, and a verify_token to compare with.
    bool answers_get() const noexcept { return answers_get_; }

    // The answer to a GET, which nobody signs: handshake_refused unless its query is all that the vendor
    // sends, with the right verify_token.
    Result<Reply> answer_get(const Request& request) const;

    // The answer to a request that was proved, if it is a handshake: handshake_refused if what it wants
    // echoed is out of bounds. nullopt: an event. `key` is the one that proved it; null if that is no MAC's.
    std::optional<Result<Reply>> answer(const Request& request, const Verified& verified,
                                        const HmacKey* key) const;

private:
    bool is_token(std::string_view text) const noexcept;

    const VendorDefinition& definition_;
    std::optional<HmacKey> token_key_;  // of the token under itself: a guess is compared by its MAC
    Mac token_{};
    bool answers_get_ = false;
};

}  // namespace chathook::verify
