// Whether the time of a refusal tells how much of a forged MAC was right: Welch's t-test over two kinds of
// forgery, in turns at random, as dudect does it (Reparaz, Balasch, Verbauwhede, DATE 2017). A comparison
// that leaves off early is measured in the same run and has to be found out, else the run says nothing.
//   timing_bench [measurements] [vendor ...]
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
#include <span>
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
    Mac fixed;  // the first class: this MAC or token, its last byte wrong if `near`; the second: any
    bool near;
    Refuses refuses;
};

bool is_token(const verify::Vendor& vendor) { return vendor.rules().kind == verify::Kind::token; }

// A MAC or token as the vendor writes it.
std::string written(const verify::Vendor& vendor, const Mac& mac) {
    if (is_token(vendor) && vendor.rules().encoding == verify::Encoding::text) return mac;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(mac.data());
    return vendor.rules().encoding == verify::Encoding::base64 ? verify::encode_base64({bytes, mac.size()})
                                                               : verify::encode_hex({bytes, mac.size()});
}

// The MAC or token of a genuine request, which is what its header ends with.
Mac right_mac(const verify::Vendor& vendor, std::string_view body) {
    if (is_token(vendor)) return Mac(secret);
    const std::string value = vendor.sign(body, "", now).front().value;
    Mac mac(verify::mac_bytes(vendor.rules().algorithm), '\0');
    const std::string_view text = std::string_view(value).substr(value.size() - written(vendor, mac).size());
    const std::span bytes(reinterpret_cast<std::uint8_t*>(mac.data()), mac.size());
    if (!verify::decode_hex(text, bytes) && !verify::decode_base64(text, bytes)) std::abort();
    return mac;
}

// Requests with forged MACs. All headers that the vendor signs are there, so that the comparison decides.
class Forge {
public:
    explicit Forge(const Trial& trial) : trial_(trial), headers_(trial.honest.sign(trial.body, "", now)) {
        if (!headers_.empty()) {
            std::string& value = headers_.front().value;
            value.resize(value.size() - written(trial.honest, trial.fixed).size());
        }
    }

    struct Forged {
        std::string value, body;
        std::vector<Field> fields;
        bool second = false;
    };

    void write(Forged& forged) {
        forged.second = (random_() & 1) != 0;
        const std::string mac = written(trial_.honest, any(forged.second));
        forged.fields.clear();
        forged.body = trial_.body;
        if (headers_.empty()) {  // a token in the body
            forged.body = R"({"secret_key":")" + mac + R"(","event":"any"})";
            return;
        }
        forged.value = headers_.front().value + mac;
        forged.fields.push_back({headers_.front().name, forged.value});
        for (std::size_t i = 1; i < headers_.size(); ++i)
            forged.fields.push_back({headers_[i].name, headers_[i].value});
    }

private:
    Mac any(bool second) {
        Mac mac = trial_.fixed;
        const bool letters = is_token(trial_.honest);
        const auto changed = [&](char byte) {
            return letters ? static_cast<char>('a' + random_() % 26)
                           : static_cast<char>(byte ^ (1 + random_() % 255));
        };
        if (second) {
            for (char& byte : mac) byte = letters ? changed(byte) : static_cast<char>(random_());
            if (mac == trial_.fixed) mac.front() = changed(mac.front());
        } else if (trial_.near) {
            mac.back() = mac.back() == 'z' ? 'y' : changed(mac.back());
            if (mac == trial_.fixed) mac.back() = 'z';
        }
        return mac;
    }

    const Trial& trial_;
    std::vector<SignedHeader> headers_;
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
    std::vector<Forge::Forged> forged(batch);
    for (std::uint64_t done = 0; done < measurements + learnt_from; done += batch) {
        for (Forge::Forged& one : forged) forge.write(one);
        for (const Forge::Forged& one : forged) {
            Request request;
            request.method = "POST";
            request.fields = one.fields;
            request.body = one.body;
            const std::uint64_t begin = begin_time();
            const bool refused = trial.refuses(request);
            const std::uint64_t end = end_time();
            if (!refused) std::abort();
            test.add(one.second, end - begin);
        }
    }
    const double t = test.worst();
    std::printf("{\"vendor\":\"%s\",\"test\":\"%s\",\"measurements\":%llu,\"cycles\":%.0f,\"t\":%.2f}\n",
                trial.vendor.data(), trial.test.data(), static_cast<unsigned long long>(measurements),
                test.cycles(), t);
    std::fflush(stdout);
    return t;
}

// How one must not compare: after all the honest work, byte by byte up to the first that differs.
bool leaky_refuses(const verify::Vendor& vendor, const Mac& right, const Request& request) {
    if (vendor.verify(request, now)) return false;
    const std::string_view value = request.fields[0].value;
    Mac mac(right.size(), '\0');
    const std::span bytes(reinterpret_cast<std::uint8_t*>(mac.data()), mac.size());
    if (!verify::decode_hex(value.substr(value.size() - 2 * mac.size()), bytes)) std::abort();
    for (std::size_t i = 0; i < right.size(); ++i) {
        if (mac[i] != right[i]) return true;
    }
    return false;
}

bool vendor_leaks(std::string_view name, std::uint64_t measurements) {
    const verify::SchemeRules& rules = vendors::find_vendor(name)->rules;
    if (rules.kind == verify::Kind::public_key) return false;  // there is no secret
    const bool whsec = rules.key == verify::KeyForm::whsec || rules.key == verify::KeyForm::base64;
    VendorSettings settings = test::settings_with(whsec ? "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" : secret);
    if (rules.signs(verify::TextPart::Kind::url))
        settings.public_url = "https://hooks.example.com/webhooks/any";
    const auto vendor = vendors::make_vendor(name, std::move(settings));
    const Refuses refuses = [&](const Request& request) { return !vendor->verify(request, now); };
    const bool form = rules.signs(verify::TextPart::Kind::form);
    const std::string body = form ? "Body=any&From=x" : R"({"event":"any"})";
    const Mac right = right_mac(*vendor, body);
    double worst = measure({name, "right but for the last byte, or any", *vendor, body, right, true, refuses},
                           measurements);
    if (is_token(*vendor)) return worst >= harmless_below;
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
    const std::vector<std::string_view> wanted(arguments + std::min(count, 2), arguments + count);

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
        if (wanted.empty() || std::ranges::find(wanted, name) != wanted.end())
            leaks |= vendor_leaks(name, measurements);
    }
    return leaks ? 1 : 0;
}
