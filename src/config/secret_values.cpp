// Reads secrets at their places in the configuration; secrets.cpp fetches them from outside.
#include "config/guessable.hpp"
#include "config/secret_doubts.hpp"
#include "config/secrets.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::config {

namespace {

constexpr std::string_view secret_forms = "{env: NAME}, {file: PATH}, {credential: NAME} or {value: SECRET}";

// A secret, or nothing if the failure was reported.
struct Found {
    std::optional<SecretBytes> bytes = std::nullopt;
    std::string where = {};  // empty: in the configuration itself
};

Found reported(const Place& at, SecretOrProblem found) {
    if (!found.secret) at.error(found.problem);
    if (!found.file.empty()) at.findings().named_files.push_back({at.path(), found.file});
    return {std::move(found.secret), std::move(found.where)};
}

Found read_literal(const Place& at, SecretUse use) {
    const bool header = use == SecretUse::header;
    const std::string* text = at.scalar(header ? "the header's value" : "the secret");
    if (text == nullptr) return {};
    if (text->empty()) {
        at.error(header ? "is empty; write the header's value, or leave the header out"
                        : "the secret is empty; an empty key would let anyone sign");
        return {};
    }
    return {.bytes = SecretBytes(*text)};
}

Found read_bare(const Place& at, SecretUse use) {
    const std::string* text = at.scalar(secret_forms);
    if (text == nullptr) return {};
    if (is_reference(*text)) return reported(at, dereference(*text));
    if (text->starts_with("value:")) {
        at.error("a blank is missing after 'value:'; write {value: SECRET}");
        return {};
    }
    return read_literal(at, use);
}

// Unknown keys are reported here and without their name: without a space after the colon the key contains the
// secret.
bool refuse_unknown(const Place& at, bool dated) {
    bool clean = true;
    for (const auto& [key, place] : at.entries()) {
        if (key == "value" || key == "env" || key == "file" || key == "credential") continue;
        if (dated && key == "not_after") continue;
        at.findings().error(place.line(), at.path(),
                            "unknown key in a secret; write " + std::string(secret_forms) +
                                (dated ? ", each with an optional not_after" : "") +
                                ", with a blank after the colon");
        clean = false;
    }
    return clean;
}

Found read_mapped(const Place& at, SecretUse use, bool dated = false) {
    const bool clean = refuse_unknown(at, dated);
    const Place value = at["value"].needed();  // each, because the mapping has to have one of them
    const Place env = at["env"].needed();
    const Place file = at["file"].needed();
    const Place credential = at["credential"].needed();
    const int given = value.present() + env.present() + file.present() + credential.present();
    if (given != 1) {
        if (clean || given > 1) at.error("must name exactly one place; write " + std::string(secret_forms));
        return {};
    }
    if (value.present()) return read_literal(value, use);
    std::string name;
    if (env.text(name)) return reported(env, secret_from_environment(name));
    if (file.text(name)) return reported(file, secret_from_file(name));
    if (credential.text(name)) return reported(credential, secret_from_credential(name));
    return {};
}

// False if it is present and wrong.
bool read_not_after(const Place& at, std::optional<Instant>& not_after) {
    if (!at.present()) return true;
    const std::string* text = at.scalar("a date such as 2026-12-31");
    if (text == nullptr) return false;
    not_after = yaml::parse_expiry(*text);
    if (!not_after) {
        at.error(in_quotes(*text) +
                 " is not a date; write 2026-12-31 (the end of that day, UTC) or "
                 "2026-12-31T18:00:00Z");
    }
    return not_after.has_value();
}

// Applies to every origin: a variable or a file may contain a placeholder, too.
bool refuse_guessable(const Place& at, const SecretBytes& secret, SecretUse use) {
    const bool header = use == SecretUse::header;
    const auto why = header ? why_guessable_header(secret.view()) : why_guessable(secret.view());
    if (why) at.error((header ? "the value " : "the secret ") + *why);
    return why.has_value();
}

void warn_of_doubts(const Place& at, const SecretBytes& secret, const std::string& where, SecretUse use) {
    const std::string place = where.empty() ? "" : where + " ";
    if (use == SecretUse::header) {
        if (where.empty()) return;  // a value written in the file is visible to its author
        for (const auto doubt : doubts_about_header(secret.view()))
            at.warning("the value " + place + std::string(doubt));
        return;
    }
    if (secret.view().size() < secret_bytes_min) {
        at.warning("the secret has fewer than " + std::to_string(secret_bytes_min) +
                   " bytes and may be guessed; where the vendor lets you choose, use: openssl rand -hex 32");
    }
    for (const auto doubt : doubts_about_secret(secret.view()))
        at.warning("the secret " + place + std::string(doubt));
}

std::optional<SecretBytes> judged(const Place& at, Found found, SecretUse use) {
    if (use == SecretUse::public_key) return std::move(found.bytes);
    if (!found.bytes || refuse_guessable(at, *found.bytes, use)) return std::nullopt;
    warn_of_doubts(at, *found.bytes, found.where, use);
    return std::move(found.bytes);
}

}  // namespace

std::optional<SecretBytes> read_secret(const Place& at, SecretUse use) {
    at.asked({.kind = Asked::Kind::secret});
    if (!at.present()) return std::nullopt;
    return judged(at, at.is_mapping() ? read_mapped(at, use) : read_bare(at, use), use);
}

std::string credential_named_at(const Place& at) {
    constexpr std::string_view prefix = "credential:";
    std::string name;
    if (at.is_mapping()) {
        if (at.entries().size() == 1) at["credential"].text(name);
    } else if (at.text(name)) {
        name = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
    }
    return name;
}

std::optional<Secret> read_dated_secret(const Place& at, SecretUse use) {
    at.asked({.kind = Asked::Kind::dated_secret});
    if (!at.present()) return std::nullopt;
    Secret secret;
    bool dated = true;
    Found found;
    if (at.is_mapping()) {
        found = read_mapped(at, use, true);
        dated = read_not_after(at["not_after"], secret.not_after);
    } else {
        found = read_bare(at, use);
    }
    auto bytes = judged(at, std::move(found), use);
    if (!bytes || !dated) return std::nullopt;
    secret.bytes = std::move(*bytes);
    return secret;
}

}  // namespace chathook::config
