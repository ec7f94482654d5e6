// The places of a configuration where a secret stands; the fetching is in secrets.cpp.
#include "config/secrets.hpp"
#include "config/unit_text.hpp"

namespace chathook::config {

namespace {

constexpr std::string_view forms = "{env: NAME}, {file: PATH}, {credential: NAME} or {value: SECRET}";

std::optional<SecretBytes> reported(const Place& at, SecretOrProblem found) {
    if (!found.secret) at.error(found.problem);
    return std::move(found.secret);
}

std::optional<SecretBytes> read_literal(const Place& at) {
    const std::string* text = at.scalar("the secret");
    if (text == nullptr) return std::nullopt;
    if (text->empty()) {
        at.error("the secret is empty; an empty key would let anyone sign");
        return std::nullopt;
    }
    return SecretBytes(*text);
}

std::optional<SecretBytes> read_bare(const Place& at) {
    const std::string* text = at.scalar(forms);
    if (text == nullptr) return std::nullopt;
    if (is_reference(*text)) return reported(at, resolve_secret(*text));
    if (text->starts_with("value:")) {
        at.error("a blank is missing after 'value:'; write {value: SECRET}");
        return std::nullopt;
    }
    return read_literal(at);
}

// Unknown keys are reported here and without their name: with a forgotten blank the key is the secret.
bool refuse_unknown(const Place& at, bool dated) {
    bool clean = true;
    for (const auto& [key, place] : at.entries()) {
        if (key == "value" || key == "env" || key == "file" || key == "credential") continue;
        if (dated && key == "not_after") continue;
        at.findings().error(place.line(), at.path(),
                            "unknown key in a secret; write " + std::string(forms) +
                                (dated ? ", each with an optional not_after" : "") +
                                ", with a blank after the colon");
        clean = false;
    }
    return clean;
}

std::optional<SecretBytes> read_mapped(const Place& at, bool dated) {
    const bool clean = refuse_unknown(at, dated);
    const Place value = at["value"];
    const Place env = at["env"];
    const Place file = at["file"];
    const Place credential = at["credential"];
    const int given = value.present() + env.present() + file.present() + credential.present();
    if (given != 1) {
        if (clean || given > 1) at.error("must name exactly one place; write " + std::string(forms));
        return std::nullopt;
    }
    if (value.present()) return read_literal(value);
    std::string name;
    if (env.text(name)) return reported(env, secret_from_environment(name));
    if (file.text(name)) return reported(file, secret_from_file(name));
    if (credential.text(name)) return reported(credential, secret_from_credential(name));
    return std::nullopt;
}

// False when it is there and wrong.
bool read_not_after(const Place& at, std::optional<Instant>& not_after) {
    if (!at.present()) return true;
    const std::string* text = at.scalar("a date such as 2026-12-31");
    if (text == nullptr) return false;
    not_after = parse_expiry(*text);
    if (!not_after) {
        at.error(in_quotes(*text) +
                 " is not a date; write 2026-12-31 (the end of that day, UTC) or "
                 "2026-12-31T18:00:00Z");
    }
    return not_after.has_value();
}

}  // namespace

std::optional<SecretBytes> read_secret(const Place& at) {
    at.asked({.kind = Asked::Kind::secret});
    if (!at.present()) return std::nullopt;
    return at.is_mapping() ? read_mapped(at, false) : read_bare(at);
}

std::optional<Secret> read_dated_secret(const Place& at) {
    at.asked({.kind = Asked::Kind::dated_secret});
    if (!at.present()) return std::nullopt;
    Secret secret;
    bool dated = true;
    std::optional<SecretBytes> bytes;
    if (at.is_mapping()) {
        bytes = read_mapped(at, true);
        dated = read_not_after(at["not_after"], secret.not_after);
    } else {
        bytes = read_bare(at);
    }
    if (!bytes || !dated) return std::nullopt;
    secret.bytes = std::move(*bytes);
    return secret;
}

void judge_secret(const Place& at, const SecretBytes& secret) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::string_view text = secret.view();
    if (text.size() < secret_bytes_min) {
        at.warning("the secret has fewer than " + std::to_string(secret_bytes_min) +
                   " bytes and may be guessed; where the vendor lets you choose, use: openssl rand -hex 32");
    }
    if (blanks.find(text.front()) != std::string_view::npos ||
        blanks.find(text.back()) != std::string_view::npos) {
        at.warning("the secret begins or ends with a blank, which counts as part of it; was it pasted?");
    }
}

}  // namespace chathook::config
