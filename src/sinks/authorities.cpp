#include "sinks/authorities.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <vector>

#include <sys/stat.h>

#include "support/error_text.hpp"
#include "verify/encoding.hpp"

namespace chathook::sinks {
namespace {

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_line = "-----END CERTIFICATE-----";

// Whether these bytes are one ASN.1 SEQUENCE of exactly this length (X.690, section 8.1.3); a copy that lost
// a line is not.
bool is_one_sequence(const std::vector<std::uint8_t>& der) {
    if (der.size() < 2 || der[0] != 0x30) return false;
    if (der[1] < 0x80) return der.size() == 2u + der[1];
    const std::size_t length_bytes = der[1] & 0x7F;
    if (length_bytes == 0 || length_bytes > 4 || der.size() < 2 + length_bytes) return false;
    std::size_t length = 0;
    for (std::size_t index = 0; index < length_bytes; ++index) length = length << 8 | der[2 + index];
    return der.size() == 2 + length_bytes + length;
}

bool is_certificate(std::string_view between) {
    std::string text;
    std::copy_if(between.begin(), between.end(), std::back_inserter(text),
                 [](char c) { return c != '\n' && c != '\r' && c != ' ' && c != '\t'; });
    if (text.size() % 4 != 0) return false;
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    if (padding > 2) return false;
    std::vector<std::uint8_t> der(text.size() / 4 * 3 - padding);
    return verify::decode_base64(text, der) && is_one_sequence(der);
}

}  // namespace

std::variant<Authorities, std::string> check_authorities(std::string pem) {
    Authorities read;
    std::size_t at = 0;
    while ((at = pem.find(begin_line, at)) != std::string::npos) {
        at += begin_line.size();
        const std::size_t end = pem.find(end_line, at);
        const std::string number = std::to_string(++read.certificates);
        if (end == std::string::npos) return "breaks off in certificate " + number;
        if (!is_certificate(std::string_view(pem).substr(at, end - at))) {
            return "certificate " + number + " in it is damaged; copy the file again";
        }
        at = end + end_line.size();
    }
    if (read.certificates == 0) return "holds no certificate; it must be PEM, with BEGIN CERTIFICATE";
    read.pem = std::move(pem);
    return read;
}

std::variant<Authorities, std::string> read_authorities(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return path + " is not a file";
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return "cannot read " + path + ": " + error_text(errno);
    std::string pem(authorities_bytes_max + 1, '\0');
    file.read(pem.data(), static_cast<std::streamsize>(pem.size()));
    pem.resize(static_cast<std::size_t>(file.gcount()));
    if (pem.size() > authorities_bytes_max) return path + " is larger than 4 MiB; is it the right file?";
    auto read = check_authorities(std::move(pem));
    if (auto* mistake = std::get_if<std::string>(&read)) return path + " " + *mistake;
    return read;
}

}  // namespace chathook::sinks
