#include <algorithm>
#include <map>

#include "config/own_vendors.hpp"
#include "config/secrets.hpp"
#include "config/sections.hpp"
#include "config/shared_secrets.hpp"
#include "support/json_pointer.hpp"

namespace chathook::config {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t path_bytes_max = 1024;
constexpr std::size_t public_url_bytes_max = 2048;
constexpr std::size_t secrets_max = 16;  // each costs a MAC per webhook
constexpr std::size_t expect_max = 8;

// Paths are matched byte for byte, so a path that a client or a proxy would rewrite never matches.
std::string fault_of_path(const std::string& path) {
    if (path.front() != '/') return "must begin with '/'";
    if (path.size() > path_bytes_max) {
        return "is longer than " + std::to_string(path_bytes_max) + " bytes";
    }
    if (path.find_first_of("?#") != std::string::npos)
        return "must not contain a query ('?') or a fragment ('#')";
    if (path.find('%') != std::string::npos)
        return "must not contain %-escapes; use letters, digits, '-', '_' and '/'";
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/";
    if (path.find_first_not_of(allowed) != std::string::npos) {
        return "contains a character that a URL cannot contain; use letters, digits, '-', '_' and '/'";
    }
    const std::string closed = path + "/";
    if (closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos) {
        return "must not contain the segments '.' and '..', which clients resolve";
    }
    if (path.find("//") != std::string::npos) return "must not contain '//', which proxies merge";
    return {};
}

// Path -> the source that uses it, with its line.
using Paths = std::map<std::string, std::pair<std::string, int>>;

void read_path(const Place& at, Source& source, Paths& paths) {
    if (!at.required("write the path of the webhook's URL, such as /webhooks/" + source.name)) return;
    const bool read = at.text(source.path);
    at.asked({.kind = Asked::Kind::text, .most = path_bytes_max});
    if (!read) return;
    if (const std::string fault = fault_of_path(source.path); !fault.empty()) {
        at.error(in_quotes(source.path) + " " + fault);
        return;
    }
    const auto [first, is_new] = paths.try_emplace(source.path, source.name, at.line());
    if (is_new) return;
    at.error(in_quotes(source.path) + " is already the path of source '" + first->second.first + "' (line " +
             std::to_string(first->second.second) + "); give each source a path of its own");
}

void judge_dates(const Place& at, const std::vector<Place>& places, Instant now,
                 const std::vector<Secret>& secrets) {
    const auto expired = [now](const Secret& secret) { return secret.not_after && *secret.not_after <= now; };
    if (std::all_of(secrets.begin(), secrets.end(), expired)) {
        at.warning(
            "every secret has expired, so every webhook will be refused; add the vendor's current secret");
        return;
    }
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        if (expired(secrets[i])) places[i].warning("this secret has expired; remove it");
    }
}

// Whether the secret can be a key of the vendor's.
bool judge_form(const Place& place, const Secret& secret, const Known& known,
                const VendorDefinition* vendor) {
    if (vendor == nullptr || known.vendor_reader == nullptr) return true;
    const std::string fault = known.vendor_reader->fault_of_secret(*vendor, secret.bytes.view());
    if (!fault.empty()) place.error("the secret " + fault + "; copy it anew from where the vendor shows it");
    return fault.empty();
}

void read_secrets(const Place& single, const Place& several, Instant now, const Known& known,
                  Source& source) {
    VendorSettings& settings = source.settings;
    const VendorDefinition* const vendor = source.definition.get();
    // Of a vendor that could not be read nobody knows; a key of several lines is no second mistake.
    const bool is_public = vendor == nullptr || vendor->rules.kind == verify::Kind::public_key;
    const SecretUse use = is_public ? SecretUse::public_key : SecretUse::key;
    if (single.present() && several.present()) {
        several.error("secret and secrets both stand here; keep one: secrets takes a list");
    }
    if (!single.present() && !several.required("write secret: {file: PATH}, or secrets: with a list of them"))
        return;
    const Place& at = single.present() ? single : several;
    std::vector<Place> places = single.present() ? std::vector<Place>{single} : several.items(secrets_max);
    if (places.empty() && several.is_list()) several.error("is empty; list at least one secret");

    std::vector<Place> read;
    for (const Place& place : places) {
        auto secret = read_dated_secret(place, use);
        if (!secret || !judge_form(place, *secret, known, vendor)) continue;
        for (std::size_t i = 0; i < read.size(); ++i) {
            if (settings.secrets[i].bytes.view() != secret->bytes.view()) continue;
            place.warning("the same secret as in line " + std::to_string(read[i].line()) +
                          "; remove one of the two");
        }
        read.push_back(place);
        settings.secrets.push_back(std::move(*secret));
    }
    if (!read.empty() && read.size() == places.size()) judge_dates(at, read, now, settings.secrets);
}

// The URL that the vendor calls is never taken from a request, where anybody may write another.
void read_public_url(const Place& at, Source& source) {
    at.asked({.kind = Asked::Kind::text, .most = public_url_bytes_max});
    std::string& url = source.settings.public_url;
    const bool read = at.text(url);
    const bool is_signed =
        source.definition != nullptr && source.definition->rules.signs(verify::TextPart::Kind::url);
    if (!at.present()) {
        if (is_signed) {
            at.error("is missing: " + source.vendor +
                     " signs the URL that it calls; write it as it is entered there, such as "
                     "public_url: https://hooks.example.com" +
                     source.path);
        }
        return;
    }
    if (!read) return;
    const bool has_scheme = url.starts_with("https://") || url.starts_with("http://");
    const bool is_plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F; });
    if (!has_scheme || !is_plain || url.find('#') != std::string::npos || url.size() > public_url_bytes_max) {
        at.error("must be the whole URL as the vendor calls it, of up to " +
                 std::to_string(public_url_bytes_max) +
                 " bytes and without a fragment, such as https://hooks.example.com/webhooks/a");
    } else if (source.definition != nullptr && !is_signed) {
        at.warning("has no effect: " + source.vendor + " does not sign the URL; remove it");
    }
}

void read_tolerance(const Place& at, Source& source) {
    std::chrono::seconds tolerance{};
    if (!at.duration(tolerance, 1s, 24h)) return;
    source.settings.timestamp_tolerance = tolerance;
    const VendorDefinition* vendor = source.definition.get();
    if (vendor != nullptr && !vendor->rules.signs_time() && !vendor->rules.dates_body()) {
        at.warning("has no effect: " + source.vendor + " signs no time; remove it");
    }
}

// Sent in a URL, which proxies log: so it must not be what signs.
void read_verify_token(const Place& at, Source& source) {
    auto token = read_secret(at);
    const VendorDefinition* const definition = source.definition.get();
    const bool wanted =
        definition != nullptr && std::ranges::any_of(definition->handshakes, &Handshake::is_get);
    if (!at.present() && wanted) {
        at.warning("is missing: " + source.vendor +
                   " asks for it when the webhook is set up; add verify_token");
    }
    if (!token) return;
    if (definition != nullptr && !wanted) {
        at.warning("has no effect: " + source.vendor + " never asks for one; remove it");
    }
    if (std::ranges::any_of(source.settings.secrets,
                            [&](const Secret& one) { return one.bytes == *token; })) {
        at.error(
            "is also the secret, and stands in URLs, which are logged; write another: openssl rand -hex 32");
    }
    source.settings.verify_token = std::move(*token);
}

void read_expect(const Place& at, Source& source) {
    const auto entries = at.entries(expect_max);
    at.asked({.kind = Asked::Kind::texts, .most = expect_max});
    if (at.present() && !at.is_mapping()) at.error("must be a mapping, as in {/account/id: \"17\"}");
    for (const auto& [pointer, place] : entries) {
        const std::string fault = fault_of_json_pointer(pointer);
        if (!fault.empty()) place.error(in_quotes(pointer) + " " + fault);
        VendorSettings::Expected expected{pointer, {}};
        if (place.text(expected.text)) source.settings.expect.push_back(std::move(expected));
    }
}

void read_source(const Place& at, const Vendors& vendors, Instant now, Paths& paths, Source& source) {
    read_source_vendor(at, vendors, source);
    const Place path = at.key(
        "path", {"Path of the webhook's URL, matched exactly; no two sources share one.",
                 "It begins with `/`; no query, no `%`-escapes, no `.` or `..` segments, no `//`. Several "
                 "sources may share a vendor."});
    const Place secret =
        at.key("secret", {"The vendor's signing secret.", "One of `secret` and `secrets` is required."});
    const Place secrets = at.key("secrets", {"In place of secret: a list, while a secret is being changed."});
    const Place tolerance = at.key(
        "timestamp_tolerance",
        {"How far the signed time may be off, both ways, for vendors that tell one.",
         "Left out, it is what the vendor's file says, or 5m where a time is signed apart from the body. A "
         "time that stands in the signed body is looked at only if the file has a tolerance or you set "
         "this one. A warning for vendors that tell no time."});
    const Place public_url =
        at.key("public_url", {"The URL that the vendor calls, for vendors that sign it.",
                              "As it is entered at the vendor, with its scheme and query. It is never taken "
                              "from the request."});
    const Place keep_rejected =
        at.key("keep_rejected",
               {"Keep refused requests whole, so that they can be taken again after a secret was corrected.",
                "See [below](#keep_rejected)."});
    const Place verify_token = at.key(
        "verify_token", {"The word that the vendor shows when the webhook is set up by a GET, as Meta does.",
                         "You choose it, and enter it at the vendor as well. It is written as a `secret` is. "
                         "Without it a GET is "
                         "answered 405."});
    const Place expect =
        at.key("expect",
               {"What the signed body must say: JSON pointers, each with a text.",
                "At most 8. A request that says something else is refused like one with a wrong signature: "
                "so a source takes what is for one account, where several share a secret. The step `*` is "
                "every element of an array, as in `/entry/*/id`. Numbers are compared as they are written."});
    read_path(path, source, paths);
    read_secrets(secret.needed(), secrets.needed(), now, vendors.known(), source);
    read_tolerance(tolerance, source);
    read_public_url(public_url, source);
    read_verify_token(verify_token, source);
    read_expect(expect, source);
    keep_rejected.boolean(source.keep_rejected);
    if (source.keep_rejected && source.definition != nullptr &&
        source.definition->rules.has_token_in_body()) {
        source.keep_rejected = false;
        keep_rejected.warning("has no effect: " + source.vendor +
                              " shows its secret in the body, which is never written down; remove it");
        return;
    }
    if (source.definition != nullptr && source.definition->never_repeats_refusals && !source.keep_rejected) {
        keep_rejected.warning(source.vendor +
                              " sends what was refused once never again, so a wrong secret loses events; "
                              "write keep_rejected: true");
    }
}

}  // namespace

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void read_sources(const Place& root, const Vendors& vendors, Instant now, std::vector<Source>& sources) {
    if (!root.key("sources", {"Who may send, by name; the name stands in events, logs and metrics."})
             .required("name at least one source with its vendor, path and secret"))
        return;
    const Place at = root.section("sources");
    Paths paths;
    std::vector<Place> places;  // of `sources`
    for (const auto& [name, place] : at.entries()) {
        if (!is_name(name)) place.error("not a name for a source; " + std::string(name_hint));
        if (!place.is_mapping()) {
            place.error("must be a mapping with vendor, path and secret");
            continue;
        }
        Source source;
        source.name = name;
        read_source(place, vendors, now, paths, source);
        sources.push_back(std::move(source));
        places.push_back(place);
    }
    warn_of_shared_secrets(places, sources);
    if (at.present() && at.entries().empty()) at.error("is empty; name at least one source");
}

}  // namespace chathook::config
