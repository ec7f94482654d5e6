// Whatever a signature header says: what is accepted contains the right MAC, under the key and with the time
// that were signed. The input is a byte that chooses the rules, the header, a NUL byte and the body; each
// byte 1 in the header stands for the right MAC, so that the fuzzer finds headers that are accepted.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "verify/encoding.hpp"
#include "verify/hmac.hpp"
#include "verify/scheme.hpp"

using namespace chathook;
using fuzz::require;
using verify::SchemeRules;
using verify::TextPart;

namespace {

constexpr Instant now{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view secret = "a secret of some length";
constexpr std::string_view time_text = "1800000000";

constexpr std::array rules{
    SchemeRules{.header = "x-s"},
    SchemeRules{.header = "x-s", .prefix = "sha256=", .encoding = verify::Encoding::hex_or_base64},
    SchemeRules{.header = "x-s",
                .shape = verify::HeaderShape::pairs,
                .signature_key = "v1",
                .text = verify::time_dot_body,
                .time = {.in = verify::TimeRules::In::pair, .name = "t"}},
    SchemeRules{.header = "x-s",
                .encoding = verify::Encoding::base64,
                .shape = verify::HeaderShape::list,
                .signature_key = "v1"},
};

// The pieces between separators, without blanks around them.
std::vector<std::string_view> pieces(std::string_view text, char separator) {
    std::vector<std::string_view> all;
    while (true) {
        const std::size_t end = std::min(text.find(separator), text.size());
        std::string_view piece = text.substr(0, end);
        while (!piece.empty() && (piece.front() == ' ' || piece.front() == '\t')) piece.remove_prefix(1);
        while (!piece.empty() && (piece.back() == ' ' || piece.back() == '\t')) piece.remove_suffix(1);
        all.push_back(piece);
        if (end == text.size()) return all;
        text.remove_prefix(end + 1);
    }
}

bool is_mac(std::string_view text, const verify::Mac& right) {
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string base64 = verify::encode_base64(right.view());
    const bool padded = text == base64;
    while (base64.ends_with('=')) base64.pop_back();
    return lower == verify::encode_hex(right.view()) || padded || text == base64;
}

// Whether the header proves the body, read as generously as its grammar can be.
bool proves(const SchemeRules& how, std::string_view header, const verify::Mac& right) {
    switch (how.shape) {
        case verify::HeaderShape::bare:
            return header.starts_with(how.prefix) && is_mac(header.substr(how.prefix.size()), right);
        case verify::HeaderShape::pairs: {
            const auto all = pieces(header, ',');
            const bool timed = std::ranges::any_of(
                all, [](std::string_view pair) { return pair == "t=" + std::string(time_text); });
            return timed && std::ranges::any_of(all, [&](std::string_view pair) {
                       return pair.starts_with("v1=") && is_mac(pair.substr(3), right);
                   });
        }
        case verify::HeaderShape::list:
            return std::ranges::any_of(pieces(header, ' '), [&](std::string_view entry) {
                return entry.starts_with("v1,") && is_mac(entry.substr(3), right);
            });
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const SchemeRules& how = rules[data[0] % rules.size()];
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view given = input.substr(0, input.find('\0'));
    const std::string_view body =
        given.size() < input.size() ? input.substr(given.size() + 1) : std::string_view();

    const verify::HmacKey key(verify::Algorithm::sha256, secret);
    const verify::Mac right = how.text.empty() ? key.mac({body}) : key.mac({time_text, ".", body});
    const std::string mac = how.encoding == verify::Encoding::base64 ? verify::encode_base64(right.view())
                                                                     : verify::encode_hex(right.view());
    std::string header;
    for (const char c : given) header += c == '\1' ? mac : std::string(1, c);

    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(secret), std::nullopt});
    const Field field{"x-s", header};
    Request request;
    request.method = "POST";
    request.fields = {&field, 1};
    request.body = body;
    const bool accepted = verify::Scheme(how, settings).verify(request, now).has_value();
    require(!accepted || proves(how, header, right));
    return 0;
}
