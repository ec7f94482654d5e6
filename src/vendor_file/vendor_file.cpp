#include "vendor_file/vendor_file.hpp"

#include <algorithm>
#include <utility>

#include <boost/container/small_vector.hpp>

#include "mapping_file/reading.hpp"
#include "vendor_file/handshake_reading.hpp"
#include "vendor_file/rules_reading.hpp"
#include "verify/digest.hpp"
#include "verify/encoding.hpp"
#include "verify/seal.hpp"

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
    parts.headers = signed_headers(rules);
    return parts;
}

}  // namespace

std::unique_ptr<VendorFile> VendorFile::read(std::string name, std::string_view text,
                                             yaml::Findings& findings) {
    const auto tree = yaml::parse_yaml(text, findings);
    if (tree == nullptr) return nullptr;
    if (tree->kind != yaml::Node::Kind::mapping) {
        findings.error(tree->kind == yaml::Node::Kind::null ? 0 : tree->line, "",
                       "must be a mapping with title and verify; docs/vendor-files.md has one to begin with");
        return nullptr;
    }
    std::unique_ptr<VendorFile> file(new VendorFile);
    file->definition_.name = file->texts_.keep(std::move(name));
    file->read(Place::root(*tree, findings));
    yaml::report_unknown_keys(*tree, "", findings);
    file->finish(text);
    return file;
}

std::unique_ptr<VendorFile> VendorFile::read_within(std::string name, const Place& source) {
    std::unique_ptr<VendorFile> file(new VendorFile);
    file->definition_.name = file->texts_.keep(std::move(name));
    file->definition_.title = file->definition_.name;
    file->read_part(source);
    std::string text;
    for (const std::string_view key : keys_within) {
        const Place at = source[key];
        at.report_unknown_keys();
        text += std::string(key) + at.canonical();
    }
    file->finish(text);
    return file;
}

std::unique_ptr<VendorFile> VendorFile::with_map(const Place& map, const Place& identity) const {
    std::unique_ptr<VendorFile> file(new VendorFile);
    file->definition_ = definition_;
    file->mapping_ = mapping_file::read_mapping(map, identity, signed_parts(definition_.rules));
    // Under `each` what tells requests apart would make all events of a request the same one.
    const bool inherits =
        !identity.present() && file->mapping_.identity.empty() && file->mapping_.each.empty();
    if (inherits) file->inherit_identity(mapping_);
    file->definition_.reader = file.get();
    map.report_unknown_keys();
    identity.report_unknown_keys();
    file->finish(std::string(definition_.fingerprint) + map.canonical() + identity.canonical());
    return file;
}

void VendorFile::inherit_identity(const mapping::Mapping& from) {
    for (mapping::IdentityPart part : from.identity) {
        if (part.from == mapping::IdentityPart::From::header) {
            const std::string& name = from.headers.at(part.header);
            const auto known = std::ranges::find(mapping_.headers, name);
            part.header = static_cast<std::size_t>(known - mapping_.headers.begin());
            if (known == mapping_.headers.end()) mapping_.headers.push_back(name);
        }
        mapping_.identity.push_back(std::move(part));
    }
}

// Called last: the definition views what it collects.
void VendorFile::finish(std::string_view text) {
    constexpr std::size_t fingerprint_bytes = 8;
    const verify::Sha256 digest = verify::sha256(text);
    definition_.fingerprint = texts_.keep(verify::encode_hex(std::span(digest).first(fingerprint_bytes)));
    for (const auto& [word, rule] : mapping_.events.entries()) {
        if (std::ranges::find(types_, rule.type) == types_.end()) types_.push_back(rule.type);
    }
    definition_.types = types_;
}

void VendorFile::read(const Place& root) {
    std::string title;
    const Place at_title = root["title"];
    if (at_title.required("write the vendor's name as people write it")) at_title.text(title);
    definition_.title = texts_.keep(std::move(title));
    std::string docs;
    if (root["docs"].text(docs)) definition_.docs = texts_.keep(std::move(docs));
    read_notes(root["notes"]);
    read_part(root);
    definition_.rules.expected = read_expected(root.section("expect"), texts_);
    read_samples(root["samples"]);
    (void)root["vectors"];  // read by whoever tests the file
    root["never_repeats_refusals"].boolean(definition_.never_repeats_refusals);
    definition_.samples = samples_;
    definition_.notes = notes_;
}

void VendorFile::read_part(const Place& root) {
    const Place verify = root.section("verify");
    if (verify.required("write how the vendor signs, as in verify: {header: X-Signature}")) {
        definition_.rules = read_rules(verify, texts_);
    }
    handshakes_ = read_handshakes(root["handshake"], definition_.rules, texts_);
    definition_.handshakes = handshakes_;
    const Place map = root["map"];
    mapping_ = mapping_file::read_mapping(map, root["identity"], signed_parts(definition_.rules));
    const Place answer = root.section("answer");
    definition_.accepted = read_answer(answer.section("accepted"), success, 200, 299);
    definition_.refused = read_answer(answer.section("refused"), invalid_signature, 400, 499);
    definition_.reader = this;
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
    if (const Place body = at["body"]; body.present()) {
        if (const std::string* written = body.scalar("a text")) answer.body = texts_.keep(*written);
    }
    return answer;
}

// One word for all events, or a list with one for each.
bool VendorFile::read_types(const Place& at, Sample& sample) {
    std::string type;
    if (!at.is_list()) {
        if (!at.text(type)) return false;
        sample.type = texts_.keep(std::move(type));
        return true;
    }
    std::vector<std::string> words;
    std::vector<std::string_view> types;
    for (const Place& item : at.items(mapping::elements_max)) {
        if (!item.text(type)) return false;
        words.push_back(type);
        types.push_back(texts_.keep(type));
    }
    if (types.empty()) at.error("is empty; write the type of each event, in their order");
    sample.type = texts_.keep(yaml::joined(words));
    sample.types = texts_.keep(std::move(types));
    return !words.empty();
}

void VendorFile::read_samples(const Place& at) {
    if (!at.present()) return;
    for (const Place& item : at.items(samples_max)) {
        std::string name;
        Sample sample;
        const Place at_type = item["type"], at_body = item["body"];
        const bool named =
            item["name"].required("write the vendor's word for the event") && item["name"].text(name);
        const bool typed =
            at_type.required("write the type that it becomes, or a list with that of each event") &&
            read_types(at_type, sample);
        const std::string* written =
            at_body.required("write the body as the vendor sends it, in quotation marks")
                ? at_body.scalar("a text in quotation marks")
                : nullptr;
        if (!named || !typed || written == nullptr) continue;
        sample.name = texts_.keep(std::move(name));
        sample.body = texts_.keep(std::string(*written));
        samples_.push_back(sample);
    }
}

boost::container::small_vector<std::string_view, 2> VendorFile::headers_of(const Verified& verified) const {
    boost::container::small_vector<std::string_view, 2> headers;
    for (const std::string& name : mapping_.headers) {
        const HeaderValue found = header(verified.fields(), name);
        headers.push_back(found.count == 1 ? found.value : std::string_view{});
    }
    return headers;
}

Normalized VendorFile::normalize(const Verified& verified) const {
    const auto headers = headers_of(verified);
    return mapping::read(mapping_, verified,
                         {.id = verified.signed_id(), .headers = {headers.data(), headers.size()}});
}

// A body is not split where its parts are not to be had byte for byte, or where readers may differ about
// them: it has invalid UTF-8, or a key on the way to them stands twice.
BodyReader::Parts VendorFile::split(const Verified& whole) const {
    Parts parts;
    const std::string_view body = whole.body();
    const std::string_view root = whole.json().source();
    const bool is_in_body =
        root.data() >= body.data() && root.data() + root.size() <= body.data() + body.size();
    if (mapping_.each.empty() || root.empty() || !is_in_body) return parts;
    mapping::Elements elements = mapping::elements(mapping_, whole.json());
    if (elements.all.empty() || !whole.ambiguous_keys().empty()) return parts;
    const auto headers = headers_of(whole);
    const mapping::Signed sent{.id = whole.signed_id(), .headers = {headers.data(), headers.size()}};
    parts.leaves_a_rest = elements.leave_a_list;
    parts.all.reserve(elements.all.size());
    for (mapping::Element& element : elements.all) {
        Part part{verify::part_of(whole, element.here.source()), {}};
        element.here = part.proved.json();
        part.normalized = mapping::read_element(mapping_, element, whole, sent);
        parts.all.push_back(std::move(part));
    }
    if (!whole.ambiguous_keys().empty()) return {};
    return parts;
}

}  // namespace chathook::vendor_file
