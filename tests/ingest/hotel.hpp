// The house of house.hpp with two vendors in it that shake hands: `meta` by GET, `slack` in signed bodies.
// Their files are the tests' own. One thread, as there.
#pragma once

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/house.hpp"
#include "vendor_file/vendor_file.hpp"
#include "yaml/findings.hpp"

namespace chathook::test {

inline constexpr std::string_view word = "a word of our own";

inline constexpr std::string_view meta = R"yaml(title: Meta
verify: {header: X-Hub-Signature-256, prefix: "sha256="}
handshake:
  - when: {method: GET, query: {hub.mode: subscribe, hub.verify_token: $verify_token}}
    answer: {text: {query: hub.challenge}}
answer:
  refused: {status: 401, body: '{"error":"no"}'}
map:
  event: /kind
  events: {lead: {becomes: lead.created, set: {lead.id: /id}}}
)yaml";

inline constexpr std::string_view slack = R"yaml(title: Slack
verify: {header: X-Slack-Signature, text: "v0:{body}", prefix: "v0="}
handshake:
  - when: {pointer: /type, is: url_verification}
    answer: {text: {pointer: /challenge}}
  - when: {pointer: /type, is: ping}
    answer: {accepted: true}
  - when: {header: X-Challenge, pointer: /type, is: sync}
    answer: {json: {challenge: {header: X-Challenge}}}
map: {event: /type, events: {message: {becomes: message.received}}}
)yaml";

inline std::unique_ptr<vendor_file::VendorFile> file_of(std::string_view name, std::string_view text) {
    yaml::Findings findings;
    auto file = vendor_file::VendorFile::read(std::string(name), text, findings);
    for (const auto& problem : findings.problems) FAIL(yaml::to_string(name, problem));
    return file;
}

inline VendorSettings settings_of(std::string_view token, std::vector<VendorSettings::Expected> expect) {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(secret_text), std::nullopt});
    if (!token.empty()) settings.verify_token = SecretBytes(token);
    settings.expect = std::move(expect);
    return settings;
}

// The house with sources `meta` and `slack` in place of its own.
struct Hotel : House {
    std::unique_ptr<vendor_file::VendorFile> meta_file = file_of("meta", meta);
    std::unique_ptr<vendor_file::VendorFile> slack_file = file_of("slack", slack);

    explicit Hotel(std::string_view token = word, std::vector<VendorSettings::Expected> expect = {},
                   bool keep_rejected = false, ingest::FailureRate failures = {})
        : House(failures) {
        std::vector<ingest::Source> sources;
        const auto add = [&](const std::string& name, const vendor_file::VendorFile& file) {
            sources.push_back(
                {name, "/" + name,
                 std::make_unique<verify::Vendor>(file.definition(), settings_of(token, expect)),
                 &metrics->source(name, name), keep_rejected});
        };
        add("meta", *meta_file);
        add("slack", *slack_file);
        ingest->reload(std::make_shared<ingest::Routing>(std::move(sources), std::vector<ingest::Route>{}));
    }

    Reply get(std::string_view query, const std::string& path = "/meta", const std::string& method = "GET") {
        TestRequest request;
        request.method = method;
        request.path = path;
        Request view = request.view();
        view.query = query;
        http::Found found;
        auto reply = ingest->admit(view, {}, found);
        if (!reply) reply = await(ingest->handle(view, found));
        return std::move(*reply);
    }

    TestRequest signed_by(const vendor_file::VendorFile& file, std::string body) {
        const verify::Vendor vendor(file.definition(), settings_of("", {}));
        TestRequest request;
        request.path = "/" + std::string(file.definition().name);
        request.body = std::move(body);
        for (SignedHeader& header : vendor.sign(request.body, "", now()))
            request.headers.emplace_back(std::move(header.name), std::move(header.value));
        return request;
    }
    Reply post_slack(std::string body) { return post(signed_by(*slack_file, std::move(body))); }

    bool counted(const std::string& line) const {
        return metrics->text().find(line + "\n") != std::string::npos;
    }
};

}  // namespace chathook::test
