#include "learn/proposal.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ecma/document.hpp"
#include "learn/guess.hpp"
#include "vendor_file/vendor_file.hpp"
#include "verify/key_form.hpp"
#include "verify/vendor.hpp"
#include "yaml/findings.hpp"

namespace chathook::learn {
namespace {

constexpr const char* name = "learned";

bool is_error(const yaml::Problem& problem) { return problem.severity == yaml::Problem::Severity::error; }

VendorSettings settings_of(const Lessons& lessons, std::size_t secret) {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(lessons.secrets[secret].bytes.view()), std::nullopt});
    settings.public_url = lessons.public_url;
    return settings;
}

bool has_field(const Normalized& normalized) {
    return !normalized.subject.empty() || !normalized.contact.email.empty() ||
           !normalized.contact.phone.empty() || !normalized.contact.name.empty() ||
           !normalized.conversation.messages.empty();
}

Verdict verdict_on(const verify::Vendor& vendor, const Request& request) {
    Verdict verdict;
    auto verified = vendor.verify(request, request.received);
    if (!verified && verified.error() == Errc::stale_timestamp) {
        const auto claim = vendor.claim(request);
        const auto when = claim ? vendor.claimed_time(*claim, request.body) : std::nullopt;
        verdict.is_late = true;
        if (when) verified = vendor.verify(request, *when);
    }
    if (!verified) {
        verdict.refusal = reason_code(verified.error());
        return verdict;
    }
    const auto parts = vendor.split(*verified);
    verdict.events = std::max<std::size_t>(1, parts.all.size());
    const Normalized first = parts.all.empty() ? vendor.normalize(*verified) : parts.all.front().normalized;
    verdict.type = first.type;
    verdict.mapped = has_field(first);
    return verdict;
}

// The requests that this way of signing verifies: genuine ones, whose bodies a map may be guessed from.
std::vector<JsonDocument::Pointer> genuine_bodies(const Lessons& lessons, const Proposal& proposal) {
    std::vector<JsonDocument::Pointer> bodies;
    for (std::size_t i = 0; i < proposal.verdicts.size(); ++i) {
        if (!proposal.verdicts[i].refusal.empty()) continue;
        if (auto document = JsonDocument::parse_bytes(lessons.requests[i].body))
            bodies.push_back(std::move(document));
    }
    return bodies;
}

void try_out(Proposal& proposal, const Lessons& lessons) {
    yaml::Findings findings;
    proposal.verdicts.clear();
    const auto file = vendor_file::VendorFile::read(name, proposal.text, findings);
    yaml::put_in_order(findings.problems);
    proposal.problems = findings.problems;
    if (file == nullptr || findings.errors() != 0) return;
    if (!verify::key_bytes(file->definition().rules, lessons.secrets[proposal.lesson.secret].bytes.view())
             .fault.empty())
        return;
    const verify::Vendor vendor(file->definition(), settings_of(lessons, proposal.lesson.secret));
    for (const Request& request : lessons.requests) proposal.verdicts.push_back(verdict_on(vendor, request));
}

std::string head_of(const Lessons& lessons, std::size_t taught) {
    std::string head;
    if (taught < lessons.origins.size()) {
        head =
            "# Learned from " + lessons.origins[taught] + ". A guess: compare it with the vendor's page.\n";
    }
    return head + "title: " + yaml_scalar(std::string(lessons.title)) + '\n';
}

Proposal make(const Lessons& lessons, std::size_t taught, Lesson lesson) {
    Proposal proposal;
    proposal.lesson = std::move(lesson);
    const std::string signing = head_of(lessons, taught) + to_yaml(proposal.lesson);
    proposal.text = signing;
    try_out(proposal, lessons);
    if (taught < proposal.verdicts.size() && !proposal.verdicts[taught].refusal.empty()) {
        proposal.lesson.obstacles.push_back(
            "is right, but the request is refused (" + proposal.verdicts[taught].refusal +
            "): an id or a header holds the separator that follows it, so that the text could be read in two "
            "ways");
    }
    const auto documents = genuine_bodies(lessons, proposal);
    std::vector<Json> bodies;
    for (const auto& document : documents) bodies.push_back(document->root());
    const std::string map = guess_map(bodies);
    if (map.empty()) return proposal;
    proposal.text = signing + map;
    try_out(proposal, lessons);
    if (std::ranges::none_of(proposal.problems, is_error)) return proposal;
    proposal.text = signing;  // the guess is of no use
    try_out(proposal, lessons);
    return proposal;
}

}  // namespace

bool Proposal::is_usable() const noexcept {
    return lesson.obstacles.empty() && std::ranges::none_of(problems, is_error) && verified() > 0;
}

std::size_t Proposal::verified() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(verdicts, [](const Verdict& verdict) { return verdict.refusal.empty(); }));
}

Outcome propose(const Lessons& lessons) {
    Outcome outcome;
    std::uint64_t bytes_left = doctor::hashed_bytes_max;
    for (std::size_t i = 0; i < lessons.requests.size() && outcome.proposals.empty(); ++i) {
        Learned learned = learn(
            {lessons.requests[i], lessons.secrets, lessons.public_from, lessons.public_url}, bytes_left);
        bytes_left = learned.bytes_left;
        outcome.complete = outcome.complete && learned.complete;
        outcome.taught = i;
        if (outcome.remarks.empty()) outcome.remarks = std::move(learned.remarks);
        for (Lesson& lesson : learned.lessons)
            outcome.proposals.push_back(make(lessons, i, std::move(lesson)));
    }
    if (!outcome.proposals.empty()) outcome.remarks.clear();
    const auto best = std::ranges::max_element(outcome.proposals, {}, [](const Proposal& proposal) {
        return std::pair(proposal.is_usable(), proposal.verified());
    });
    if (best != outcome.proposals.end()) std::rotate(outcome.proposals.begin(), best, std::next(best));
    return outcome;
}

}  // namespace chathook::learn
