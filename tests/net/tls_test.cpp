#include "net/tls.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "http/certificates.hpp"

using namespace chathook::net;
using Catch::Contains;
using chathook::http::test::Certificates;

namespace {

TlsProblem problem_of(const TlsFiles& files) {
    const auto loaded = load_tls(files);
    REQUIRE(std::holds_alternative<TlsProblem>(loaded));
    return std::get<TlsProblem>(loaded);
}

}  // namespace

TEST_CASE("unusable files are named with the reason") {
    const Certificates certificates;
    const auto file = [&](const char* name) { return certificates.file(name).string(); };
    CHECK(std::holds_alternative<TlsContext>(load_tls(certificates.files("server", "ca"))));

    std::ofstream(certificates.file("garbage.pem")) << "nothing\n";
    TlsFiles files = certificates.files("server", "garbage");
    CHECK(problem_of(files).file == TlsProblem::File::client_ca);
    CHECK_THAT(problem_of(files).message, Contains(file("garbage.pem")));
    files.certificate = files.client_ca;
    CHECK(problem_of(files).file == TlsProblem::File::certificate);

    files = certificates.files("server");
    files.key = certificates.file("ca.key");
    CHECK(problem_of(files).file == TlsProblem::File::key);
    CHECK_THAT(problem_of(files).message, Contains("is not the key of the certificate"));
    files.key = certificates.file("garbage.pem");
    CHECK_THAT(problem_of(files).message, Contains("holds no usable key"));
    certificates.run("openssl pkey -in server.key -aes256 -passout pass:word -out locked.key");
    files.key = certificates.file("locked.key");
    CHECK_THAT(problem_of(files).message, Contains("passphrase"));
    files.key = certificates.file("absent.key");
    CHECK_THAT(problem_of(files).message, Contains("absent.key"));
}
