#include "vendor_file/vendor_file.hpp"

#include <algorithm>
#include <utility>

#include "mapping_file/reading.hpp"
#include "vendor_file/handshake_reading.hpp"
#include "vendor_file/rules_reading.hpp"

namespace chathook::vendor_file {
namespace {

using yaml::Place;

constexpr std::size_t notes_max = 32;
constexpr VendorAnswer success{.body = R"({"status":"success"})"};
constexpr VendorAnswer invalid_signature{.status = 401, .body = R"({"error":"invalid signature"})"};

mapping_file::SignedParts signed_parts(const verify::SchemeRules& rules) {
    mapping_file::SignedParts parts;
    parts.id = rules.signs(verify::TextPart::Kind::id);
    parts.time = rules.signs_time();
    for (const verify::TextPart& part : rules.text) {
        if (part.kind == verify::TextPart::Kind::header) parts.headers.emplace_back(part.text);
    }
    return parts;
}

}  // namespace

std::unique_ptr<VendorFile> VendorFile::read(std::string name, std::string_view text,
                                             yaml::Findings& findings) {
    const auto tree = yaml::parse_yaml(text, findings);
    if (tree == nullptr) return nullptr;
    std::unique_ptr<VendorFile> file(new VendorFile);
    file->definition_.name = file->texts_.keep(std::move(name));
    file->read(Place::root(*tree, findings));
    yaml::report_unknown_keys(*tree, "", findings);
    return file;
}

void VendorFile::read(const Place& root) {
    std::string title;
    const Place at_title = root["title"];
    if (at_title.required("write the vendor's name as people write it")) at_title.text(title);
    definition_.title = texts_.keep(std::move(title));
    root["docs"].text(docs_);
    read_notes(root["notes"]);
    const Place verify = root.section("verify");
    if (verify.required("write how the vendor signs, as in verify: {header: X-Signature}")) {
        definition_.rules = read_rules(verify, texts_);
    }
    definition_.rules.expected = read_expected(root.section("expect"), texts_);
    handshakes_ = read_handshakes(root["handshake"], definition_.rules, texts_);
    definition_.handshakes = handshakes_;
    const Place map = root["map"];
    mapping_ = mapping_file::read_mapping(map, root["identity"], signed_parts(definition_.rules));
    if (!mapping_.headers.empty())
        map.error("reads a header, which is not possible yet; read the body instead");
    const Place answer = root.section("answer");
    definition_.accepted = read_answer(answer.section("accepted"), success, 200, 299);
    definition_.refused = read_answer(answer.section("refused"), invalid_signature, 400, 499);
    read_samples(root["samples"]);
    (void)root["vectors"];  // read by whoever tests the file
    root["never_repeats_refusals"].boolean(definition_.never_repeats_refusals);
    definition_.reader = this;
    definition_.samples = samples_;
}

void VendorFile::read_notes(const Place& at) {
    if (!at.present()) return;
    for (const Place& item : at.items(notes_max)) {
        std::string note;
        if (item.text(note)) notes_.push_back(std::move(note));
    }
}

VendorAnswer VendorFile::read_answer(const Place& at, VendorAnswer answer, unsigned least, unsigned most) {
    if (!at.present()) return answer;
    std::uint64_t status = answer.status;
    const Place at_status = at["status"];
    at_status.count(status, least, most);
    if (status == 404 || status == 410) {
        at_status.error(
            "must not be 404 or 410: some vendors switch the webhook off for good then; write 401 or 403");
    }
    answer.status = static_cast<unsigned>(status);
    std::string text;
    if (at["content_type"].text(text)) answer.content_type = texts_.keep(std::move(text));
    if (at["body"].text(text)) answer.body = texts_.keep(std::move(text));
    return answer;
}

void VendorFile::read_samples(const Place& at) {
    if (!at.present()) return;
    for (const Place& item : at.items(samples_max)) {
        std::string name, type, body;
        const Place at_body = item["body"];
        const bool named =
            item["name"].required("write the vendor's word for the event") && item["name"].text(name);
        const bool typed = item["type"].required("write the type that it becomes") && item["type"].text(type);
        const std::string* written =
            at_body.required("write the body as the vendor sends it, in quotation marks")
                ? at_body.scalar("a text in quotation marks")
                : nullptr;
        if (!named || !typed || written == nullptr) continue;
        samples_.push_back(
            {texts_.keep(std::move(name)), texts_.keep(std::move(type)), texts_.keep(std::string(*written))});
    }
}

Normalized VendorFile::normalize(const Verified& verified) const {
    return mapping::read(mapping_, verified, {.id = verified.signed_id()});
}

}  // namespace chathook::vendor_file
