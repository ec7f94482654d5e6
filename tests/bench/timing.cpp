// Whether the time of a refusal tells how much of a forged MAC was right: Welch's t-test over two kinds of
// forgery, in turns at random, as dudect does it (Reparaz, Balasch, Verbauwhede, DATE 2017). A comparison
// that leaves off early is measured in the same run and has to be found out, else the run says nothing.
//   timing_bench [measurements] [vendor]
// Prints one JSON line a test; exits 1 if a vendor leaks, 2 if the planted leak was not seen.
#include <x86intrin.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "support/signed_request.hpp"
#include "vendors/catalog.hpp"
#include "verify/encoding.hpp"
#include "verify/hmac.hpp"

namespace {

using namespace chathook;

constexpr std::uint64_t measurements_usual = 5'000'000;
constexpr std::size_t batch = 2000;
constexpr std::size_t learnt_from = 100'000;  // measurements that only set where to crop
constexpr std::size_t crops = 20;
constexpr double harmless_below = 10, found_above = 100;
constexpr Instant now{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view secret = "a secret of some length";

// Means and variances of two classes, kept up to date (Welford).
class Welch {
public:
    void add(bool second, double value) {
        Class& c = classes_[second ? 1 : 0];
        c.count += 1;
        const double step = value - c.mean;
        c.mean += step / c.count;
        c.squares += step * (value - c.mean);
    }

    double t() const {
        const auto& [a, b] = classes_;
        if (a.count < 10'000 || b.count < 10'000) return 0;
        const double spread = a.squares / (a.count - 1) / a.count + b.squares / (b.count - 1) / b.count;
        return spread > 0 ? (a.mean - b.mean) / std::sqrt(spread) : 0;
    }

    double mean() const { return classes_[0].mean; }

private:
    struct Class {
        double count = 0, mean = 0, squares = 0;
    };
    std::array<Class, 2> classes_;
};

// The same test over all times and over those under each of some percentiles: interrupts and cache misses are
// in the way of small differences. Reports the worst.
class CroppedTest {
public:
    void add(bool second, std::uint64_t cycles) {
        if (learnt_.size() < learnt_from) {
            learnt_.push_back(cycles);
            if (learnt_.size() == learnt_from) learn();
            return;
        }
        const auto value = static_cast<double>(cycles);
        tests_[crops].add(second, value);
        for (std::size_t i = 0; i < crops; ++i) {
            if (cycles < limits_[i]) tests_[i].add(second, value);
        }
    }

    double worst() const {
        double worst = 0;
        for (const Welch& test : tests_) worst = std::max(worst, std::abs(test.t()));
        return worst;
    }

    double cycles() const { return tests_[crops - 1].mean(); }

private:
    void learn() {
        std::sort(learnt_.begin(), learnt_.end());
        for (std::size_t i = 0; i < crops; ++i) {
            const double share = 1 - std::pow(0.5, 10.0 * static_cast<double>(i + 1) / crops);
            limits_[i] = learnt_[static_cast<std::size_t>(share * (learnt_from - 1))];
        }
    }

    std::vector<std::uint64_t> learnt_;
    std::array<std::uint64_t, crops> limits_{};
    std::array<Welch, crops + 1> tests_;
};

using Refuses = std::function<bool(const Request&)>;
using Mac = std::string;  // bytes

struct Trial {
    std::string_view vendor, test;
    const verify::Vendor& honest;
    std::string body;
    Mac fixed;  // the first class: this MAC, its last byte wrong if `near`; the second: any MAC
    bool near;
    Refuses refuses;
};

class Forge {
public:
    explicit Forge(const Trial& trial)
        : trial_(trial), header_(trial.honest.sign(trial.body, "", now).front()) {}

    std::string header_name() const { return header_.name; }

    std::string value(bool second) {
        Mac mac = trial_.fixed;
        if (second) {
            for (char& byte : mac) byte = static_cast<char>(random_());
        } else if (trial_.near) {
            mac.back() = static_cast<char>(mac.back() ^ (1 + random_() % 255));
        }
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(mac.data());
        std::string text = header_.value;
        text.resize(text.size() - 2 * mac.size());
        return text + verify::encode_hex({bytes, mac.size()});
    }

    bool coin() { return (random_() & 1) != 0; }

private:
    const Trial& trial_;
    SignedHeader header_;
    std::mt19937_64 random_{std::random_device{}()};
};

std::uint64_t begin_time() {
    _mm_mfence();
    _mm_lfence();
    return __rdtsc();
}

std::uint64_t end_time() {
    unsigned processor = 0;
    const std::uint64_t cycles = __rdtscp(&processor);
    _mm_lfence();
    return cycles;
}

// The worst |t| of the trial. All headers of a batch are written before any is measured.
double measure(const Trial& trial, std::uint64_t measurements) {
    Forge forge(trial);
    CroppedTest test;
    const std::string name = forge.header_name();
    std::vector<std::string> values(batch);
    std::vector<Field> fields(batch);
    std::vector<bool> second(batch);
    for (std::uint64_t done = 0; done < measurements + learnt_from; done += batch) {
        for (std::size_t i = 0; i < batch; ++i) {
            second[i] = forge.coin();
            values[i] = forge.value(second[i]);
            fields[i] = {name, values[i]};
        }
        for (std::size_t i = 0; i < batch; ++i) {
            Request request;
            request.fields = {&fields[i], 1};
            request.body = trial.body;
            const std::uint64_t begin = begin_time();
            const bool refused = trial.refuses(request);
            const std::uint64_t end = end_time();
            if (!refused) std::abort();
            test.add(second[i], end - begin);
        }
    }
    const double t = test.worst();
    std::printf("{\"vendor\":\"%s\",\"test\":\"%s\",\"measurements\":%llu,\"cycles\":%.0f,\"t\":%.2f}\n",
                trial.vendor.data(), trial.test.data(), static_cast<unsigned long long>(measurements),
                test.cycles(), t);
    std::fflush(stdout);
    return t;
}

// The MAC at the end of a header's value.
Mac decoded_mac(std::string_view value) {
    const std::string_view text = value.substr(value.find_last_of('=') + 1);
    Mac mac(text.size() / 2, '\0');
    auto* bytes = reinterpret_cast<std::uint8_t*>(mac.data());
    if (!verify::decode_hex(text, {bytes, mac.size()})) std::abort();
    return mac;
}

Mac right_mac(const verify::Vendor& vendor, std::string_view body) {
    return decoded_mac(vendor.sign(body, "", now).front().value);
}

// How one must not compare: after all the honest work, byte by byte up to the first that differs.
bool leaky_refuses(const verify::Vendor& vendor, const Mac& right, const Request& request) {
    if (vendor.verify(request, now)) return false;
    const Mac mac = decoded_mac(request.fields[0].value);
    for (std::size_t i = 0; i < right.size(); ++i) {
        if (mac[i] != right[i]) return true;
    }
    return false;
}

bool vendor_leaks(std::string_view name, std::uint64_t measurements) {
    const auto vendor = vendors::make_vendor(name, test::settings_with(secret));
    const Refuses refuses = [&](const Request& request) { return !vendor->verify(request, now); };
    const std::string body = R"({"event":"any"})";
    const Mac right = right_mac(*vendor, body);
    double worst = measure({name, "right but for the last byte, or any", *vendor, body, right, true, refuses},
                           measurements);
    const Mac wrong = right_mac(*vendor, "something else");
    worst = std::max(
        worst, measure({name, "always the same wrong one, or any", *vendor, body, wrong, false, refuses},
                       measurements));
    if (vendor->rules().signs_stringified()) {
        // A body that is not its own form, so that the second comparison decides.
        worst = std::max(worst, measure({name, "the same for the JSON.stringify form", *vendor, body + " ",
                                         right, true, refuses},
                                        measurements));
    }
    return worst >= harmless_below;
}

}  // namespace

int main(int count, char** arguments) {
    const std::uint64_t measurements =
        count > 1 ? std::strtoull(arguments[1], nullptr, 10) : measurements_usual;
    const std::string_view wanted = count > 2 ? arguments[2] : "";

    const auto lynn = vendors::make_vendor("lynn", test::settings_with(secret));
    const std::string body = R"({"event":"any"})";
    const Mac right = right_mac(*lynn, body);
    const Trial planted{"none",
                        "planted leak: right but for the last byte, or any",
                        *lynn,
                        body,
                        right,
                        true,
                        [&](const Request& request) { return leaky_refuses(*lynn, right, request); }};
    if (measure(planted, measurements) <= found_above) {
        std::fprintf(stderr, "the planted leak was not seen: this run says nothing\n");
        return 2;
    }
    bool leaks = false;
    for (const std::string_view name : vendors::vendor_names()) {
        if (wanted.empty() || wanted == name) leaks |= vendor_leaks(name, measurements);
    }
    return leaks ? 1 : 0;
}
