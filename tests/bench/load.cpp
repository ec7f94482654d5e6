// A load of webhooks: keep-alive connections to one address, each sending its next request once the last was
// answered, or, with rate=, when its time has come. Every body is another event, signed by the text that its
// vendor signs. Prints one JSON object. One thread, epoll; loopback only.
//
//   load port=N path=/P secret=TEXT header=NAME body=FILE [name=value]...
//     prefix=       before the hexadecimal MAC: "sha256="
//     body=, signed= files of what is sent and of what is signed (the same, when not given); in each, the
//                   first run of @ is replaced by the event's number
//     status=200    the status of every answer; any other is an error
//     connections=64  seconds=8  tls=1
//     first=1       the number of the first event
//     count=N       sends so many and ends when all are answered, if seconds did not end it before
//     rate=N        requests a second over all connections; the time of an answer then counts from when its
//                   request was due, so that a server that stands still is not spared (no coordinated
//                   omission)
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "load_connection.hpp"
#include "load_requests.hpp"

namespace {

using bench::Clock;
using bench::Connection;

class Options {
public:
    Options(int argc, char** argv) {
        for (int at = 1; at < argc; ++at) {
            const std::string_view word = argv[at];
            const std::size_t equals = word.find('=');
            if (equals == word.npos)
                throw std::invalid_argument("expected name=value, not " + std::string(word));
            values_[std::string(word.substr(0, equals))] = word.substr(equals + 1);
        }
    }
    std::string text(const std::string& name) const {
        const auto found = values_.find(name);
        if (found == values_.end()) throw std::invalid_argument(name + "= is missing");
        return found->second;
    }
    std::string text(const std::string& name, const std::string& otherwise) const {
        return values_.contains(name) ? text(name) : otherwise;
    }
    double number(const std::string& name, const char* otherwise) const {
        return std::stod(text(name, otherwise));
    }

private:
    std::map<std::string, std::string> values_;
};

struct Counts {
    std::vector<std::uint32_t> microseconds;  // of every answer with the right status
    unsigned long long errors = 0;            // other answers, and connections that ended without one
    unsigned long long reconnects = 0;        // after an answer: the server's requests_per_connection
};

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

double own_cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto in_seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

// Sends and counts until the time is over.
class Load {
public:
    explicit Load(const Options& options)
        : requests_(make_requests(options)),
          status_("HTTP/1.1 " + options.text("status", "200") + " "),
          duration_(std::chrono::duration_cast<Clock::duration>(
              std::chrono::duration<double>(options.number("seconds", "8")))) {
        const double rate = options.number("rate", "0");
        if (rate > 0)
            interval_ = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
        const auto port = static_cast<std::uint16_t>(std::stoul(options.text("port")));
        for (double left = options.number("connections", "64"); left > 0; --left)
            connections_.push_back(
                std::make_unique<Connection>(port, epoll_.descriptor, options.text("tls", "") == "1"));
        count_ = static_cast<std::size_t>(options.number("count", "0"));
        counts_.microseconds.reserve(4'000'000);
    }

    void run() {
        const double cpu_before = own_cpu_seconds();
        const auto started = Clock::now();
        next_due_ = started;
        for (auto& connection : connections_) idle_.push_back(connection.get());
        std::array<epoll_event, 256> events;
        while (Clock::now() - started < duration_ && !answered_all()) {
            const int timeout = send_what_is_due();
            const int ready =
                ::epoll_wait(epoll_.descriptor, events.data(), static_cast<int>(events.size()), timeout);
            for (int at = 0; at < ready; ++at)
                receive(*static_cast<Connection*>(events[static_cast<std::size_t>(at)].data.ptr));
        }
        report(seconds(Clock::now() - started), own_cpu_seconds() - cpu_before);
    }

private:
    struct Epoll {
        int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
        ~Epoll() { ::close(descriptor); }
    };

    bool sent_all() const { return count_ > 0 && sent_ >= count_; }
    bool answered_all() const { return sent_all() && idle_.size() == connections_.size(); }

    static bench::Requests make_requests(const Options& options) {
        const std::string body = options.text("body");
        return {{options.text("path"), options.text("header"), options.text("prefix", "")},
                options.text("secret"),
                body,
                options.text("signed", body),
                std::stoull(options.text("first", "1"))};
    }

    // Answers how many milliseconds there is nothing to send. A paced load asks again and again: its clock is
    // finer than a millisecond, and its core is its own.
    int send_what_is_due() {
        while (!idle_.empty() && !sent_all()) {
            const auto now = Clock::now();
            if (interval_ > Clock::duration::zero() && next_due_ > now) return 0;
            Connection& connection = *idle_.front();
            idle_.pop_front();
            connection.send(requests_.next(), interval_ > Clock::duration::zero() ? next_due_ : now);
            next_due_ += interval_;
            ++sent_;
        }
        return interval_ > Clock::duration::zero() ? 1 : 100;
    }

    void receive(Connection& connection) {
        const bool awaited = connection.busy();
        const auto answer = connection.receive();
        if (answer == Connection::Answer::none) return;
        if (!awaited) return connection.reopen();  // it waits in idle_ and was closed there
        if (answer == Connection::Answer::complete && connection.answer().starts_with(status_)) {
            const auto took =
                std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - connection.due());
            counts_.microseconds.push_back(static_cast<std::uint32_t>(took.count()));
        } else {
            ++counts_.errors;
        }
        if (answer == Connection::Answer::ended || connection.says_close()) {
            if (answer == Connection::Answer::complete) ++counts_.reconnects;
            connection.reopen();
        }
        idle_.push_back(&connection);
    }

    double percentile_ms(double share) const {
        const auto& sorted = counts_.microseconds;
        if (sorted.empty()) return 0;
        return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))] / 1000.0;
    }

    void report(double took, double cpu) {
        std::sort(counts_.microseconds.begin(), counts_.microseconds.end());
        std::printf(
            "{\"requests\":%zu,\"errors\":%llu,\"reconnects\":%llu,\"seconds\":%.3f,\"rate\":%.0f,"
            "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"load_cpu_share\":%.3f}\n",
            counts_.microseconds.size(), counts_.errors, counts_.reconnects, took,
            static_cast<double>(counts_.microseconds.size()) / took, percentile_ms(0.50), percentile_ms(0.99),
            percentile_ms(0.999), cpu / took);
    }

    bench::Requests requests_;
    const std::string status_;
    const Clock::duration duration_;
    std::size_t count_ = 0;  // 0: until the time is over
    std::size_t sent_ = 0;
    Clock::duration interval_{};  // between two requests; 0: as fast as they are answered
    Clock::time_point next_due_{};
    Epoll epoll_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::deque<Connection*> idle_;
    Counts counts_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        Load(Options(argc, argv)).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        return 1;
    }
}
