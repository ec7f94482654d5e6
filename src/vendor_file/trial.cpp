#include "vendor_file/trial.hpp"

#include <memory>
#include <stdexcept>

#include "chathook/request.hpp"
#include "support/clock.hpp"
#include "verify/key_form.hpp"
#include "verify/vendor.hpp"

namespace chathook::vendor_file {
namespace {

using yaml::Place;

void read_headers(const Place& at, Vector& vector) {
    for (const auto& [name, place] : at.entries(vector_headers_max)) {
        if (const std::string* value = place.scalar("the header's value"))
            vector.headers.emplace_back(name, *value);
    }
}

void read_date(const Place& at, Vector& vector) {
    std::string text;
    if (!at.text(text)) return;
    vector.at = parse_rfc3339(text);
    if (!vector.at) at.error("is no date; write it as in 2023-11-14T22:13:20Z");
}

std::optional<Vector> read_vector(const Place& item) {
    Vector vector;
    vector.line = item.line();
    const Place from = item["from"], secret = item["secret"], body = item["body"];
    const bool placed = from.required("write where the vector stands") && from.text(vector.from);
    const std::string* const key =
        secret.required("write the secret that it was signed with") ? secret.scalar("the secret") : nullptr;
    const std::string* const sent = body.required("write the body as it was sent, in quotation marks")
                                        ? body.scalar("the body")
                                        : nullptr;
    read_headers(item["headers"], vector);
    read_date(item["at"], vector);
    item["public_url"].text(vector.public_url);
    item["method"].text(vector.method);
    item["path"].text(vector.path);
    const Place accepted = item["accepted"], reason = item["reason"];
    accepted.boolean(vector.accepted);
    if (vector.accepted && reason.present())
        reason.error("has no effect on a vector that is accepted; take it out");
    if (!vector.accepted && reason.required("write why it must be refused")) reason.text(vector.reason);
    if (!placed || key == nullptr || sent == nullptr) return std::nullopt;
    vector.secret = *key;
    vector.body = *sent;
    return vector;
}

std::vector<Vector> read_vectors(const Place& root) {
    const Place at = root["vectors"];
    std::vector<Vector> vectors;
    for (const Place& item : at.items(vectors_max)) {
        if (auto vector = read_vector(item)) vectors.push_back(std::move(*vector));
    }
    if (!at.present()) {
        root.warning(
            "has no vectors, so nothing shows that verify is right; add a request that the vendor signed, or "
            "one from its documentation");
    }
    return vectors;
}

Request request_of(const Vector& vector, std::vector<Field>& fields) {
    for (const auto& [name, value] : vector.headers) fields.push_back({name, value});
    Request request;
    request.method = vector.method;
    request.path = vector.path;
    request.fields = fields;
    request.body = vector.body;
    return request;
}

// Why the vector was refused; nullopt: it was accepted.
std::optional<Errc> refusal(const VendorDefinition& definition, const Vector& vector) {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(vector.secret), std::nullopt});
    settings.public_url = vector.public_url;
    const verify::Vendor vendor(definition, settings);
    std::vector<Field> fields;
    const Request request = request_of(vector, fields);
    const auto claim = vendor.claim(request);
    if (!claim) return claim.error();
    const auto when = vector.at ? vector.at : vendor.claimed_time(*claim, vector.body);
    const auto verified = vendor.verify(request, when.value_or(Instant{}));
    return verified ? std::nullopt : std::optional(verified.error());
}

Outcome try_vector(const VendorDefinition& definition, const Vector& vector) {
    Outcome outcome{.what = "vector " + vector.from, .line = vector.line};
    const std::string fault = verify::key_bytes(definition.rules, vector.secret).fault;
    if (!fault.empty()) {
        if (vector.accepted) outcome.problem = "its secret " + fault;
        return outcome;
    }
    const auto refused = refusal(definition, vector);
    if (vector.accepted && refused) {
        outcome.problem = "is refused: " + std::string(reason_code(*refused));
    } else if (!vector.accepted && !refused) {
        outcome.problem = "is accepted, but must be refused: " + vector.reason;
    }
    return outcome;
}

// The body is read as if it were signed: not every vendor can be signed for.
Outcome try_sample(const VendorDefinition& definition, const Sample& sample) {
    static constexpr verify::SchemeRules any_rules{.header = "x-sample"};
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes("stands for any secret"), std::nullopt});
    const verify::Scheme scheme(any_rules, settings);
    const auto headers = scheme.sign(sample.body, "", Instant{});
    const std::vector<Field> fields{{headers[0].name, headers[0].value}};
    Request request;
    request.fields = fields;
    request.body = sample.body;
    const auto verified = scheme.verify(request, Instant{});
    Outcome outcome{.what = "sample " + std::string(sample.name)};
    std::vector<std::string> types;
    for (const auto& part : definition.reader->split(*verified).all) types.emplace_back(part.normalized.type);
    if (types.empty()) types.emplace_back(definition.reader->normalize(*verified).type);
    for (const std::string& type : types) {
        if (type != sample.type) outcome.problem = "becomes " + type + ", not " + std::string(sample.type);
    }
    return outcome;
}

}  // namespace

Trial try_file(std::string name, std::string_view text, yaml::Findings& findings) {
    Trial trial;
    trial.file = VendorFile::read(std::move(name), text, findings);
    const auto tree = yaml::parse_yaml(text, findings);
    if (trial.file == nullptr || tree == nullptr) return trial;
    const std::vector<Vector> vectors = read_vectors(Place::root(*tree, findings));
    yaml::report_unknown_keys(*tree, "", findings);
    if (findings.errors() != 0) return trial;
    const VendorDefinition& definition = trial.file->definition();
    for (const Vector& vector : vectors) trial.outcomes.push_back(try_vector(definition, vector));
    for (const Sample& sample : definition.samples) trial.outcomes.push_back(try_sample(definition, sample));
    return trial;
}

}  // namespace chathook::vendor_file
