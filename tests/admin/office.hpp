// The admin address with a real journal behind it, which knows two sinks, crm and archive. One thread, except
// for the journal's own.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "admin/admin.hpp"
#include "journal/journal.hpp"
#include "store/engine.hpp"
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
    journal::SinkNumber crm = 0;
    journal::SinkNumber archive = 0;

    explicit Office(std::string_view token = "", admin::Actions actions = {}) {
        journal::JournalSettings settings;
        settings.directory = directory.path() / "journal";
        settings.min_free_disk = 0;
        journal = journal::open_journal(store::open_engine, settings, metrics->journal(),
                                        [](const std::string&) {});
        crm = journal->sink_number("crm").value();
        archive = journal->sink_number("archive").value();
        admin = std::make_unique<admin::Admin>(*journal, *metrics, SecretBytes(token), std::move(actions));
    }

    // Commits an event of that type for the sinks of the mask `to`; returns its sequence. `data` is its data
    // member.
    std::uint64_t commit(std::string type, journal::SinkSet to = {}, const std::string& data = "{}") {
        Event event;
        event.received = now();
        event.id = make_event_id(event.received);
        event.source = "desk";
        event.vendor = "lynn";
        event.type = std::move(type);
        event.text = R"({"id":")" + event.id + R"(","type":")" + event.type + R"(","data":)" + data + "}";
        for (std::size_t i = 0; i < event.dedupe_key.size(); ++i) {
            event.dedupe_key[i] = static_cast<std::uint8_t>(event.id[event.id.size() - 1 - i]);
        }
        return await(journal->append(std::make_shared<const Event>(std::move(event)), to)).value().sequence;
    }

    journal::SinkSet to_crm() const { return journal::SinkSet{crm}; }
    journal::SinkSet to_both() const { return {crm, archive}; }

    void settle(journal::SinkNumber sink, std::uint64_t sequence, journal::Settlement::Kind kind) {
        const bool dead = kind == journal::Settlement::Kind::dead;
        (void)journal->settle(sink, {{sequence, kind, dead ? 3u : 1u, dead ? "status 400" : ""}}).value();
    }
    void deliver(journal::SinkNumber sink, std::uint64_t sequence) {
        settle(sink, sequence, journal::Settlement::Kind::delivered);
    }
    void give_up(journal::SinkNumber sink, std::uint64_t sequence) {
        settle(sink, sequence, journal::Settlement::Kind::dead);
    }

    // The sequences that are due for the sink.
    std::vector<std::uint64_t> due(journal::SinkNumber sink) const {
        std::vector<std::uint64_t> sequences;
        const auto deliveries = journal->open_reader()->due(sink, 0, 1000, 1 << 20).value();
        for (const Delivery& delivery : deliveries) sequences.push_back(delivery.sequence);
        return sequences;
    }

    // Refuses a request from `client` to the source desk.
    void refuse(const std::string& client, const std::string& raw) {
        journal::Rejection rejection;
        rejection.received = now();
        rejection.source = "desk";
        rejection.reason = "wrong_signature";
        rejection.status = 401;
        rejection.client = client;
        rejection.header_names = "host, x-lynn-hmac-sha256";
        rejection.body_sha256.fill(0xab);
        rejection.body_size = 2;
        rejection.raw = raw;
        journal->reject(std::move(rejection));
    }
    // Refuses a request and has it recorded.
    void reject(const std::string& client, const std::string& raw) {
        refuse(client, raw);
        if (!journal->record_rejections()) throw std::runtime_error("not written down");
    }
    nlohmann::json rejections() { return got("/api/v1/rejections").at("rejections"); }

    std::optional<Reply> admit(const Request& request, const http::Incoming& incoming) {
        http::Found found;
        return admin->admit(request, incoming, found);
    }

    Reply ask(const Request& request, const http::Incoming& incoming = {}) {
        if (auto reply = admit(request, incoming)) return std::move(*reply);
        return await(admin->handle(request, nullptr));
    }

    // The answer to a query as its client gets it, with the number of pieces in `pieces` and the size of the
    // largest in `longest`.
    std::string whole(const Reply& reply, std::size_t& pieces, std::size_t& longest) {
        if (!reply.stream) return reply.body;
        std::string body;
        while (const auto piece = await(reply.stream->next())) {
            ++pieces;
            longest = std::max(longest, piece->size());
            body += *piece;
        }
        return body;
    }

    // The answer to GET `path`?`query`, from the head alone if that decides it.
    Reply get(std::string_view path, std::string_view query = "", std::string_view bearer = "") {
        const std::string authorization = "Bearer " + std::string(bearer);
        const Field fields[] = {{"Authorization", authorization}};
        Request request;
        request.method = "GET";
        request.path = path;
        request.query = query;
        if (!bearer.empty()) request.fields = fields;
        return ask(request);
    }

    Reply post(std::string_view path, const nlohmann::json& order) {
        const std::string body = order.dump();
        const Field fields[] = {{"Content-Type", "application/json"}};
        Request request;
        request.method = "POST";
        request.path = path;
        request.fields = fields;
        request.body = body;
        return ask(request, {.content_length = body.size()});
    }

    nlohmann::json got(std::string_view path, std::string_view query = "") {
        return nlohmann::json::parse(get(path, query).body);
    }
    nlohmann::json posted(std::string_view path, const nlohmann::json& order) {
        return nlohmann::json::parse(post(path, order).body);
    }
};

}  // namespace chathook::test
