// The admin address with a real journal behind it. One thread, but for the journal's own.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "admin/admin.hpp"
#include "support/await.hpp"
#include "support/clock.hpp"
#include "support/ids.hpp"
#include "support/temp_directory.hpp"

namespace chathook::test {

struct Office {
    TempDirectory directory;
    std::unique_ptr<Metrics> metrics = make_metrics("test");
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<admin::Admin> admin;

    explicit Office(std::string_view token = "") {
        journal::JournalSettings settings;
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = 0;
        journal = journal::make_sqlite_journal(settings, metrics->journal(), [](const std::string&) {});
        admin = std::make_unique<admin::Admin>(*journal, *metrics, SecretBytes(token));
    }

    // Commits an event of that type; answers its sequence.
    std::uint64_t commit(std::string type) {
        Event event;
        event.received = now();
        event.id = make_event_id(event.received);
        event.source = "desk";
        event.vendor = "lynn";
        event.type = std::move(type);
        event.json = R"({"id":")" + event.id + R"(","type":")" + event.type + R"("})";
        for (std::size_t i = 0; i < event.dedupe_key.size(); ++i) {
            event.dedupe_key[i] = static_cast<std::uint8_t>(event.id[event.id.size() - 1 - i]);
        }
        return await(journal->append(std::move(event), 0)).value().sequence;
    }

    // The answer to GET `path`?`query`, by the head alone if that settles it.
    Reply get(std::string_view path, std::string_view query = "", std::string_view bearer = "") {
        const std::string authorization = "Bearer " + std::string(bearer);
        const Field fields[] = {{"Authorization", authorization}};
        Request request;
        request.method = "GET";
        request.path = path;
        request.query = query;
        if (!bearer.empty()) request.fields = fields;
        if (auto reply = admin->admit(request, {})) return std::move(*reply);
        return await(admin->handle(request));
    }
};

}  // namespace chathook::test
