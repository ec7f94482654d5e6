#include "sinks/standard_webhooks.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include <string.h>  // explicit_bzero

#include "verify/encoding.hpp"

namespace chathook::sinks {
namespace {

constexpr std::string_view prefix = "whsec_";

std::string_view as_characters(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<StandardWebhooksKey> StandardWebhooksKey::read(std::string_view secret) {
    if (!secret.starts_with(prefix)) {
        if (secret.empty()) return std::nullopt;
        return StandardWebhooksKey(verify::HmacKey(verify::Algorithm::sha256, secret));
    }
    const std::string_view text = secret.substr(prefix.size());
    const std::size_t padding = std::min<std::size_t>(2, text.size() - (text.find_last_not_of('=') + 1));
    std::string bytes((text.size() - padding) * 3 / 4, '\0');
    const std::span decoded(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
    if (bytes.empty() || !verify::decode_base64(text, decoded)) return std::nullopt;
    StandardWebhooksKey key(verify::HmacKey(verify::Algorithm::sha256, as_characters(decoded)));
    ::explicit_bzero(bytes.data(), bytes.size());
    return key;
}

std::string StandardWebhooksKey::sign(std::string_view id, std::string_view timestamp,
                                      std::string_view body) const {
    return "v1," + verify::encode_base64(key_.mac({id, ".", timestamp, ".", body}).view());
}

}  // namespace chathook::sinks
