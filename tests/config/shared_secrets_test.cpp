#include "config/shared_secrets.hpp"

#include <string>
#include <vector>

#include "config/fixture.hpp"
#include "config/shipped.hpp"

using namespace chathook::config::test;
using Problems = std::vector<std::string>;

namespace {

// Sources `a` and `b` in lines 2 and 3.
Problems of(const std::string& a, const std::string& b, const chathook::config::Known& with = known) {
    return load_text("sources:\n  a: {path: /a, " + a + "}\n  b: {path: /b, " + b + "}\n" + sinks_text +
                         routes_text,
                     with)
        .problems;
}

const std::string one = "vendor: lynn, secret: 0123456789abcdef";
const Problems warned{
    "3: sources.b: warning: has the way of signing and a secret of source 'a' (line 2), so that each "
    "accepts the requests for the other; give each a secret of its own, or tell them apart with expect"};

}  // namespace

TEST_CASE("two sources of one vendor with the same secret are a warning that names both lines") {
    CHECK(of(one, one) == warned);
    CHECK(of(one, "vendor: lynn, secrets: [another secret of length, 0123456789abcdef]") == warned);
    CHECK(of(one, "vendor: lynn, secret: another secret of length") == Problems{});
    CHECK(of(one, "vendor: newoaks, secret: 0123456789abcdef") == Problems{});
}

TEST_CASE("it is the way of signing that counts, not the vendor's name") {
    const auto compared = [](const std::string& left, const std::string& right) {
        chathook::config::Known with = shipped();
        with.sinks = known.sinks;
        return of(left, right, with);
    };
    const std::string secret = ", secret: 0123456789abcdef";
    const auto own = [&](const std::string& name, const std::string& verify) {
        return "vendor: " + name + ", verify: " + verify + secret;
    };
    CHECK(compared(own("x", "{header: X-A}"), own("y", "{header: x-a}")) == warned);
    // Nobody signs the name of a header or a prefix.
    CHECK(compared(own("x", "{header: X-A}"), own("x", "{header: X-B}")) == warned);
    CHECK(compared(own("x", "{header: X-A}"), own("x", "{header: X-A, prefix: 'v1='}")) == warned);
    CHECK(compared(own("x", "{header: X-A, text: '{header:X-B}.{body}'}"),
                   own("y", "{header: X-A, text: '{id}.{body}', id: {header: X-C}}")) == warned);
    CHECK(compared(own("x", "{header: X-A}"), own("x", "{header: X-A, algorithm: sha1}")) == Problems{});
    CHECK(compared(own("x", "{kind: token, header: X-A}"), own("y", "{kind: token, pointer: /key}")) ==
          warned);
    CHECK(compared(own("x", "{header: X-A, text: 'a{body}'}"), own("y", "{header: X-A, text: 'b{body}'}")) ==
          Problems{});
    const auto at = [&](const std::string& url) {
        return "vendor: twilio, secret: 0123456789abcdef, public_url: 'https://example.com/" + url + "'";
    };
    CHECK(compared(at("a"), at("b")) == Problems{});
    CHECK(compared(at("a"), at("a")) == warned);
}

TEST_CASE("sources with the same secret are told apart by one field with two texts") {
    CHECK(of(one + ", expect: {/account: 17}", one + ", expect: {/account: 18}") == Problems{});
    CHECK(of(one + ", expect: {/account: 17, /x: 1}", one + ", expect: {/x: 1, /account: 18}") == Problems{});
    CHECK(of(one + ", expect: {/account: 17}", one + ", expect: {/account: 17}") == warned);
    CHECK(of(one + ", expect: {/account: 17}", one + ", expect: {/id: 17}") == warned);
    CHECK(of(one + ", expect: {/account: 17}", one) == warned);
}

TEST_CASE("a later source is compared with all earlier ones, and named once") {
    const auto problems = load_text("sources:\n  a: {path: /a, " + one + "}\n  b: {path: /b, " + one +
                                    "}\n  c: {path: /c, " + one + "}\n" + sinks_text + routes_text)
                              .problems;
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].starts_with("3: sources.b: "));
    CHECK(problems[1].starts_with("4: sources.c: "));
}
