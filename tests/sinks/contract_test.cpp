// The contract of every kind of sink, whatever it delivers to.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <thread>

#include "sinks/files.hpp"
#include "sinks/made_sink.hpp"
#include "sinks/stdout.hpp"
#include "support/deliveries.hpp"
#include "support/http_receiver.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using namespace std::chrono_literals;

namespace {

// One kind of sink with its receiver.
class Subject {
public:
    virtual ~Subject() = default;
    virtual Sink& sink() = 0;
    virtual std::string received() = 0;  // everything, one line per event
};

class FileSubject final : public Subject {
public:
    FileSubject() {
        SinkSettings settings = test::default_settings("file");
        settings.set("path", (directory_.path() / "events.jsonl").string());
        sink_ = test::make_sink("file", settings);
    }
    Sink& sink() override { return *sink_; }
    std::string received() override { return test::content_of(directory_.path() / "events.jsonl"); }

private:
    test::TempDirectory directory_;
    std::unique_ptr<Sink> sink_;
};

class StdoutSubject final : public Subject {
public:
    StdoutSubject() {
        REQUIRE(::pipe(ends_.data()) == 0);
        reader_ = std::thread([this] {
            char buffer[4096];
            while (true) {
                const ssize_t got = ::read(ends_[0], buffer, sizeof buffer);
                if (got <= 0) return;
                text_.append(buffer, static_cast<std::size_t>(got));
            }
        });
        stream_.emplace(ends_[1]);
        sink_ = sinks::make_stream_sink(*stream_, sinks::LineFormat::json, {});
    }
    ~StdoutSubject() override {
        finish();
        ::close(ends_[0]);
    }
    Sink& sink() override { return *sink_; }
    std::string received() override {
        finish();
        return text_;
    }

private:
    void finish() {
        if (!reader_.joinable()) return;
        ::close(ends_[1]);
        reader_.join();
    }

    std::array<int, 2> ends_{};
    std::thread reader_;
    std::string text_;
    std::optional<LineStream> stream_;
    std::unique_ptr<Sink> sink_;
};

class HttpSubject final : public Subject {
public:
    HttpSubject() {
        SinkSettings settings = test::default_settings("http");
        settings.set("url", receiver_.url());
        sink_ = test::make_sink("http", settings);
    }
    Sink& sink() override { return *sink_; }
    std::string received() override {
        std::string text;
        for (const test::ReceivedRequest& request : receiver_.requests()) text += request.body + '\n';
        return text;
    }

private:
    test::HttpReceiver receiver_;
    std::unique_ptr<Sink> sink_;
};

using MakeSubject = std::unique_ptr<Subject> (*)();
template <class Kind>
std::unique_ptr<Subject> make() {
    return std::make_unique<Kind>();
}

const std::map<std::string, MakeSubject> subjects{
    {"file", make<FileSubject>}, {"http", make<HttpSubject>}, {"stdout", make<StdoutSubject>}};

}  // namespace

TEST_CASE("every kind of sink in the catalog is held to the contract") {
    for (const SinkKind& kind : sinks::sink_kinds()) {
        CAPTURE(kind.name);
        CHECK(subjects.contains(std::string(kind.name)));
        CHECK(sinks::find_sink_kind(kind.name) == &kind);
        CHECK(kind.traits.batch_events_max > 0);
        CHECK(kind.traits.batch_bytes_max > 0);
    }
    CHECK(subjects.size() == sinks::sink_kinds().size());
    CHECK(sinks::find_sink_kind("kafka") == nullptr);
}

TEST_CASE("every option of every sink has a help text") {
    for (const SinkKind& kind : sinks::sink_kinds()) {
        for (const OptionSpec& option : kind.options) {
            CAPTURE(kind.name, option.key);
            CHECK_FALSE(option.help.empty());
            CHECK((option.kind == OptionKind::choice) == !option.choices.empty());
            CHECK_FALSE((option.required && !option.fallback.empty()));
        }
    }
}

TEST_CASE("a sink delivers every event in order, complete and once") {
    for (const auto& [name, make_subject] : subjects) {
        CAPTURE(name);
        const auto subject = make_subject();
        auto batch = test::numbered_deliveries(1, 20);
        batch.push_back(test::numbered_delivery(21, std::string(100'000, 'x')));
        batch.push_back(test::numbered_delivery(22, "h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \\n \\u0000"));
        CHECK(test::all_delivered(test::deliver(subject->sink(), batch), batch.size()));
        const auto second = test::numbered_deliveries(23, 40);
        CHECK(test::all_delivered(test::deliver(subject->sink(), second), second.size()));
        CHECK(subject->received() == test::lines_of(batch) + test::lines_of(second));
    }
}

TEST_CASE("a sink that is told to stop tries nothing more") {
    for (const auto& [name, make_subject] : subjects) {
        CAPTURE(name);
        const auto subject = make_subject();
        std::stop_source stop;
        stop.request_stop();
        const auto batch = test::numbered_deliveries(1, 3);
        CHECK(subject->sink().deliver(batch, stop.get_token()).empty());
        CHECK(subject->received().empty());
    }
}

TEST_CASE("a sink whose batch is recalled begins nothing more, and accepts the next batch") {
    for (const auto& [name, make_subject] : subjects) {
        CAPTURE(name);
        const auto subject = make_subject();
        const auto batch = test::numbered_deliveries(1, 3);
        subject->sink().hand_over();
        subject->sink().recall();
        CHECK(test::deliver(subject->sink(), batch).empty());
        subject->sink().hand_over();
        CHECK(test::all_delivered(test::deliver(subject->sink(), batch), batch.size()));
        CHECK(subject->sink().begun() == batch.size());
        CHECK(subject->received() == test::lines_of(batch));
    }
}

TEST_CASE("a sink may be reopened at any time without losing an event") {
    for (const auto& [name, make_subject] : subjects) {
        CAPTURE(name);
        const auto subject = make_subject();
        std::jthread reopener([&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                subject->sink().reopen();
                std::this_thread::yield();
            }
        });
        const auto batch = test::numbered_deliveries(1, 50);
        CHECK(test::all_delivered(test::deliver(subject->sink(), batch), batch.size()));
        reopener.request_stop();
        reopener.join();
        CHECK(subject->received() == test::lines_of(batch));
    }
}
