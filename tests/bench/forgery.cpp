// What refusing a forged signature costs when the body makes the verifier try its JSON.stringify form, beside
// one that is plainly wrong: instructions in user space (perf_event_open), which a busy machine does not
// change, and processor time. Prints one JSON line a kind; docs/performance.md has the figures.
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>
#include <chathook/vendor.hpp>

#include "support/clock.hpp"
#include "support/signed_request.hpp"
#include "vendors/catalog.hpp"

namespace {

using namespace chathook;

constexpr int warm_up = 200;

class Counter {
public:
    Counter() {
        perf_event_attr wanted{};
        wanted.size = sizeof wanted;
        wanted.type = PERF_TYPE_HARDWARE;
        wanted.config = PERF_COUNT_HW_INSTRUCTIONS;
        wanted.exclude_kernel = 1;
        wanted.exclude_hv = 1;
        fd_ = static_cast<int>(syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0));
    }
    ~Counter() {
        if (fd_ >= 0) close(fd_);
    }
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;

    std::uint64_t read() const {
        std::uint64_t count = 0;
        return fd_ >= 0 && ::read(fd_, &count, sizeof count) == sizeof count ? count : 0;
    }

private:
    int fd_;
};

double cpu_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

std::string conversation(std::size_t bytes, std::string_view blank) {
    const std::string colon = ":" + std::string(blank);
    std::string text = "{\"conversationId\"" + colon + "\"clP5fVfvHISpzpLkJub2\",\"messages\"" + colon + "[";
    const std::string line = "{\"senderRole\"" + colon + "\"human\",\"text\"" + colon +
                             "\"Hello! I ordered two weeks ago and nothing has arrived yet, can you help?\"}";
    for (bool first = true; text.size() + line.size() + 3 <= bytes; first = false) {
        if (!first) text += ',';
        text += line;
    }
    text += "]}";
    // Blanks at the end would be one more reason to be printed: they go into the last text.
    text.insert(text.size() - (text.find("text") == text.npos ? 2 : 4),
                std::string(bytes - text.size(), 'x'));
    return text;
}

// The worst that is known: many small numbers, whose printing has no shortcut.
std::string fractions(std::size_t bytes) {
    std::string text = "[";
    for (int i = 1; text.size() + 24 < bytes; ++i) {
        text += std::to_string(i * 7919 % 1000003) + "." + std::to_string(1000000007 + i * 31) + "e1,";
    }
    text += '1';
    text += ']';
    text.insert(1, std::string(bytes - text.size(), ' '));
    return text;
}

// One key after another, no two alike, in descending order: they have to be sorted.
std::string keys(std::size_t bytes) {
    std::string text = "{";
    for (int i = 999'999; text.size() + 24 < bytes; --i) text += "\"" + std::to_string(i) + "\":0,";
    text += "\"x\":0}";
    text.insert(1, std::string(bytes - text.size(), ' '));
    return text;
}

struct Kind {
    const char* name;
    std::string (*body)(std::size_t);
};

}  // namespace

int main() {
    const Kind kinds[] = {
        {"plainly wrong", [](std::size_t bytes) { return "\x01" + std::string(bytes - 1, 'x'); }},
        {"printed as V8 does", [](std::size_t bytes) { return conversation(bytes, ""); }},
        {"blanks between tokens", [](std::size_t bytes) { return conversation(bytes, " "); }},
        {"escapes only",
         [](std::size_t bytes) {
             std::string text = "[\"";
             while (text.size() + 8 < bytes) text += "\\u000a";
             return text + std::string(bytes - text.size() - 2, 'x') + "\"]";
         }},
        {"empty arrays",
         [](std::size_t bytes) {
             std::string text = "[[]";
             while (text.size() + 4 < bytes) text += ",[]";
             return text + std::string(bytes - text.size() - 1, ' ') + "]";
         }},
        {"fractions", fractions},
        {"index keys, descending", keys},
    };
    const Counter counter;
    for (const char* vendor_name : {"chatbase", "wonderchat"}) {
        const auto vendor = vendors::make_vendor(vendor_name, test::settings_with("a secret of some length"));
        for (const std::size_t bytes : {std::size_t{500}, std::size_t{4000}, std::size_t{100'000}}) {
            double plain = 0;
            for (const Kind& kind : kinds) {
                const std::string body = kind.body(bytes);
                if (body.size() != bytes) std::abort();
                const test::SignedRequest sent(body, vendor->sign("another body", "", now()));
                const Request request = sent.request();
                const int rounds = static_cast<int>(20'000'000 / (bytes + 2000));
                std::uint64_t before = 0;
                double began = 0;
                for (int i = -warm_up; i < rounds; ++i) {
                    if (i == 0) {
                        before = counter.read();
                        began = cpu_nanoseconds();
                    }
                    if (vendor->verify(request, now()).has_value()) std::abort();
                }
                const double instructions = static_cast<double>(counter.read() - before) / rounds;
                const double nanoseconds = (cpu_nanoseconds() - began) / rounds;
                if (plain == 0) plain = instructions > 0 ? instructions : nanoseconds;
                std::printf(
                    "{\"vendor\":\"%s\",\"bytes\":%zu,\"body\":\"%s\",\"instructions\":%.0f,"
                    "\"nanoseconds\":%.0f,\"times_plain\":%.2f}\n",
                    vendor_name, bytes, kind.name, instructions, nanoseconds,
                    (instructions > 0 ? instructions : nanoseconds) / plain);
            }
        }
    }
}
