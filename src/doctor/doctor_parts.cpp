#include "doctor/doctor_parts.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "doctor/signature_reading.hpp"
#include "ecma/document.hpp"
#include "verify/claim.hpp"
#include "verify/scheme.hpp"
#include "verify/timestamp.hpp"

namespace chathook::doctor {

using verify::default_timestamp_tolerance;
using verify::Kind;
using verify::parse_time;
using verify::SchemeRules;
using verify::time_in_body;
using verify::TimeRules;
using verify::TimeUnit;

namespace {

constexpr std::size_t time_fields_max = 2;
constexpr std::size_t seconds_digits_max = 11;  // timestamp.hpp: twelve or more digits are milliseconds

// Lower case, '_' as '-': finds "x-lynn-hmac" also if it was renamed to "X_Lynn_HMAC".
std::string folded(std::string_view name) {
    std::string out(name);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '_') c = '-';
    }
    return out;
}

bool is_similar(std::string_view name) {
    const std::string text = folded(name);
    return text.find("signature") != text.npos || text.find("hmac") != text.npos;
}

const VendorDefinition* owner_of(std::string_view name, std::span<const VendorDefinition> vendors) {
    const auto owns = [&](const VendorDefinition& known) {
        return folded(known.rules.header) == folded(name);
    };
    const auto found = std::ranges::find_if(vendors, owns);
    return found == vendors.end() ? nullptr : &*found;
}

std::string plural(std::size_t count, std::string_view thing) {
    return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

// Whether `value` has the form of `vendor`'s signatures. Encodings are strict where they are fixed.
bool has_form(const VendorDefinition& vendor, std::string_view value) {
    if (!verify::has_signature_form(vendor.rules, value)) return false;
    if (vendor.rules.kind != Kind::public_key) return true;
    const Field field{vendor.rules.header, value};
    Request request;
    request.fields = {&field, 1};
    const bool hex = vendor.rules.encoding == verify::Encoding::hex;
    return std::ranges::all_of(verify::signature_texts(vendor.rules, request), [&](std::string_view text) {
        const Notation notation = notation_of(text);
        return hex ? notation == Notation::hex : notation == Notation::hex || notation == Notation::base64;
    });
}

// The vendors whose signatures have this form, "chatbase" or "lynn or wonderchat"; empty if there is none.
// Many vendors share the usual forms, and a list of all would help nobody.
std::string vendors_of_form(std::string_view value, const Patient& patient) {
    constexpr std::size_t named_max = 3;
    std::string names;
    std::size_t count = 0;
    for (const VendorDefinition& other : patient.vendors) {
        // Of tokens and of signatures without a length every value has the form.
        if (other.rules.kind != Kind::hmac || !has_form(other, value) || ++count > named_max) continue;
        names += (names.empty() ? "" : " or ") + std::string(other.name);
    }
    if (count > named_max) names += " or " + plural(count - named_max, "other vendor");
    return names;
}

std::string span_text(std::chrono::seconds span) {
    const auto in = [&](std::int64_t unit, const char* name) {
        return std::to_string(span.count() / unit) + " " + name;
    };
    if (span.count() < 120) return in(1, "s");
    if (span.count() < 2 * 3600) return in(60, "min");
    if (span.count() < 2 * 86400) return in(3600, "h");
    return in(86400, "days");
}

// Whether the body was saved with its framing (RFC 9112, section 7.1).
bool is_still_chunked(const Request& request) {
    const std::string_view body = request.body;
    const std::size_t size_end = body.find_first_not_of("0123456789abcdefABCDEF");
    return header(request.fields, "transfer-encoding").count > 0 && size_end != body.npos && size_end > 0 &&
           body.substr(size_end).starts_with("\r\n") && body.ends_with("0\r\n\r\n");
}

// Multiples of half an hour up to 14 h, within a minute: the error of a local time taken for UTC.
bool looks_like_time_zone(std::chrono::seconds off) {
    constexpr std::int64_t half_hour = 1800;
    const std::int64_t nearest = (off.count() + half_hour / 2) / half_hour * half_hour;
    return nearest >= half_hour && nearest <= 28 * half_hour && std::abs(off.count() - nearest) <= 60;
}

Finding judge_time(const Patient& patient, const std::string& what, Instant signed_at, const char* unit) {
    const auto off = std::chrono::floor<std::chrono::seconds>(std::chrono::abs(patient.now - signed_at));
    const std::chrono::seconds tolerance = patient.settings.timestamp_tolerance.value_or(
        patient.vendor.rules.time.tolerance.value_or(default_timestamp_tolerance));
    const bool ahead = signed_at > patient.now;
    std::string seen = what + " is " + span_text(off) + (ahead ? " ahead" : " old") + unit + "; " +
                       span_text(tolerance) + " either way are allowed";
    if (std::chrono::abs(patient.now - signed_at) <= tolerance) return {"time", Outcome::ok, seen, ""};
    if (looks_like_time_zone(off)) {
        return {"time", Outcome::wrong, seen + "; a difference of half hours: a local time?",
                "if the request was saved earlier, say when it came: --now TIME; else let the sender sign "
                "the time in "
                "UTC"};
    }
    const char* hint = ahead ? "set the clocks of the sender and of this machine (NTP)"
                             : "if the request was saved earlier, say when it came: --now TIME; else set the "
                               "clocks (NTP) or see what held it up";
    return {"time", Outcome::wrong, std::move(seen), hint};
}

// What is wrong with a header that is signed and has to be there once; nullopt: nothing.
std::optional<Finding> examine_single(const Patient& patient, std::string_view part, std::string_view name) {
    const HeaderValue found = header(patient.request.fields, name);
    if (found.count == 1 && !found.value.empty()) return std::nullopt;
    const std::string what(name);
    if (found.count > 1) {
        return Finding{part, Outcome::wrong, what + " is there " + std::to_string(found.count) + " times",
                       "it is signed, so it has to be there once. Does a proxy add one?"};
    }
    return Finding{part, Outcome::wrong,
                   found.count == 0 ? "there is no " + what + ", which is signed" : what + " is empty",
                   "see that the vendor sends it and that no proxy drops it"};
}

// The time in a body is examined only if the source has a tolerance.
std::optional<Finding> examine_time_in_body(const Patient& patient) {
    if (!patient.settings.timestamp_tolerance) return std::nullopt;
    const auto document = JsonDocument::parse_bytes(patient.request.body);
    const auto signed_at =
        document == nullptr ? std::nullopt : time_in_body(patient.vendor.rules.time, document->root());
    if (signed_at) return judge_time(patient, "the time in the body", *signed_at, "");
    return Finding{"time", Outcome::wrong, "the body tells no time that could be read",
                   "leave out the source's timestamp_tolerance if its genuine webhooks tell none"};
}

}  // namespace

std::vector<SignatureSource> signature_sources(const Patient& patient) {
    std::vector<SignatureSource> own, others, similar;
    for (const Field& field : patient.request.fields) {
        if (field.value.empty()) continue;
        const Field one[] = {field};
        const VendorDefinition* owner = owner_of(field.name, patient.vendors);
        if (header(one, patient.vendor.rules.header).count == 1) {
            own.push_back({field.name, field.value, &patient.vendor});
        } else if (owner != nullptr) {
            others.push_back({field.name, field.value, owner});
        } else if (is_similar(field.name)) {
            similar.push_back({field.name, field.value, &patient.vendor});
        }
    }
    if (own.empty()) {
        own = std::move(others);
        own.insert(own.end(), similar.begin(), similar.end());
    }
    if (own.size() > sources_max) own.resize(sources_max);
    return own;
}

Finding examine_header(const Patient& patient, const std::vector<SignatureSource>& sources) {
    const std::string name(patient.vendor.rules.header);
    const HeaderValue found = header(patient.request.fields, name);
    if (found.count == 1 && !found.value.empty()) return {"header", Outcome::ok, name + " is there once", ""};
    if (found.count == 1) {
        return {"header", Outcome::wrong, name + " is there, but empty",
                "let the sender sign; a template variable that is not set leaves it empty"};
    }
    if (found.count > 1) {
        return {"header", Outcome::wrong, name + " is there " + std::to_string(found.count) + " times",
                "send it once: chathookd refuses a repeated signature even if one of them is right. Does a "
                "proxy add one?"};
    }
    const std::string missing = "there is no " + name;
    if (sources.empty()) {
        return {
            "header", Outcome::wrong,
            missing + ", nor any header like it among " + plural(patient.request.fields.size(), "header"),
            "see that the secret is set at the vendor, that no proxy drops the header, and that FILE holds "
            "all headers of the request"};
    }
    const SignatureSource& first = sources.front();
    const std::string there = missing + "; there is " + std::string(first.name);
    if (first.vendor->name != patient.vendor.name) {
        const std::string other(first.vendor->name);
        return {"header", Outcome::wrong, there + ", which is " + other + "'s",
                "if " + other + " sends these webhooks, try --vendor " + other +
                    " and configure the source with vendor: " + other};
    }
    return {
        "header", Outcome::wrong, there,
        "send the signature as " + name +
            "; was it renamed by a proxy or a rewriting rule? In a vendor file of your own: verify.header"};
}

Finding examine_token_in_body(const Patient& patient) {
    std::string pointer;
    for (const std::string_view step : patient.vendor.rules.token_path) pointer.append("/").append(step);
    const auto document = JsonDocument::parse_bytes(patient.request.body);
    if (document == nullptr) {
        return {"token", Outcome::wrong, "the body is no JSON, so there is no token at " + pointer,
                "save the body byte for byte"};
    }
    if (!verify::at_path(document->root(), patient.vendor.rules.token_path).text().empty())
        return {"token", Outcome::ok, "a text stands at " + pointer, ""};
    return {"token", Outcome::wrong, "no text stands at " + pointer,
            "see that the secret is set at the vendor"};
}

Finding examine_form(const Patient& patient, const std::vector<SignatureSource>& sources) {
    if (sources.empty()) return {"form", Outcome::cannot_tell, "there is no signature", ""};
    const SignatureSource& source = sources.front();
    const SchemeRules& rules = source.vendor->rules;
    const std::string as_whose =
        source.vendor->name == patient.vendor.name ? "" : "as " + std::string(source.vendor->name) + "'s: ";
    if (has_form(*source.vendor, source.value)) {
        return {"form", Outcome::ok, as_whose + describe_form(rules, source.value), ""};
    }
    Finding finding{"form", Outcome::wrong, as_whose + explain_form(rules, source.value),
                    "let the sender write " + wanted_form(rules) +
                        ", or correct form, prefix, encoding or algorithm of the vendor file"};
    const std::string others = vendors_of_form(source.value, patient);
    if (!others.empty()) {
        finding.text += "; " + others + " would write it so";
        finding.hint += "; if " + others + " sends these webhooks, try --vendor with that name";
    }
    return finding;
}

std::optional<Finding> examine_time(const Patient& patient, const std::vector<SignatureSource>& sources) {
    const SchemeRules& rules = patient.vendor.rules;
    if (rules.dates_body()) return examine_time_in_body(patient);
    if (!rules.signs_time()) return std::nullopt;
    const bool in_header = rules.time.in == TimeRules::In::header;
    std::string_view text;
    if (in_header) text = header(patient.request.fields, rules.time.name).value;
    if (!in_header && !sources.empty()) text = read_signature(sources.front().value, rules.time.name).time;
    if (in_header) {
        if (auto absent = examine_single(patient, "time", rules.time.name)) return absent;
    }
    const std::optional<Instant> signed_at = parse_time(text, rules.time.unit);
    if (!signed_at && in_header) {
        return Finding{"time", Outcome::wrong,
                       std::string(rules.time.name) + ' ' + explain_time_text(text, rules.time.unit),
                       "let the sender write the time so, or correct `verify.time.unit` of the vendor file"};
    }
    if (!signed_at) return Finding{"time", Outcome::cannot_tell, "there is no time that could be read", ""};

    const bool milliseconds =
        text.size() - std::min(text.find_first_not_of('0'), text.size()) > seconds_digits_max;
    const char* unit = milliseconds ? ", in milliseconds" : ", in seconds";
    if (rules.time.unit == TimeUnit::iso8601) unit = "";
    return judge_time(patient, std::string(rules.time.name), *signed_at, unit);
}

std::vector<Finding> examine_signed_headers(const Patient& patient) {
    const SchemeRules& rules = patient.vendor.rules;
    std::vector<Finding> findings;
    for (std::size_t i = 0; i < rules.text.size(); ++i) {
        const verify::TextPart& part = rules.text[i];
        const bool is_id = part.kind == verify::TextPart::Kind::id;
        if (!is_id && part.kind != verify::TextPart::Kind::header) continue;
        const std::string_view name = is_id ? rules.id_header : part.text;
        if (auto found = examine_single(patient, "id", name)) {
            findings.push_back(std::move(*found));
        } else if (verify::blurs_border(header(patient.request.fields, name).value, rules.text, i)) {
            findings.push_back(
                {"id", Outcome::wrong,
                 std::string(name) + " contains '" + std::string(verify::border_of(rules.text, i)) +
                     "', which stands between it and the body in the signed text",
                 "the signed text could be read in two ways, so this is refused; let the sender "
                 "use ids without it"});
        }
    }
    return findings;
}

Finding examine_body(const Patient& patient) {
    const std::size_t size = patient.request.body.size();
    const std::string bytes = plural(size, "byte");
    if (is_encoded(patient.request)) {
        return {"body", Outcome::wrong, "compressed, says Content-Encoding: chathookd answers 415",
                "let the sender, or the proxy that does it, send the body uncompressed"};
    }
    if (is_still_chunked(patient.request)) {
        return {"body", Outcome::wrong, bytes + " that begin and end like the chunks of Transfer-Encoding",
                "take the lines with the chunks' sizes out: they are no part of the body"};
    }
    const std::optional<std::size_t> length = content_length(patient.request);
    if (length && size < *length) {
        return {"body", Outcome::wrong,
                bytes + ", but Content-Length says " + std::to_string(*length) + ": " +
                    std::to_string(*length - size) + " are missing",
                "the body was cut off or changed after it was received: save it byte for byte"};
    }
    if (length && size > *length) {
        return {"body", Outcome::wrong,
                bytes + ", but Content-Length says " + std::to_string(*length) + ": " +
                    std::to_string(size - *length) + " too many",
                "something was added to the body, or it was printed again: save it byte for byte"};
    }
    if (size == 0) {
        return {"body", Outcome::cannot_tell, "empty; was it read by something else before it was saved?",
                ""};
    }
    if (length) return {"body", Outcome::ok, bytes + ", as Content-Length says", ""};
    return {"body", Outcome::cannot_tell, bytes + "; no Content-Length to compare with", ""};
}

std::optional<std::size_t> content_length(const Request& request) {
    const HeaderValue found = header(request.fields, "content-length");
    if (found.count != 1) return std::nullopt;
    std::size_t length = 0;
    const char* const end = found.value.data() + found.value.size();
    const auto [rest, error] = std::from_chars(found.value.data(), end, length);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return length;
}

bool is_encoded(const Request& request) noexcept {
    const HeaderValue found = header(request.fields, "content-encoding");
    if (found.count == 0) return false;
    return found.count > 1 || (!found.value.empty() && found.value != "identity");
}

std::vector<Field> time_fields(const Request& request) {
    std::vector<Field> found;
    for (const Field& field : request.fields) {
        if (found.size() == time_fields_max) break;
        if (!field.value.empty() && folded(field.name).find("timestamp") != std::string::npos) {
            found.push_back(field);
        }
    }
    return found;
}

}  // namespace chathook::doctor
