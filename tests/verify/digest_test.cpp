#include "verify/digest.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/encoding.hpp"

using namespace chathook::verify;
using namespace std::string_view_literals;

namespace {

Sha256 of(const std::vector<std::string_view>& parts) {
    ListHash hash;
    for (const std::string_view part : parts) hash.add(part);
    return hash.finish();
}

}  // namespace

TEST_CASE("the published digests of FIPS 180-4 are reproduced") {
    CHECK(encode_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(encode_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a copied digest state and its original continue independently") {
    for (const auto& [algorithm, digest] :
         {std::pair(Algorithm::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
          std::pair(Algorithm::sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")}) {
        Hash original(algorithm);
        original.add("a");
        Hash copy = original;
        original.add("and something else");
        copy.add("bc");
        std::vector<std::uint8_t> out(mac_bytes(algorithm));
        copy.finish(out.data());
        CHECK(encode_hex(out) == digest);
        original.finish(out.data());
        CHECK(encode_hex(out) != digest);
    }
}

TEST_CASE("a list is hashed with the length of each part before it") {
    CHECK(of({"ab", ""}) == sha256("\0\0\0\0\0\0\0\x02"
                                   "ab\0\0\0\0\0\0\0\0"sv));
    CHECK(of({}) == sha256(""));
    const std::string part(300, 'x');
    CHECK(of({part}) == sha256(std::string("\0\0\0\0\0\0\x01\x2C"sv) + part));
}

TEST_CASE("lists that are equal when joined have different digests") {
    CHECK(of({"lynn", "support"}) != of({"lynnsupport"}));
    CHECK(of({"a", "bc"}) != of({"ab", "c"}));
    CHECK(of({"a"}) != of({"a", ""}));
    CHECK(of({"a", "b"}) != of({"b", "a"}));
}
