#include "journal/fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "store/engine.hpp"

namespace chathook::journal::test {

WriterHold::WriterHold(Questions& journal) : journal_(journal) {
    subscription_ = journal_.subscribe([this](std::uint64_t) {
        std::unique_lock lock(mutex_);
        held_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return released_; });
    });
}

WriterHold::~WriterHold() {
    release();
    journal_.unsubscribe(subscription_);
}

void WriterHold::wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return held_; });
}

void WriterHold::release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
}

// As long as a real id. It begins with the time of receipt, and in tests it ends with the name.
std::string id_of(std::string_view name, Instant received) {
    char time[14];
    const auto milliseconds = received.time_since_epoch().count() / 1000;
    std::snprintf(time, sizeof time, "%08llx-%04llx", static_cast<unsigned long long>(milliseconds >> 16),
                  static_cast<unsigned long long>(milliseconds & 0xffff));
    const std::string end(name.substr(0, 12));
    return std::string(time) + "-739b-aea5-" + std::string(12 - end.size(), '0') + end;
}

Event event_of(std::string_view name, Instant received) {
    Event event;
    event.id = id_of(name, received);
    event.source = "lynn-support";
    event.vendor = "lynn";
    event.type = "handover.requested";
    event.vendor_type = "handover";
    event.received = received;
    event.text = R"({"specversion":"1.0","data":{"original":")" + std::string(name) + R"("}})";
    event.original_at = event.text.rfind(name) - 1;
    event.original_size = name.size() + 2;
    const std::uint64_t hash = std::hash<std::string_view>()(name);
    for (std::size_t at = 0; at < event.dedupe_key.size(); ++at) {
        event.dedupe_key[at] = static_cast<std::uint8_t>(hash >> (at % 8 * 8));
    }
    return event;
}

Result<Appended> append(Intake& journal, Event event, SinkSet sinks) {
    std::vector<Event> events;
    events.push_back(std::move(event));
    return append_all(journal, std::move(events), sinks).front();
}

std::vector<Result<Appended>> append_all(Intake& journal, std::vector<Event> events, SinkSet sinks) {
    boost::asio::io_context context;
    std::vector<std::vector<Result<Appended>>> answers(events.size());
    for (std::size_t at = 0; at < events.size(); ++at) {
        boost::asio::co_spawn(context,
                              journal.append(std::make_shared<const Event>(std::move(events[at])), sinks),
                              [&answers, at](std::exception_ptr error, Result<Appended> answer) {
                                  if (error) std::rethrow_exception(error);
                                  answers[at].push_back(answer);
                              });
    }
    context.run();
    std::vector<Result<Appended>> all;
    for (const auto& answer : answers) {
        if (answer.size() != 1) throw std::logic_error("an append was not answered exactly once");
        all.push_back(answer.front());
    }
    return all;
}

Parcel parcel_of(const std::vector<std::string>& names, SinkSet sinks, Instant received) {
    Parcel parcel;
    parcel.id = id_of("r-" + (names.empty() ? std::string() : names.front()), received);
    parcel.envelope = "[";
    for (const std::string& name : names) {
        parcel.parts.push_back(
            {std::make_shared<const Event>(event_of(name, received)), sinks, parcel.envelope.size()});
        parcel.envelope += ',';
    }
    parcel.envelope.back() = ']';
    return parcel;
}

Parcel with_first(const Parcel& parcel, Event event) {
    Parcel longer = parcel;
    longer.parts.insert(longer.parts.begin(), {std::make_shared<const Event>(std::move(event)), {}, 0});
    return longer;
}

std::string body_of(const Parcel& parcel) {
    std::string body;
    std::uint64_t taken = 0;
    for (const Parcel::Part& part : parcel.parts) {
        body += parcel.envelope.substr(taken, part.at - taken);
        body += part.event->original();
        taken = part.at;
    }
    return body + parcel.envelope.substr(taken);
}

std::vector<std::string> names(std::size_t count, const std::string& begin) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < count; ++at) all.push_back(begin + std::to_string(at));
    return all;
}

Result<Answers> append_parcel(Intake& journal, Parcel parcel) {
    boost::asio::io_context context;
    std::vector<Result<Answers>> answers;
    boost::asio::co_spawn(context, journal.append(std::make_shared<const Parcel>(std::move(parcel))),
                          [&answers](std::exception_ptr error, Result<Answers> answer) {
                              if (error) std::rethrow_exception(error);
                              answers.push_back(std::move(answer));
                          });
    context.run();
    if (answers.size() != 1) throw std::logic_error("a parcel was not answered exactly once");
    return std::move(answers.front());
}

Sequences due(Reader& reader, SinkNumber sink, std::uint64_t after) {
    Sequences sequences;
    for (const Delivery& delivery : reader.due(sink, after, 1000, 1 << 20).value()) {
        sequences.push_back(delivery.sequence);
    }
    return sequences;
}

Sequences found(Reader& reader, const Query& query) {
    Sequences sequences;
    for (const Reader::Row& row : reader.find(query).value()) sequences.push_back(row.sequence);
    return sequences;
}

Settlement delivered(std::uint64_t sequence) { return {sequence, Settlement::Kind::delivered, 1, ""}; }

Settlement dead(std::uint64_t sequence, std::string reason) {
    return {sequence, Settlement::Kind::dead, 5, std::move(reason)};
}

Settlement tried(std::uint64_t sequence, unsigned attempts, std::string reason, std::chrono::seconds pause) {
    return {sequence, Settlement::Kind::tried, attempts, std::move(reason), {}, now() + pause};
}

std::unique_ptr<Journal> Place::open() {
    return open_journal(store::open_engine, settings, metrics, [this](const std::string& reason) {
        const std::lock_guard lock(mutex);
        fatal.push_back(reason);
    });
}

std::pair<int, std::string> Place::refusal() {
    try {
        open();
    } catch (const OpenError& error) {
        return {error.exit_code(), error.what()};
    }
    return {0, "opened"};
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace chathook::journal::test
