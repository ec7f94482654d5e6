// How each vendor signs, written from its documentation (docs/vendors and the pages that those name) and
// never from src/vendors/files, so that a mistake there is not repeated here. Plain values; any thread.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <chrono>
#include <string_view>

namespace chathook::test {

enum class Proof { mac, token, token_in_body, public_key };

// What the source has as its secret, and which bytes of it are the key.
enum class SecretForm {
    text,         // the text is the key
    whsec,        // the base64 after whsec_ stands for the key
    base64_text,  // the text looks like base64, and is the key
    whsec_text,   // the text begins with whsec_, and is the key
    rsa_pem,
    p256_spki,
    ed25519_hex,
};

enum class Written { hex, base64, either, text };

enum class Grammar {
    bare,   // prefix + MAC
    pairs,  // t=TIME,v1=MAC
    list,   // v1,MAC v1,MAC
};

enum class Unit { seconds, milliseconds, either, iso8601 };

struct Manner {
    std::string_view vendor;
    Proof proof = Proof::mac;
    std::string_view header = "";
    SecretForm secret = SecretForm::text;
    const EVP_MD* (*digest)() = EVP_sha256;
    std::string_view text = "{body}";  // what is signed: {body}, {time}, {id}, {method}, {url}, {form}
    bool stringified = false;          // JSON.stringify(JSON.parse(body)) may be what is signed
    Written written = Written::hex;
    Grammar grammar = Grammar::bare;
    std::string_view prefix = "";       // bare
    std::string_view mac_key = "";      // pairs and lists
    std::string_view time_key = "";     // pairs
    std::string_view time_header = "";  // if the time is not in a pair
    std::string_view id_header = "";
    Unit unit = Unit::seconds;
    std::chrono::seconds tolerance = std::chrono::minutes(5);

    constexpr bool signs(std::string_view part) const { return text.find(part) != std::string_view::npos; }
    constexpr bool timed() const { return signs("{time}"); }
    constexpr bool in_hex() const { return written == Written::hex || written == Written::either; }
    constexpr bool in_base64() const { return written == Written::base64 || written == Written::either; }
};

inline constexpr std::array manners{
    Manner{.vendor = "lynn", .header = "x-lynn-hmac-sha256", .written = Written::either},
    Manner{.vendor = "chatbase", .header = "x-chatbase-signature", .digest = EVP_sha1, .stringified = true},
    Manner{.vendor = "newoaks",
           .header = "X-Webhook-Signature",
           .text = "{time}.{body}",
           .stringified = true,
           .grammar = Grammar::pairs,
           .mac_key = "v1",
           .time_key = "t",
           .unit = Unit::either},
    Manner{.vendor = "knowrithm", .header = "X-Knowrithm-Signature", .prefix = "sha256="},
    Manner{.vendor = "wonderchat", .header = "X-Wonderchat-Signature", .stringified = true},
    Manner{.vendor = "cal-com", .header = "X-Cal-Signature-256"},
    Manner{.vendor = "calendly",
           .header = "Calendly-Webhook-Signature",
           .text = "{time}.{body}",
           .grammar = Grammar::pairs,
           .mac_key = "v1",
           .time_key = "t"},
    Manner{.vendor = "chatwoot",
           .header = "X-Chatwoot-Signature",
           .text = "{time}.{body}",
           .prefix = "sha256=",
           .time_header = "X-Chatwoot-Timestamp"},
    Manner{.vendor = "crisp",
           .header = "X-Crisp-Signature",
           .text = "[{time};{body}]",
           .stringified = true,
           .time_header = "X-Crisp-Request-Timestamp",
           .unit = Unit::either},
    Manner{.vendor = "elevenlabs",
           .header = "ElevenLabs-Signature",
           .text = "{time}.{body}",
           .grammar = Grammar::pairs,
           .mac_key = "v0",
           .time_key = "t",
           .tolerance = std::chrono::minutes(30)},
    Manner{.vendor = "freshchat",
           .proof = Proof::public_key,
           .header = "X-Freshchat-Signature",
           .secret = SecretForm::rsa_pem,
           .written = Written::base64},
    Manner{.vendor = "front-channel",
           .header = "X-Front-Signature",
           .text = "{time}:{body}",
           .stringified = true,
           .written = Written::base64,
           .time_header = "X-Front-Request-Timestamp",
           .unit = Unit::milliseconds},
    Manner{.vendor = "front-rule",
           .header = "X-Front-Signature",
           .digest = EVP_sha1,
           .stringified = true,
           .written = Written::base64},
    Manner{.vendor = "github", .header = "X-Hub-Signature-256", .prefix = "sha256="},
    Manner{.vendor = "kommunicate",
           .proof = Proof::token,
           .header = "Authentication",
           .written = Written::base64,
           .prefix = "Basic "},
    Manner{.vendor = "livechat", .proof = Proof::token_in_body, .written = Written::text},
    Manner{.vendor = "retell",
           .header = "x-retell-signature",
           .text = "{body}{time}",
           .grammar = Grammar::pairs,
           .mac_key = "d",
           .time_key = "v",
           .unit = Unit::milliseconds},
    Manner{.vendor = "shopify", .header = "X-Shopify-Hmac-SHA256", .written = Written::base64},
    Manner{.vendor = "standard-webhooks",
           .header = "webhook-signature",
           .secret = SecretForm::whsec,
           .text = "{id}.{time}.{body}",
           .written = Written::base64,
           .grammar = Grammar::list,
           .mac_key = "v1",
           .time_header = "webhook-timestamp",
           .id_header = "webhook-id"},
    Manner{.vendor = "stripe",
           .header = "Stripe-Signature",
           .secret = SecretForm::whsec_text,
           .text = "{time}.{body}",
           .grammar = Grammar::pairs,
           .mac_key = "v1",
           .time_key = "t"},
    Manner{.vendor = "svix",
           .header = "svix-signature",
           .secret = SecretForm::whsec,
           .text = "{id}.{time}.{body}",
           .written = Written::base64,
           .grammar = Grammar::list,
           .mac_key = "v1",
           .time_header = "svix-timestamp",
           .id_header = "svix-id"},
    Manner{.vendor = "tally", .header = "Tally-Signature", .stringified = true, .written = Written::base64},
    Manner{.vendor = "tawk", .header = "X-Tawk-Signature", .digest = EVP_sha1},
    Manner{.vendor = "telegram",
           .proof = Proof::token,
           .header = "X-Telegram-Bot-Api-Secret-Token",
           .written = Written::text},
    Manner{.vendor = "tidio",
           .header = "X-Tidio-Signature",
           .text = "{body}_{time}",
           .grammar = Grammar::pairs,
           .mac_key = "s",
           .time_key = "t"},
    Manner{.vendor = "twilio",
           .header = "X-Twilio-Signature",
           .digest = EVP_sha1,
           .text = "{url}{form}",
           .written = Written::base64},
    Manner{.vendor = "typeform",
           .header = "Typeform-Signature",
           .written = Written::base64,
           .prefix = "sha256="},
    Manner{.vendor = "webflow",
           .header = "X-Webflow-Signature",
           .text = "{time}:{body}",
           .stringified = true,
           .time_header = "X-Webflow-Timestamp",
           .unit = Unit::milliseconds},
    Manner{.vendor = "zendesk",
           .header = "X-Zendesk-Webhook-Signature",
           .secret = SecretForm::base64_text,
           .text = "{time}{body}",
           .written = Written::base64,
           .time_header = "X-Zendesk-Webhook-Signature-Timestamp",
           .unit = Unit::iso8601},
    Manner{.vendor = "discord",
           .proof = Proof::public_key,
           .header = "X-Signature-Ed25519",
           .secret = SecretForm::ed25519_hex,
           .text = "{time}{body}",
           .time_header = "X-Signature-Timestamp",
           .tolerance = std::chrono::minutes(15)},
    Manner{.vendor = "front-app",
           .header = "X-Front-Signature",
           .text = "{time}:{body}",
           .written = Written::base64,
           .time_header = "X-Front-Request-Timestamp",
           .unit = Unit::milliseconds},
    Manner{.vendor = "hubspot-v3",
           .header = "X-HubSpot-Signature-v3",
           .text = "{method}{url}{body}{time}",
           .written = Written::base64,
           .time_header = "X-HubSpot-Request-Timestamp",
           .unit = Unit::milliseconds},
    Manner{.vendor = "intercom", .header = "X-Hub-Signature", .digest = EVP_sha1, .prefix = "sha1="},
    Manner{.vendor = "line", .header = "X-Line-Signature", .written = Written::base64},
    Manner{.vendor = "meta", .header = "X-Hub-Signature-256", .prefix = "sha256="},
    Manner{.vendor = "sendgrid",
           .proof = Proof::public_key,
           .header = "X-Twilio-Email-Event-Webhook-Signature",
           .secret = SecretForm::p256_spki,
           .text = "{time}{body}",
           .written = Written::base64,
           .time_header = "X-Twilio-Email-Event-Webhook-Timestamp",
           .tolerance = std::chrono::hours(24)},
    Manner{.vendor = "slack",
           .header = "X-Slack-Signature",
           .text = "v0:{time}:{body}",
           .prefix = "v0=",
           .time_header = "X-Slack-Request-Timestamp"},
};

}  // namespace chathook::test
