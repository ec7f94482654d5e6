#include "admin/web_files.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace chathook::admin {

namespace {

// Content Security Policy Level 3; Trusted Types: no script here creates markup from text.
constexpr std::array fields{
    Field{"Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
    Field{"X-Content-Type-Options", "nosniff"},
    Field{"Referrer-Policy", "no-referrer"},
    Field{"Cross-Origin-Opener-Policy", "same-origin"},
    Field{"Cross-Origin-Resource-Policy", "same-origin"},
    Field{"Cache-Control", "no-cache"},
};

}  // namespace

const WebFile* find_web_file(std::string_view path) noexcept {
    const auto files = web_files();
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const WebFile& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

Reply answer_with(const WebFile& file) {
    Reply reply;
    reply.content_type = file.content_type;
    reply.body = file.content;
    reply.fields = fields;
    return reply;
}

}  // namespace chathook::admin
