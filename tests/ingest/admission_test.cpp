#include "ingest/admission.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ingest/house.hpp"

namespace chathook {
namespace {

using ingest::Source;

constexpr std::uint64_t body_bytes_max = 1000;

std::unique_ptr<verify::Vendor> asking_vendor() {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(test::secret_text), std::nullopt});
    settings.verify_token = SecretBytes("a token that meta shows");
    return vendors::make_vendor("meta", std::move(settings));
}

// A source of a vendor that asks by GET, and one of a vendor that does not.
struct Sources {
    std::unique_ptr<Metrics> metrics = make_metrics("test");
    Source plain{"plain", "/plain", test::make_test_vendor("lynn"), &metrics->source("plain", "lynn")};
    Source asked{"asked", "/asked", asking_vendor(), &metrics->source("asked", "meta")};
};

std::optional<Errc> objected(const Source* source, std::string method, http::Incoming incoming,
                             std::pair<std::string, std::string> header = {}) {
    test::TestRequest request;
    request.method = std::move(method);
    if (!header.first.empty()) request.headers.push_back(std::move(header));
    return objection(source, request.view(), incoming, body_bytes_max);
}

}  // namespace

TEST_CASE("a body is received from a POST to a source's path alone, up to the limit", "[ingest]") {
    const Sources sources;
    const Source* const plain = &sources.plain;
    CHECK(objected(plain, "POST", {.content_length = body_bytes_max}) == std::nullopt);
    CHECK(objected(plain, "POST", {.chunked = true}) == std::nullopt);
    CHECK(objected(plain, "POST", {.content_length = body_bytes_max + 1}) == Errc::body_too_large);
    CHECK(objected(plain, "POST", {}) == Errc::length_required);
    CHECK(objected(nullptr, "POST", {.content_length = 1}) == Errc::unknown_path);
    for (const char* method : {"GET", "HEAD", "PUT", "post"}) {
        CAPTURE(method);
        CHECK(objected(plain, method, {}) == Errc::method_not_allowed);
    }
}

TEST_CASE("a GET without a body is received where the vendor asks by GET", "[ingest]") {
    const Sources sources;
    CHECK(ingest::is_handshake_by_get(sources.asked, {.method = "GET"}));
    CHECK_FALSE(ingest::is_handshake_by_get(sources.asked, {.method = "POST"}));
    CHECK_FALSE(ingest::is_handshake_by_get(sources.plain, {.method = "GET"}));
    CHECK(objected(&sources.asked, "GET", {}) == std::nullopt);
    CHECK(objected(&sources.asked, "GET", {.content_length = 0}) == std::nullopt);
    CHECK(objected(&sources.asked, "GET", {.content_length = 1}) == Errc::body_too_large);
    CHECK(objected(&sources.asked, "GET", {.chunked = true}) == Errc::body_too_large);
    CHECK(objected(&sources.asked, "HEAD", {}) == Errc::method_not_allowed);
}

TEST_CASE("a content coding is refused, a charset that stands in its place is not", "[ingest]") {
    const Sources sources;
    const auto coded = [&](std::string coding) {
        return objected(&sources.plain, "POST", {.content_length = 1},
                        {"Content-Encoding", std::move(coding)});
    };
    for (const char* none : {"identity", "Identity", "utf-8", "UTF8", ""}) {
        CAPTURE(none);
        CHECK(coded(none) == std::nullopt);
    }
    for (const char* coding : {"gzip", "br", "identity, gzip", "utf-16"}) {
        CAPTURE(coding);
        CHECK(coded(coding) == Errc::unsupported_encoding);
    }
}

TEST_CASE("a sender that waits for 100 Continue is refused at once without a signature", "[ingest]") {
    const Sources sources;
    const http::Incoming waiting{.content_length = 1, .waits_for_continue = true};
    CHECK(objected(&sources.plain, "POST", waiting) == Errc::missing_signature);
    CHECK(objected(&sources.plain, "POST", waiting, {"X-Lynn-Hmac-SHA256", "any"}) == std::nullopt);
}

}  // namespace chathook
