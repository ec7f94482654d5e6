// Signs an outgoing webhook after the Standard Webhooks specification (standardwebhooks.com), so that
// receivers can verify it with existing libraries. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verify/hmac.hpp"

namespace chathook::sinks {

class StandardWebhooksKey {
public:
    // "whsec_" and base64, as the specification writes secrets, or any other text, whose bytes are the key.
    // nullopt for an empty text, or if what follows whsec_ is not base64 of at least one byte.
    static std::optional<StandardWebhooksKey> read(std::string_view secret);

    // The webhook-signature header: "v1," and base64 of HMAC-SHA256 over "id.timestamp.body".
    std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;

private:
    explicit StandardWebhooksKey(verify::HmacKey key) : key_(std::move(key)) {}

    verify::HmacKey key_;
};

}  // namespace chathook::sinks
