// The intake with real rooms around it: two sources with real vendors, three sinks' numbers, a real journal
// on a real disk. One thread, except for the journal's own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/ingest.hpp"
#include "journal/journal.hpp"
#include "store/engine.hpp"
#include "support/await.hpp"
#include "support/clock.hpp"
#include "support/temp_directory.hpp"
#include "vendors/catalog.hpp"

namespace chathook::test {

inline constexpr std::string_view secret_text = "a-secret-of-thirty-two-bytes-ok!";

inline std::unique_ptr<verify::Vendor> make_test_vendor(std::string_view name,
                                                        std::string_view secret = secret_text) {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(secret), std::nullopt});
    return vendors::make_vendor(name, std::move(settings));
}

inline std::shared_ptr<const ingest::Routing> make_test_routing(Metrics& metrics,
                                                                std::string_view secret = secret_text,
                                                                bool keep_rejected = false) {
    std::vector<ingest::Source> sources;
    const auto add = [&](const char* name, const std::string& vendor) {
        sources.push_back({name, "/webhooks/" + vendor, make_test_vendor(vendor, secret),
                           &metrics.source(name, vendor), keep_rejected});
    };
    add("leads", "chatbase");
    add("handovers", "lynn");
    add("crm", "newoaks");
    std::vector<ingest::Route> routes{
        {{}, {}, {}, {0}}, {{"lead.*"}, {}, {}, {1}}, {{}, {"lynn"}, {"handovers"}, {2}}};
    return std::make_shared<ingest::Routing>(std::move(sources), std::move(routes));
}

// A request and everything that its views point into.
struct TestRequest {
    std::string method = "POST";
    std::string path = "/webhooks/chatbase";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<Field> fields;

    Request view() {
        fields.clear();
        for (const auto& [name, value] : headers) fields.push_back({name, value});
        Request request;
        request.method = method;
        request.path = path;
        request.fields = fields;
        request.body = body;
        request.client = "203.0.113.9";
        request.received = now();
        return request;
    }
};

inline TestRequest signed_request(std::string_view vendor, std::string path, std::string body,
                                  std::string_view secret = secret_text) {
    TestRequest request;
    request.path = std::move(path);
    request.body = std::move(body);
    for (SignedHeader& header : make_test_vendor(vendor, secret)->sign(request.body, "", now())) {
        request.headers.emplace_back(std::move(header.name), std::move(header.value));
    }
    return request;
}

struct House {
    TempDirectory directory;
    std::unique_ptr<Metrics> metrics = make_metrics("test");
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<ingest::Ingest> ingest;

    explicit House(ingest::FailureRate failures = {},
                   std::size_t document_bytes_max = ingest::Ingest::document_bytes_default) {
        journal::JournalSettings settings;
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = 0;
        journal = journal::open_journal(store::open_engine, settings, metrics->journal(),
                                        [](const std::string&) {});
        for (const char* sink : {"all", "crm", "desk"}) journal->sink_number(sink).value();
        ingest = std::make_unique<ingest::Ingest>(make_test_routing(*metrics), *journal, *journal, *metrics,
                                                  1024, failures, document_bytes_max);
    }

    std::optional<Reply> admit(const Request& request, const http::Incoming& incoming) {
        http::Found found;
        return ingest->admit(request, incoming, found);
    }

    // As a session does it with a chunked request.
    Awaitable<Reply> serve(const Request& request) {
        http::Found found;
        auto reply = ingest->admit(request, {std::nullopt, true}, found);
        if (!reply) reply = co_await ingest->handle(request, found);
        co_return std::move(*reply);
    }
    Reply post(TestRequest request) { return await(serve(request.view())); }

    std::vector<journal::Reader::Row> events() { return journal->open_reader()->find({}).value().rows; }
};

}  // namespace chathook::test
