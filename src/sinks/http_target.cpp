#include "sinks/http_target.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "sinks/authorities.hpp"
#include "sinks/libcurl.hpp"
#include "support/ascii.hpp"

namespace chathook::sinks {
namespace {

using Mistake = std::optional<std::string>;

// Headers that the sink sets itself, or that frame a request.
constexpr std::array<std::string_view, 12> reserved_headers{
    "connection",      "content-length",    "expect",
    "idempotency-key", "proxy-connection",  "te",
    "trailer",         "transfer-encoding", "upgrade",
    "webhook-id",      "webhook-signature", "webhook-timestamp"};

Mistake check_header(const SecretHeader& header) {
    if (!is_token(header.name)) return "'" + header.name + "' is not a header name";
    if (std::ranges::any_of(reserved_headers,
                            [&](std::string_view name) { return equals_ignoring_case(header.name, name); })) {
        return "'" + header.name + "' is set by chathookd itself; leave it out";
    }
    const std::string_view value = header.value->view();
    const auto is_control = [](char byte) {
        return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t') || byte == 0x7F;
    };
    if (std::any_of(value.begin(), value.end(), is_control)) {
        return "the value of '" + header.name +
               "' contains a control character; is there a line feed at the end of its file?";
    }
    if (value.find_first_not_of(" \t") == std::string_view::npos) {
        return "the value of '" + header.name + "' is empty";
    }
    return std::nullopt;
}

std::string url_part(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (libcurl().url_get(url, part, &text, 0) != CURLUE_OK) return {};
    const std::unique_ptr<char, decltype(&curl_free)> owned(text, libcurl().free);
    return text;
}

// libcurl has already normalized 2130706433 and 0177.0.0.1 to 127.0.0.1.
std::variant<HostForm, std::string> check_host(const std::string& host) {
    std::array<std::uint8_t, 4> v4{};
    std::array<std::uint8_t, 16> v6{};
    AddressKind kind = AddressKind::global;
    if (::inet_pton(AF_INET, host.c_str(), v4.data()) == 1) {
        kind = classify_v4(v4);
    } else if (host.front() == '[') {
        const std::string bare = host.substr(1, host.find_first_of("]%") - 1);
        if (::inet_pton(AF_INET6, bare.c_str(), v6.data()) != 1) return host + " is not an IPv6 address";
        kind = classify_v6(v6);
    } else {
        return equals_ignoring_case(host, "localhost") ? HostForm::localhost : HostForm::name;
    }
    if (kind == AddressKind::forbidden) {
        return host + " is a link-local, multicast or reserved address; no receiver lives there";
    }
    return HostForm::literal;
}

Mistake read_url(const std::string& text, HttpTarget& target) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(libcurl().url(), libcurl().url_cleanup);
    const CURLUcode code =
        libcurl().url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK) {
        return std::string("is not a URL (") + libcurl().url_strerror(code) +
               "); write it like https://example.com/path";
    }
    const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
    if (scheme != "https" && scheme != "http") return "must begin with https:// or http://";
    if (!url_part(url.get(), CURLUPART_USER).empty() || !url_part(url.get(), CURLUPART_PASSWORD).empty()) {
        return "must not contain a user name or password; put them into headers.Authorization";
    }
    const std::string host = url_part(url.get(), CURLUPART_HOST);
    if (host.empty()) return "names no host";
    const auto form = check_host(host);
    if (const auto* mistake = std::get_if<std::string>(&form)) return *mistake;
    target.host = std::get<HostForm>(form);
    target.url = text;
    return std::nullopt;
}

std::optional<SettingsError> read_payload(const SinkSettings& settings, HttpTarget& target) {
    const std::string& payload = settings.text("payload");
    const bool wanted = payload == "template";
    if (wanted != settings.has("template")) {
        return wanted ? SettingsError{"payload", "there is no template; write it under the key template"}
                      : SettingsError{"template", "is not used; write payload: template as well"};
    }
    if (payload == "original") target.payload = Payload::original;
    if (!wanted) return std::nullopt;
    auto read = PayloadTemplate::read(settings.tree("template"));
    if (auto* error = std::get_if<SettingsError>(&read)) {
        return SettingsError{"template", std::move(error->message), error->line};
    }
    target.payload = Payload::from_template;
    target.body = std::make_shared<PayloadTemplate>(std::get<PayloadTemplate>(std::move(read)));
    return std::nullopt;
}

std::optional<SettingsError> read_tls(const SinkSettings& settings, HttpTarget& target) {
    if (!settings.has("tls.ca")) return std::nullopt;
    auto read = read_authorities(settings.text("tls.ca"));
    if (auto* mistake = std::get_if<std::string>(&read)) return SettingsError{"tls.ca", std::move(*mistake)};
    target.certificate_authorities = std::get<Authorities>(std::move(read)).pem;
    return std::nullopt;
}

}  // namespace

std::variant<HttpTarget, SettingsError> read_http_target(const SinkSettings& settings) {
    HttpTarget target;
    if (const Mistake mistake = read_url(settings.text("url"), target)) {
        return SettingsError{"url", *mistake};
    }
    if (settings.has("headers")) target.headers = settings.headers("headers");
    for (const SecretHeader& header : target.headers) {
        if (const Mistake mistake = check_header(header)) return SettingsError{"headers", *mistake};
        target.sets_content_type |= equals_ignoring_case(header.name, "content-type");
    }
    if (auto error = read_payload(settings, target)) return *std::move(error);
    target.timeout = settings.duration("timeout");
    target.concurrency = settings.number("concurrency");
    target.allow_private = settings.boolean("allow_private");
    if (auto error = read_tls(settings, target)) return *std::move(error);
    if (settings.has("sign.standard_webhooks")) {
        target.key = StandardWebhooksKey::read(settings.secret("sign.standard_webhooks").view());
        if (!target.key) {
            return SettingsError{"sign.standard_webhooks",
                                 "must be whsec_ followed by base64, or any other text that is not empty"};
        }
    }
    return target;
}

}  // namespace chathook::sinks
