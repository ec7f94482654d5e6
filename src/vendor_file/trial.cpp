#include "vendor_file/trial.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "vendor_file/identity_trial.hpp"
#include "vendor_file/sample_reading.hpp"
#include "verify/key_form.hpp"
#include "verify/vendor.hpp"

namespace chathook::vendor_file {
namespace {

using yaml::Place;

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
        if (vector.accepted || vector.refused_for) outcome.problem = "its secret " + fault;
        return outcome;
    }
    const auto refused = refusal(definition, vector);
    if (vector.accepted && refused) {
        outcome.problem = "is refused: " + std::string(reason_code(*refused));
    } else if (!vector.accepted && !refused) {
        outcome.problem = "is accepted, but must be refused: " + vector.reason;
    } else if (refused && vector.refused_for && refused != vector.refused_for) {
        outcome.problem = "is refused: " + std::string(reason_code(*refused)) + ", not " + vector.reason;
    }
    return outcome;
}

// What is wrong with what a sample became; empty: nothing.
std::string problem_of_types(const Sample& sample, const std::vector<std::string_view>& types) {
    if (!sample.types.empty()) {
        if (std::ranges::equal(types, sample.types)) return {};
        const std::vector<std::string> words(types.begin(), types.end());
        return "becomes " + yaml::joined(words) + ", not " + std::string(sample.type);
    }
    const auto other = std::ranges::find_if(types, [&](auto type) { return type != sample.type; });
    if (other == types.end()) return {};
    return "becomes " + std::string(*other) + ", not " + std::string(sample.type);
}

std::string remark_on(const VendorDefinition& definition) {
    const bool has_mac = std::ranges::any_of(definition.handshakes, [](const Handshake& one) {
        return std::ranges::any_of(one.echoes, &Handshake::Echo::hmac_hex);
    });
    return has_mac ? "hmac_hex is made with the secret '" + std::string(sample_secret) + "'" : std::string();
}

Outcome try_sample(const VendorDefinition& definition, const Sample& sample) {
    Outcome outcome{.what = "sample " + std::string(sample.name)};
    outcome.sample = &sample;
    const ReadSample read(definition, sample.body);
    if (const auto answer = read.handshake()) {
        if (sample.type != handshake_type) {
            outcome.problem = "is a handshake, which makes no event, not " + std::string(sample.type) +
                              "; write type: handshake";
        } else if (!*answer) {
            outcome.problem = "is refused: " + std::string(reason_code(answer->error())) +
                              "; what is echoed is missing, or not a text that an answer may have";
        } else {
            outcome.answer = **answer;
            outcome.remark = remark_on(definition);
        }
        return outcome;
    }
    if (sample.type == handshake_type) {
        outcome.problem =
            "is no handshake: no entry of handshake fits this body; a GET, and a request that needs a "
            "header, "
            "cannot be a sample";
        return outcome;
    }
    std::vector<std::string_view> types;
    read.for_each_event([&](const Verified&, const Normalized& event) { types.push_back(event.type); });
    outcome.problem = problem_of_types(sample, types);
    return outcome;
}

}  // namespace

Trial try_file(std::string name, std::string_view text, yaml::Findings& findings) {
    Trial trial;
    trial.file = VendorFile::read(std::move(name), text, findings);
    const auto tree = yaml::parse_yaml(text, findings);
    if (trial.file == nullptr || tree == nullptr) return trial;
    const VendorDefinition& definition = trial.file->definition();
    const std::vector<Vector> vectors = read_vectors(Place::root(*tree, findings), definition.rules);
    yaml::report_unknown_keys(*tree, "", findings);
    if (findings.errors() != 0) return trial;
    for (const Vector& vector : vectors) trial.outcomes.push_back(try_vector(definition, vector));
    for (const Sample& sample : definition.samples) trial.outcomes.push_back(try_sample(definition, sample));
    judge_identity(*trial.file, Place::root(*tree, findings));
    return trial;
}

}  // namespace chathook::vendor_file
