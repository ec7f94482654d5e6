#include "vendor_file/vector_reading.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "support/ascii.hpp"
#include "support/clock.hpp"

namespace chathook::vendor_file {
namespace {

using yaml::in_quotes;
using yaml::Place;

// What verification can say of a vector.
constexpr std::array refusals{Errc::missing_signature, Errc::repeated_signature, Errc::malformed_signature,
                              Errc::wrong_signature,   Errc::stale_timestamp,    Errc::unexpected_account};

bool is_one_word(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c == '_' || (is_alphanumeric(c) && (c < '0' || c > '9')); });
}

// A code is held to; several words are for people.
void read_reason(const Place& at, Vector& vector) {
    if (!at.text(vector.reason) || !is_one_word(vector.reason)) return;
    std::vector<std::string> codes;
    for (const Errc refusal : refusals) {
        codes.emplace_back(reason_code(refusal));
        if (vector.reason == codes.back()) vector.refused_for = refusal;
    }
    if (vector.refused_for) return;
    at.error(in_quotes(vector.reason) + " is no reason for which a vector is refused" +
             yaml::suggestion(vector.reason, codes) + "; write one of " + yaml::joined(codes) +
             ", or say it in several words");
}

void read_headers(const Place& at, const verify::SchemeRules& rules, Vector& vector) {
    const std::string name = rules.header.empty() ? "X-Signature" : std::string(rules.header);
    const std::string form = "headers: {" + name + ": what was sent}";
    const bool has_proof = !rules.has_token_in_body() && vector.refused_for != Errc::missing_signature;
    if (has_proof && !at.required("write those that it was sent with, as in " + form)) return;
    if (at.present() && !at.is_mapping()) {
        at.error("must be a mapping of names to values, as in " + form);
        return;
    }
    for (const auto& [header, place] : at.entries(vector_headers_max)) {
        if (const std::string* value = place.scalar("the header's value"))
            vector.headers.emplace_back(header, *value);
    }
}

void read_date(const Place& at, Vector& vector) {
    std::string text;
    if (!at.text(text)) return;
    vector.at = parse_rfc3339(text);
    if (!vector.at) at.error("is no date; write it as in 2023-11-14T22:13:20Z");
}

std::optional<Vector> read_vector(const Place& item, const verify::SchemeRules& rules) {
    Vector vector;
    vector.line = item.line();
    const Place from = item["from"], secret = item["secret"], body = item["body"];
    const bool placed = from.required("write where the vector stands") && from.text(vector.from);
    const std::string* const key =
        secret.required("write the secret that it was signed with") ? secret.scalar("the secret") : nullptr;
    const std::string* const sent = body.required("write the body as it was sent, in quotation marks")
                                        ? body.scalar("the body")
                                        : nullptr;
    read_date(item["at"], vector);
    item["public_url"].text(vector.public_url);
    item["method"].text(vector.method);
    item["path"].text(vector.path);
    const Place accepted = item["accepted"], reason = item["reason"];
    accepted.boolean(vector.accepted);
    if (vector.accepted && reason.present())
        reason.error("has no effect on a vector that is accepted; take it out");
    if (!vector.accepted && reason.required("write why it must be refused")) read_reason(reason, vector);
    read_headers(item["headers"], rules, vector);
    if (!placed || key == nullptr || sent == nullptr) return std::nullopt;
    vector.secret = *key;
    vector.body = *sent;
    return vector;
}

}  // namespace

std::vector<Vector> read_vectors(const Place& root, const verify::SchemeRules& rules) {
    const Place at = root["vectors"];
    std::vector<Vector> vectors;
    for (const Place& item : at.items(vectors_max)) {
        if (auto vector = read_vector(item, rules)) vectors.push_back(std::move(*vector));
    }
    if (!at.present()) {
        root.warning(
            "has no vectors, so nothing shows that verify is right; add a request that the vendor signed, or "
            "one from its documentation");
    }
    return vectors;
}

}  // namespace chathook::vendor_file
