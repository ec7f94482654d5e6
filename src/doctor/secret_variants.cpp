#include "doctor/secret_variants.hpp"

#include <algorithm>
#include <string>

#include "doctor/loose_encoding.hpp"
#include "verify/wiped_text.hpp"

namespace chathook::doctor {
namespace {

constexpr std::string_view standard_webhooks_prefix = "whsec_";

class Readings {
public:
    explicit Readings(std::string_view secret) : secret_(secret) { add({}, {}, {}, secret); }

    void all() {
        const std::string_view bare = without_blanks_around(secret_);
        add("trimmed", "without the blanks around it",
            "take the blanks or line breaks around the secret away where chathookd reads it", bare);
        add("unquoted", "without the quotation marks around it",
            "write the secret without quotation marks: here they count as part of it", unquoted(bare));
        ending("\n", "newline-added", "with a line feed at its end");
        ending("\r\n", "crlf-added", "with a carriage return and a line feed at its end");
        ending("\r", "cr-added", "with a carriage return at its end");
        decoded(bare, {"hex-decoded", "decoded from hex"}, {"base64-decoded", "decoded from base64"});
        if (!bare.starts_with(standard_webhooks_prefix)) return;
        const std::string_view stripped = bare.substr(standard_webhooks_prefix.size());
        add("whsec-stripped", "without whsec_ in front of it", "leave whsec_ away where the secret is kept",
            stripped);
        decoded(stripped, {"whsec-stripped-hex-decoded", "without whsec_ in front of it, decoded from hex"},
                {"whsec-stripped-base64-decoded", "without whsec_ in front of it, decoded from base64"});
    }

    std::vector<SecretVariant> take() { return std::move(variants_); }

private:
    struct Naming {
        std::string_view name;
        std::string_view what;
    };

    void add(std::string_view name, std::string_view what, std::string_view hint, std::string_view bytes) {
        const auto same = [&](const SecretVariant& known) { return known.bytes.view() == bytes; };
        if (bytes.empty() || std::ranges::any_of(variants_, same)) return;
        variants_.push_back({name, what, hint, SecretBytes(bytes)});
    }

    static std::string_view unquoted(std::string_view text) noexcept {
        const bool quoted = text.size() > 2 && text.front() == text.back() &&
                            (text.front() == '"' || text.front() == '\'' || text.front() == '`');
        return quoted ? text.substr(1, text.size() - 2) : std::string_view{};
    }

    void ending(std::string_view with, std::string_view name, std::string_view what) {
        verify::WipedText longer(secret_.size() + with.size());
        longer.text.append(secret_).append(with);
        add(name, what,
            "the signer's secret ends with a line break, as echo and text editors add one: store it there "
            "without (printf, not echo)",
            longer.text);
    }

    void decoded(std::string_view text, const Naming& hex_naming, const Naming& base64_naming) {
        constexpr std::string_view hint =
            "the signer decodes the secret before it signs, which this vendor does not: let it use the text "
            "as it stands";
        verify::WipedText hex(text.size());
        if (decode_loosely(text, Notation::hex, hex.text)) {
            add(hex_naming.name, hex_naming.what, hint, hex.text);
        }
        verify::WipedText base64(text.size());
        if (decode_loosely(text, Notation::base64, base64.text)) {
            add(base64_naming.name, base64_naming.what, hint, base64.text);
        }
    }

    std::string_view secret_;
    std::vector<SecretVariant> variants_;
};

}  // namespace

std::vector<SecretVariant> secret_variants(std::string_view secret) {
    Readings variants(secret);
    variants.all();
    return variants.take();
}

}  // namespace chathook::doctor
