#include "sinks/authorities.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "sinks/files.hpp"
#include "support/temp_directory.hpp"

using namespace chathook;
using sinks::Authorities;

namespace {

std::string certificate() {
    static const std::string made = [] {
        const test::TempDirectory directory;
        const std::string line =
            "cd '" + directory.path().string() +
            "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-keyout key.pem -out ca.pem -subj /CN=Test 2>log";
        REQUIRE(std::system(line.c_str()) == 0);
        return test::content_of(directory.path() / "ca.pem");
    }();
    return made;
}

std::string mistake_in(const std::string& pem) {
    auto read = sinks::check_authorities(pem);
    const auto* mistake = std::get_if<std::string>(&read);
    return mistake == nullptr ? "" : *mistake;
}

}  // namespace

TEST_CASE("certificates are counted, whatever text is between them") {
    const auto count = [](const std::string& pem) {
        auto read = sinks::check_authorities(pem);
        return std::holds_alternative<Authorities>(read) ? std::get<Authorities>(read).certificates : 0;
    };
    CHECK(count(certificate()) == 1);
    CHECK(count("# Our own\n" + certificate() + "\n# and theirs\r\n" + certificate()) == 2);
}

TEST_CASE("a truncated file, one without a certificate and one with other content are distinguished") {
    const std::string good = certificate();
    CHECK_THAT(mistake_in(""), Catch::Contains("holds no certificate"));
    CHECK_THAT(mistake_in("-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\n"),
               Catch::Contains("holds no certificate"));
    CHECK_THAT(mistake_in(good + good.substr(0, 200)), Catch::Contains("breaks off in certificate 2"));
    std::string lost_line = good;
    lost_line.erase(good.find('\n') + 1, 65);
    CHECK_THAT(mistake_in(lost_line), Catch::Contains("certificate 1 in it is damaged"));
    std::string other_letter = good;
    other_letter[good.find('\n') + 10] = '*';
    CHECK_THAT(mistake_in(good + other_letter), Catch::Contains("certificate 2 in it is damaged"));
    CHECK_THAT(mistake_in("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
               Catch::Contains("damaged"));
    // Truncated at any byte, it is never accepted as complete.
    const std::string end = "-----END CERTIFICATE-----";
    for (std::size_t length = 1; length + 1 < good.find(end); length += 7) {
        CAPTURE(length);
        CHECK_FALSE(mistake_in(good.substr(0, length) + "\n" + end).empty());
    }
}

TEST_CASE("a path that is missing, not a file or far too large is refused with the reason") {
    const auto mistake = [](const std::string& path) {
        auto read = sinks::read_authorities(path);
        return std::holds_alternative<std::string>(read) ? std::get<std::string>(read) : "";
    };
    const test::TempDirectory directory;
    CHECK(mistake("/nowhere/ca.pem") == "cannot read /nowhere/ca.pem: No such file or directory");
    CHECK(mistake(directory.path().string()) == directory.path().string() + " is not a file");
    const auto large = directory.path() / "large.pem";
    test::write_file(large, std::string(sinks::authorities_bytes_max + 1, 'x'));
    CHECK_THAT(mistake(large.string()), Catch::Contains("is larger than 4 MiB"));
    const auto good = directory.path() / "good.pem";
    test::write_file(good, certificate());
    CHECK(mistake(good.string()).empty());
}
