#include "store/request_table.hpp"

#include <catch2/catch.hpp>

#include <sqlite3.h>

#include <cerrno>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "format/request_reader.hpp"
#include "store/opened.hpp"

using namespace chathook;
using namespace chathook::journal;
using namespace chathook::journal::test;
using namespace chathook::store;
using namespace chathook::store::test;

namespace {

// An event with the key of `name` and these bytes.
Event event_with(const std::string& name, const std::string& bytes) {
    Event event = event_of(name);
    event.text = "{\"original\":" + bytes + "}";
    event.original_at = 12;
    event.original_size = bytes.size();
    return event;
}

struct WithRequests : Opened {
    Answers append(const Parcel& parcel) {
        Answers answers;
        for (const Parcel::Part& part : parcel.parts)
            answers.push_back(store.append(*part.event, part.sinks));
        store.append_request(parcel, answers);
        return answers;
    }
    std::string rows() { return value_of("SELECT group_concat(first || '-' || last) FROM requests"); }
    std::string repeats() { return value_of("SELECT group_concat(first || ':' || seq) FROM repeats"); }
    // The bytes of a row, with one of them changed.
    void flip(std::uint64_t first, std::size_t at) {
        Statement read(database, "SELECT data FROM requests WHERE first = ?1");
        std::string data;
        if (Rows row = read.run(first); row.next()) data = row.bytes(0);
        REQUIRE(at < data.size());
        data[at] = static_cast<char>(data[at] ^ 1);
        Statement(database, "UPDATE requests SET data = ?2 WHERE first = ?1").execute(first, Blob{data});
    }

    format::RequestReader reader{database};
};

// What a store has to know, kept in the simplest way.
struct Model {
    struct Part {
        std::uint64_t sequence;
        bool own, same;
        bool erased = false;
    };
    struct Request {
        Parcel parcel;
        std::vector<Part> parts;
        bool envelope_erased = false;
    };

    Appended append(const std::string& name, const std::string& bytes) {
        const auto [known, is_new] = by_name.try_emplace(name, originals.size() + 1);
        if (!is_new) return {known->second, true};
        originals.push_back(bytes);
        alive.insert(known->second);
        return {known->second, false};
    }
    void append(const Parcel& parcel, const std::vector<std::string>& names) {
        Request request{parcel, {}};
        bool stores = false;
        for (std::size_t at = 0; at < names.size(); ++at) {
            const std::string bytes(parcel.parts[at].event->original());
            const Appended appended = append(names[at], bytes);
            const bool same = alive.contains(appended.sequence) && originals[appended.sequence - 1] == bytes;
            request.parts.push_back({appended.sequence, !appended.duplicate, same});
            stores = stores || !appended.duplicate;
        }
        if (stores) requests.push_back(request);
    }
    void forget(const std::vector<std::uint64_t>& sequences) {
        for (const std::uint64_t sequence : sequences) alive.erase(sequence);
        for (Request& request : requests) {
            for (const Part& part : request.parts) {
                const bool forgotten =
                    std::find(sequences.begin(), sequences.end(), part.sequence) != sequences.end();
                if (part.own && forgotten) request.envelope_erased = true;
            }
        }
        std::erase_if(requests, [&](const Request& request) {
            return std::none_of(request.parts.begin(), request.parts.end(),
                                [&](const Part& part) { return part.own && alive.contains(part.sequence); });
        });
    }
    void erase(const std::vector<std::uint64_t>& sequences) {
        std::vector<std::uint64_t> erased;
        std::copy_if(sequences.begin(), sequences.end(), std::back_inserter(erased),
                     [&](std::uint64_t sequence) { return alive.contains(sequence); });
        forget(erased);
        for (Request& request : requests) {
            for (Part& part : request.parts) {
                if (std::find(erased.begin(), erased.end(), part.sequence) == erased.end()) continue;
                part.erased = request.envelope_erased = true;
            }
        }
    }
    std::optional<StoredRequest> request_of(std::uint64_t sequence) const {
        for (const Request& request : requests) {
            StoredRequest told{.id = request.parcel.id, .count = request.parts.size()};
            bool has = false;
            for (std::size_t at = 0; at < told.count; ++at) {
                const Part& part = request.parts[at];
                if (part.own && part.sequence == sequence) {
                    has = true;
                    told.index = at;
                }
                const bool there = alive.contains(part.sequence) && !part.erased && part.same;
                if (!there) told.missing.push_back(at);
            }
            told.envelope_erased = request.envelope_erased;
            if (told.is_whole()) told.body = body_of(request.parcel);
            if (has) return told;
        }
        return std::nullopt;
    }

    std::map<std::string, std::uint64_t> by_name;
    std::vector<std::string> originals;  // by sequence, from 1
    std::set<std::uint64_t> alive;
    std::vector<Request> requests;
};

// Lets every write after the first `count` of them fail with EIO.
class FailingAfter {
public:
    explicit FailingAfter(int count) {
        left = count;
        replace(&write);
    }
    ~FailingAfter() { replace(nullptr); }

private:
    static ssize_t write(int descriptor, const void* bytes, size_t count, off_t at) {
        if (left-- > 0) return ::pwrite(descriptor, bytes, count, at);
        errno = EIO;
        return -1;
    }
    static void replace(ssize_t (*call)(int, const void*, size_t, off_t)) {
        sqlite3_vfs* system = sqlite3_vfs_find("unix");
        system->xSetSystemCall(system, "pwrite", reinterpret_cast<sqlite3_syscall_ptr>(call));
        system->xSetSystemCall(system, "pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(call));
    }
    static inline int left = 0;
};

// A store and its model, to which the same random things happen.
class Twins {
public:
    explicit Twins(unsigned seed) : random_(seed) {}

    void take_step() {
        const bool rolls_back = below(6) == 0;
        const std::size_t what = below(10);
        Model next = model;
        on.store.begin();
        if (what < 5) {
            append_parcel(next);
        } else if (what < 6) {
            const std::string name = some_name(), bytes = "\"" + name + "\"";
            on.store.append(event_with(name, bytes), {});
            next.append(name, bytes);
        } else if (what < 8) {
            const auto sequences = some_sequences();
            on.store.erase(sequences, {}, recently);
            next.erase(sequences);
        } else {
            // Retention lists what has a record.
            auto sequences = some_sequences();
            std::erase_if(sequences, [&](std::uint64_t each) { return !model.alive.contains(each); });
            on.store.forget(sequences, recently);
            next.forget(sequences);
        }
        if (rolls_back) return on.store.rollback();
        on.store.commit();
        model = std::move(next);
        ++steps_;
    }

    // Of the newest events, and of some of the others.
    void require_equal() {
        REQUIRE(on.store.counts().newest == model.originals.size());
        REQUIRE(on.value_of("SELECT count(*) FROM requests") == std::to_string(model.requests.size()));
        const std::uint64_t past = model.originals.size() + 1;
        for (std::uint64_t at = 0; at < 24; ++at) {
            const std::uint64_t sequence = at < 8 ? past - std::min(at, past) : below(past);
            const auto told = on.reader.request_of(sequence);
            const auto expected = model.request_of(sequence);
            REQUIRE(told.has_value() == expected.has_value());
            if (!told) continue;
            REQUIRE(told->id == expected->id);
            REQUIRE(told->index == expected->index);
            REQUIRE(told->count == expected->count);
            REQUIRE(told->missing == expected->missing);
            REQUIRE(told->envelope_erased == expected->envelope_erased);
            REQUIRE(told->body == expected->body);
        }
    }

    WithRequests on;
    Model model;

private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    std::string some_name() { return std::to_string(below(steps_ * 8 + 8)); }
    std::vector<std::uint64_t> some_sequences() {
        std::set<std::uint64_t> some;
        for (std::size_t count = 1 + below(4); count > 0 && !model.originals.empty(); --count)
            some.insert(1 + below(model.originals.size()));
        return {some.begin(), some.end()};
    }
    void append_parcel(Model& next) {
        std::vector<std::string> names;
        Parcel parcel = parcel_of({});
        parcel.id = id_of("request-" + std::to_string(++made_));
        parcel.envelope = "[" + std::string(below(4) == 0 ? 9'000 : 10, ' ') + "]";
        std::uint64_t at = 0;
        for (std::size_t count = 1 + below(below(8) == 0 ? 20 : 5); count > 0; --count) {
            names.push_back(some_name());
            const std::string bytes = "\"" + names.back() + (below(5) == 0 ? " again\"" : "\"");
            at = std::min<std::uint64_t>(at + below(3), parcel.envelope.size());
            parcel.parts.push_back({std::make_shared<const Event>(event_with(names.back(), bytes)), {}, at});
        }
        on.append(parcel);
        next.append(parcel, names);
    }

    std::mt19937 random_;
    std::size_t steps_ = 0;
    unsigned made_ = 0;
};

}  // namespace

TEST_CASE("what is stored of requests is what a model of it has, whatever happens to their events") {
    Twins twins(GENERATE(range(1u, 5u)));
    for (int step = 0; step < 50; ++step) {
        twins.take_step();
        twins.require_equal();
    }
    twins.on.commit([&] {
        const std::vector<std::uint64_t> all(twins.model.alive.begin(), twins.model.alive.end());
        twins.on.store.forget(all, recently);
    });
    CHECK(twins.on.rows().empty());
    CHECK(twins.on.repeats().empty());
}

TEST_CASE("a journal needs what it did not before with its first request of several events, not sooner") {
    WithRequests on;
    on.commit([&] { on.store.append(event_of("a"), {}); });
    on.commit([&] { CHECK(on.append(parcel_of({"a", "a"})) == Answers{{1, true}, {1, true}}); });
    CHECK(on.rows().empty());
    CHECK(on.value_of("SELECT count(*) FROM needs") == "0");
    on.commit([&] { on.append(parcel_of({"a", "b", "c"})); });
    CHECK(on.rows() == "2-3");
    CHECK(on.repeats() == "2:1");
    CHECK(on.value_of("SELECT group_concat(feature) FROM needs") == "requests");
    on.commit([&] { on.append(parcel_of({"d"})); });
    CHECK(on.rows() == "2-3,4-4");
    CHECK(on.value_of("SELECT count(*) FROM needs") == "1");
}

TEST_CASE("an erasure deletes a request that is not as it was written, and no event with it") {
    WithRequests on;
    const Parcel parcel = parcel_of({"a", "b", "c"});
    on.commit([&] { on.append(parcel); });
    on.flip(1, GENERATE(0u, 20u, 45u, 70u));
    CHECK_FALSE(on.reader.request_of(2));
    on.commit([&] { CHECK(on.store.erase(Sequences{2}, {}, recently).events == 1); });
    CHECK(on.rows().empty());
    CHECK(on.value_of("SELECT group_concat(seq) FROM events") == "1,3");
}

TEST_CASE("of a request whose commit the disk interrupted, all events are there or none") {
    Parcel parcel = parcel_of(names(300));
    parcel.envelope += std::string(1 << 20, ' ');  // more than one write takes
    bool complete = false;
    int interrupted = 0;
    for (int writes = 0; !complete; ++writes) {
        CAPTURE(writes);
        Place place;
        {
            const auto journal = place.open();
            REQUIRE(append(*journal, event_of("before")));
            const FailingAfter disk(writes);
            complete = append_parcel(*journal, parcel).has_value();
            interrupted += complete ? 0 : 1;
        }
        const auto journal = place.open();
        const auto reader = journal->open_reader();
        Query all;
        all.limit = 1000;
        const std::size_t events = found(*reader, all).size();
        const auto request = reader->request_of(2).value();
        REQUIRE((events == 1 || events == 301));
        REQUIRE(request.has_value() == (events == 301));
        if (request) REQUIRE(request->body == body_of(parcel));
        if (complete) REQUIRE(events == 301);
    }
    CHECK(interrupted > 1);
}
