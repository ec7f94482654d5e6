#include "sinks/libcurl.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chathook::sinks;

TEST_CASE("the functions of libcurl are found, each under its own name") {
    const Libcurl& curl = libcurl();
#define CHATHOOK_IS_THERE(name) CHECK(curl.name != nullptr);
    CHATHOOK_LIBCURL(CHATHOOK_IS_THERE)
#undef CHATHOOK_IS_THERE
    CHECK(std::string(curl.version_info(CURLVERSION_NOW)->version).find('.') != std::string::npos);
    CHECK(&libcurl() == &curl);
}

TEST_CASE("where libcurl is missing, the message says what to install") {
    CHECK_THROWS_WITH(
        load_libcurl("libcurl-that-nobody-has.so.4"),
        Catch::Contains("libcurl-that-nobody-has.so.4") && Catch::Contains("install the package libcurl4"));
}

TEST_CASE("a library that lacks a function of libcurl is refused with the function's name") {
    CHECK_THROWS_WITH(load_libcurl("libm.so.6"),
                      Catch::Contains("curl_") && Catch::Contains("install the package libcurl4"));
}
