#include "verify/handshakes.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "ecma/stringify.hpp"
#include "support/form_text.hpp"
#include "verify/encoding.hpp"
#include "verify/timestamp.hpp"

namespace chathook::verify {
namespace {

using Echo = Handshake::Echo;

// What is echoed came from outside: no browser is to take it for a page.
constexpr std::array<Field, 1> no_guessing{{{"X-Content-Type-Options", "nosniff"}}};

bool is_of_mac(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool may_be_echoed(std::string_view text) noexcept {
    const auto visible = [](char c) { return c > ' ' && c < '\x7F'; };
    return !text.empty() && text.size() <= echo_bytes_max && std::ranges::all_of(text, visible);
}

bool may_be_signed(std::string_view text) noexcept {
    return !text.empty() && text.size() <= hmac_echo_bytes_max && std::ranges::all_of(text, is_of_mac);
}

// What an answer is made of.
struct Asked {
    const Request& request;
    const FormFields* query;  // of a GET
    Json body;                // of a proved request
    const HmacKey* key;
};

std::string_view text_of(const Echo& echo, const Asked& asked) {
    switch (echo.from) {
        case Echo::From::query: {
            const std::string* value =
                asked.query == nullptr ? nullptr : single_field(*asked.query, echo.name);
            return value == nullptr ? std::string_view() : *value;
        }
        case Echo::From::header: {
            const HeaderValue found = header(asked.request.fields, echo.name);
            return found.count == 1 ? found.value : std::string_view();
        }
        case Echo::From::body: break;
    }
    return at_path(asked.body, echo.path).text();
}

std::optional<std::string> echoed(const Echo& echo, const Asked& asked) {
    const std::string_view text = text_of(echo, asked);
    if (!echo.hmac_hex) return may_be_echoed(text) ? std::optional(std::string(text)) : std::nullopt;
    const bool may = asked.key != nullptr && asked.key->algorithm() == Algorithm::sha256;
    if (!may || !may_be_signed(text)) return std::nullopt;
    return encode_hex(asked.key->mac({text}).view());
}

Result<Reply> reply_to(const Handshake& handshake, const VendorDefinition& definition, const Asked& asked) {
    if (handshake.answer == Handshake::Answer::accepted) return reply_of(definition.accepted);
    const bool json = handshake.answer == Handshake::Answer::json;
    Reply reply;
    reply.content_type = json ? "application/json" : "text/plain; charset=utf-8";
    reply.fields = no_guessing;
    for (const Echo& echo : handshake.echoes) {
        const std::optional<std::string> text = echoed(echo, asked);
        if (!text) return Errc::handshake_refused;
        if (!json) {
            reply.body = *text;
            continue;
        }
        reply.body += reply.body.empty() ? '{' : ',';
        ecma::append_quoted(reply.body, echo.member);
        reply.body += ':';
        ecma::append_quoted(reply.body, *text);
    }
    if (json) reply.body += '}';
    return reply;
}

// Whether something stands there that is neither null nor "".
bool stands(Json body, std::span<const std::string_view> path) noexcept {
    const Json value = at_path(body, path);
    switch (value.kind()) {
        case Json::Kind::absent:
        case Json::Kind::null: return false;
        case Json::Kind::string: return !value.text().empty();
        case Json::Kind::array:
        case Json::Kind::object:
        case Json::Kind::boolean:
        case Json::Kind::number: return true;
    }
    return false;
}

bool fits(const Handshake& handshake, const Request& request, Json body) noexcept {
    if (handshake.is_get || !body) return false;  // a body that was not read is an event
    if (!handshake.header.empty() && header(request.fields, handshake.header).count != 1) return false;
    if (std::ranges::any_of(handshake.absent, [&](auto path) { return stands(body, path); })) return false;
    if (handshake.path.empty()) return true;
    return handshake.present ? stands(body, handshake.path)
                             : at_path(body, handshake.path).id() == handshake.is;
}

}  // namespace

Reply reply_of(const VendorAnswer& answer) {
    Reply reply;
    reply.status = answer.status;
    reply.content_type = answer.content_type;
    reply.body = std::string(answer.body);
    return reply;
}

Handshakes::Handshakes(const VendorDefinition& definition, const SecretBytes& verify_token)
    : definition_(definition) {
    if (verify_token.empty()) return;
    token_key_.emplace(Algorithm::sha256, verify_token.view());
    token_ = token_key_->mac({verify_token.view()});
    answers_get_ = std::ranges::any_of(definition.handshakes, &Handshake::is_get);
}

bool Handshakes::is_token(std::string_view text) const noexcept {
    return token_key_ && equal(token_key_->mac({text}), token_);
}

Result<Reply> Handshakes::answer_get(const Request& request) const {
    const std::optional<FormFields> query = read_form(request.query);
    if (!query) return Errc::handshake_refused;
    for (const Handshake& handshake : definition_.handshakes) {
        const bool fits = handshake.is_get && std::ranges::all_of(handshake.query, [&](const auto& term) {
                              const std::string* value = single_field(*query, term.name);
                              if (value == nullptr) return false;
                              return term.is_verify_token ? is_token(*value) : *value == term.text;
                          });
        if (fits) return reply_to(handshake, definition_, {request, &*query, Json(), nullptr});
    }
    return Errc::handshake_refused;
}

std::optional<Result<Reply>> Handshakes::answer(const Request& request, const Verified& verified,
                                                const HmacKey* key) const {
    const Json body = verified.json();
    const auto found = std::ranges::find_if(definition_.handshakes,
                                            [&](const Handshake& one) { return fits(one, request, body); });
    if (found == definition_.handshakes.end()) return std::nullopt;
    return reply_to(*found, definition_, {request, nullptr, body, key});
}

}  // namespace chathook::verify
