#include "config/secret_doubts.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace chathook::config;
using Catch::Matchers::StartsWith;

namespace {

// All doubts about a secret, in one text.
std::string said_of(std::string_view secret) {
    std::string text;
    for (const auto doubt : doubts_about_secret(secret)) text += std::string(doubt) + "\n";
    return text;
}

std::string_view only(const std::vector<std::string_view>& doubts) {
    REQUIRE(doubts.size() == 1);
    return doubts.front();
}

}  // namespace

TEST_CASE("secrets as vendors and random generators make them are not doubted") {
    for (const char* secret :
         {"0123456789abcdef", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
          "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw==", "JBSWY3DPEHPK3PXP====", "aGVsbG8=", "a b c d e f g h i j",
          "p=ssword:with=signs", "c3v+/=x=y", "it's\"odd\"", "\"", "'", "x", "K=", "-----", "9A=bcdefghijk",
          "a secret: with words", "\xC3\xA4\xC3\xB6\xC3\xBC"}) {
        INFO(secret);
        CHECK(said_of(secret).empty());
    }
}

TEST_CASE("text that an editor or a shell added to a secret is doubted") {
    const std::string mark = "\xEF\xBB\xBF";
    CHECK_THAT(std::string(only(doubts_about_secret(mark + "0123456789"))),
               StartsWith("begins with a byte order mark"));
    for (const char* secret : {" 0123456789", "0123456789 ", "0123456789\t", "0123456789\n", "\r\n0123456789",
                               "\xC2\xA0"
                               "0123456789",
                               "0123456789\xE2\x80\x8B", "   "}) {
        INFO(secret);
        CHECK_THAT(std::string(only(doubts_about_secret(secret))), StartsWith("begins or ends with a blank"));
    }
    for (const char* secret : {"0123\n4567", "0123\r\n4567", "0123\r4567", "# the secret\n0123"}) {
        INFO(secret);
        CHECK_THAT(std::string(only(doubts_about_secret(secret))), StartsWith("has more than one line"));
    }
    for (const char* secret : {"\"0123\"", "'0123'", "`0123`",
                               "\xE2\x80\x9C"
                               "0123\xE2\x80\x9D"}) {
        INFO(secret);
        CHECK_THAT(std::string(only(doubts_about_secret(secret))),
                   StartsWith("is enclosed in quotation marks"));
    }
}

TEST_CASE("a line of an environment file in place of a secret is doubted") {
    for (const char* secret :
         {"LYNN_SECRET=0123456789", "export LYNN_SECRET=0123456789", "lynn_secret=0123456789",
          "WebhookKey=0123456789", "LYNN_SECRET='0123456789'", "LYNN: 0123456789", "signing_key: 0123456789",
          "TOKEN=MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=="}) {
        INFO(secret);
        CHECK_THAT(std::string(only(doubts_about_secret(secret))), StartsWith("has the form NAME=value"));
    }
    CHECK_THAT(said_of("LYNN_SECRET=0123\nCRM_TOKEN=4567\n"), Catch::Contains("ends with a blank") &&
                                                                  Catch::Contains("more than one line") &&
                                                                  Catch::Contains("NAME=value"));
}

TEST_CASE("a NUL byte is doubted, and many of them are reported once, as UTF-16") {
    CHECK_THAT(std::string(only(doubts_about_secret(std::string("0123456789abcdef\0g", 18)))),
               StartsWith("contains a NUL byte"));
    for (const std::string& secret : {std::string("\xFF\xFE"
                                                  "0\0"
                                                  "1\0"
                                                  "\n",
                                                  7),
                                      std::string("0\0"
                                                  "1\0"
                                                  "2\0",
                                                  6),
                                      std::string("\0"
                                                  "0\0"
                                                  "1\0"
                                                  "2",
                                                  6)}) {
        CHECK_THAT(std::string(only(doubts_about_secret(secret))),
                   StartsWith("is most likely saved as UTF-16"));
    }
}

TEST_CASE("in a header's value only a byte order mark and quotation marks are doubted") {
    CHECK(doubts_about_header("key=0123456789").empty());
    CHECK(doubts_about_header(" Bearer 0123456789 ").empty());
    CHECK_THAT(std::string(only(doubts_about_header("\"Bearer 0123456789\""))),
               StartsWith("is enclosed in quotation marks"));
    CHECK_THAT(std::string(only(doubts_about_header("\xEF\xBB\xBF"
                                                    "Bearer 0123"))),
               StartsWith("begins with a byte order mark"));
}
