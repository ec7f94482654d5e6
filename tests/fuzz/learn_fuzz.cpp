// Whatever a refused request holds: the search for its way of signing ends, what it finds is a vendor file
// that can be read and that verifies the request, and a guessed map is always valid. The input is header
// lines, a NUL byte and the body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ecma/document.hpp"
#include "fuzz/require.hpp"
#include "learn/guess.hpp"
#include "learn/search.hpp"
#include "vendor_file/vendor_file.hpp"
#include "verify/key_form.hpp"
#include "verify/vendor.hpp"

using namespace chathook;
using fuzz::require;

namespace {

constexpr Instant now{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
constexpr std::uint64_t hashed_max = 1 << 16;

std::vector<Field> fields_of(std::string_view head) {
    std::vector<Field> fields;
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find('\n'));
        head.remove_prefix(std::min(head.size(), line.size() + 1));
        const std::size_t colon = line.find(':');
        if (colon != line.npos && colon > 0)
            fields.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
    return fields;
}

// Null if the file has an error.
std::unique_ptr<vendor_file::VendorFile> file_of(const std::string& sections) {
    yaml::Findings findings;
    auto file = vendor_file::VendorFile::read("learned", "title: X\n" + sections, findings);
    return findings.errors() == 0 ? std::move(file) : nullptr;
}

void try_lesson(const learn::Lesson& lesson, const Request& request) {
    const auto file = file_of(to_yaml(lesson));
    if (file == nullptr || !lesson.obstacles.empty()) return;
    if (!verify::key_bytes(file->definition().rules, secret).fault.empty()) return;
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(secret), std::nullopt});
    const auto verified = verify::Vendor(file->definition(), settings).verify(request, now);
    // A header may be there twice, which no rules accept.
    require(verified.has_value() || verified.error() == Errc::stale_timestamp ||
            verified.error() == Errc::repeated_signature || verified.error() == Errc::malformed_signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\0'), input.size());
    const std::vector<Field> fields = fields_of(input.substr(0, end));
    Request request;
    request.method = "POST";
    request.path = "/webhooks/x";
    request.fields = fields;
    request.body = input.substr(std::min(end + 1, input.size()));

    std::vector<Secret> secrets;
    secrets.push_back({SecretBytes(secret), std::nullopt});
    const learn::Learned learned = learn::learn({request, secrets, 1, "https://example.com/"}, hashed_max);
    for (const learn::Lesson& lesson : learned.lessons) try_lesson(lesson, request);
    require(!learned.lessons.empty() || !learned.remarks.empty());

    if (const auto document = JsonDocument::parse_bytes(request.body)) {
        const Json root = document->root();
        const std::string map = learn::guess_map({&root, 1});
        require(map.empty() || file_of("verify: {header: X-A}\n" + map) != nullptr);
    }
    return 0;
}
