#include "sinks/http_target.hpp"

#include <catch2/catch.hpp>

#include "sinks/made_sink.hpp"

using namespace chathook;
using namespace std::chrono_literals;

namespace {

std::string mistake_with_header(const std::string& name, std::string_view value) {
    SinkSettings settings = test::with_url("https://crm.example/hook");
    settings.set("headers", std::vector<SecretHeader>{{name, test::secret_bytes(value)}});
    return test::mistake_in("http", settings);
}

}  // namespace

TEST_CASE("an http sink accepts an https or http URL and nothing else") {
    for (const std::string url :
         {"https://crm.example/hook", "http://crm.example", "https://crm.example:8443/a?b=c",
          "http://localhost:1234/", "http://127.0.0.1/", "http://10.0.0.1/", "http://[::1]:80/",
          "http://2130706433/",
          "https://b\xc3\xbc"
          "cher.example/"}) {
        CAPTURE(url);
        CHECK(test::mistake_in("http", test::with_url(url)).empty());
    }
    struct Row {
        std::string url;
        std::string mistake;
    };
    for (const Row& row : {
             Row{"", "is not a URL"},
             Row{"crm.example/hook", "is not a URL"},
             Row{"https://", "is not a URL"},
             Row{"https://crm.example/a b", "is not a URL"},
             Row{"https://crm.example:99999/", "is not a URL"},
             Row{"https://crm.example/\r\nx: y", "is not a URL"},
             Row{"ftp://crm.example/", "must begin with https:// or http://"},
             Row{"file:///etc/passwd", "must begin with https:// or http://"},
             Row{"gopher://crm.example/", "must begin with https:// or http://"},
             Row{"https://user@crm.example/", "must not contain a user name"},
             Row{"https://user:word@crm.example/", "must not contain a user name"},
             Row{"http://169.254.169.254/latest", "is a link-local"},
             Row{"http://0xa9fea9fe/", "is a link-local"},
             Row{"http://[fe80::1]/", "is a link-local"},
             Row{"http://[fe80::1%25eth0]/", "is a link-local"},
             Row{"http://[::ffff:169.254.169.254]/", "is a link-local"},
             Row{"http://0.0.0.0/", "is a link-local"},
             Row{"http://224.0.0.1/", "is a link-local"},
         }) {
        CAPTURE(row.url);
        CHECK_THAT(test::mistake_in("http", test::with_url(row.url)),
                   Catch::StartsWith("url: ") && Catch::Contains(row.mistake));
    }
}

TEST_CASE("the host's form does not depend on its spelling") {
    const auto form = [](const std::string& url) {
        const auto target = sinks::read_http_target(test::with_url(url));
        REQUIRE(std::holds_alternative<sinks::HttpTarget>(target));
        return std::get<sinks::HttpTarget>(target).host;
    };
    using sinks::HostForm;
    CHECK(form("http://127.0.0.1/") == HostForm::literal);
    CHECK(form("http://2130706433/") == HostForm::literal);
    CHECK(form("http://0177.0.0.1/") == HostForm::literal);
    CHECK(form("http://0x7f.1/") == HostForm::literal);
    CHECK(form("http://[::1]/") == HostForm::literal);
    CHECK(form("http://localhost/") == HostForm::localhost);
    CHECK(form("http://LOCALHOST/") == HostForm::localhost);
    CHECK(form("http://127.0.0.1./") == HostForm::name);
    CHECK(form("http://localhost.example/") == HostForm::name);
}

TEST_CASE("a header that would break the request, or that chathookd sets itself, is refused") {
    CHECK(mistake_with_header("Authorization", "Bearer abc").empty());
    CHECK(mistake_with_header("X-Tab", "a\tb").empty());
    CHECK(mistake_with_header("Content-Type", "application/json").empty());
    CHECK_THAT(mistake_with_header("", "a"), Catch::StartsWith("headers: '' is not a header name"));
    CHECK_THAT(mistake_with_header("X Y", "a"), Catch::Contains("is not a header name"));
    CHECK_THAT(mistake_with_header("X:", "a"), Catch::Contains("is not a header name"));
    CHECK_THAT(mistake_with_header("X", "secret\n"),
               Catch::Contains("control character") && !Catch::Contains("secret"));
    CHECK_THAT(mistake_with_header("X", std::string_view("a\0b", 3)), Catch::Contains("control character"));
    CHECK_THAT(mistake_with_header("X", " "), Catch::Contains("is empty"));
    for (const auto* name : {"Content-Length", "transfer-encoding", "CONNECTION", "Expect", "Idempotency-Key",
                             "Webhook-Id", "webhook-timestamp", "webhook-signature"}) {
        CAPTURE(name);
        CHECK_THAT(mistake_with_header(name, "a"), Catch::Contains("set by chathookd itself"));
    }
}

TEST_CASE("a broken secret for signing is refused with the fix") {
    SinkSettings settings = test::with_url("https://crm.example/");
    settings.set("sign.standard_webhooks", test::secret_bytes("whsec_not base64"));
    CHECK_THAT(test::mistake_in("http", settings),
               Catch::StartsWith("sign.standard_webhooks: must be whsec_") && !Catch::Contains("not base64"));
}
