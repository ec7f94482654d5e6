#include "ecma/number.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace chathook;

namespace {

std::string printed(std::string_view source) {
    std::string out;
    ecma::append_number(out, source);
    return out;
}

struct Row {
    std::string_view source, printed;
};

}  // namespace

TEST_CASE("numbers are printed with the fewest digits that read back the same, laid out as JavaScript does") {
    for (const Row& row : {
             Row{"0", "0"},
             Row{"31305", "31305"},
             Row{"-17", "-17"},
             Row{"1.0", "1"},
             Row{"1.50", "1.5"},
             Row{"-0.50", "-0.5"},
             Row{"100.0", "100"},
             Row{"99999999999999.9", "99999999999999.9"},
             Row{"999999999999999.9", "999999999999999.9"},
             Row{"9999999999999999.9", "10000000000000000"},
             Row{"0.00000100", "0.000001"},
             Row{"0.00000010", "1e-7"},
             Row{"-0.0000001", "-1e-7"},
             Row{"0.1e1", "1"},
             Row{"100e-2", "1"},
             Row{"1E3", "1000"},
             Row{"999999999999999", "999999999999999"},
             Row{"9007199254740993", "9007199254740992"},
             Row{"123456789012345678901", "123456789012345680000"},
             Row{"999999999999999999999", "1e+21"},
             Row{"1e20", "100000000000000000000"},
             Row{"1e21", "1e+21"},
             Row{"1.25e21", "1.25e+21"},
             Row{"0.000001", "0.000001"},
             Row{"0.00000123", "0.00000123"},
             Row{"0.0000001", "1e-7"},
             Row{"-0.00000012", "-1.2e-7"},
             Row{"0.30000000000000004", "0.30000000000000004"},
             Row{"0.300000000000000044", "0.30000000000000004"},
             Row{"1.7976931348623157e308", "1.7976931348623157e+308"},
             Row{"5e-324", "5e-324"},
             Row{"2.2250738585072014e-308", "2.2250738585072014e-308"},
         }) {
        CAPTURE(row.source);
        CHECK(printed(row.source) == row.printed);
    }
}

TEST_CASE("numbers too large for a double print null, numbers too small print 0") {
    for (const std::string_view huge :
         {"1e309", "-1e309", "1.7976931348623159e308", "1E400", "1e99999999999999999999",
          "0.0001e+99999999999999999999", "1000e307"}) {
        CAPTURE(huge);
        CHECK(printed(huge) == "null");
    }
    CHECK(printed(std::string(400, '9')) == "null");
    for (const std::string_view tiny :
         {"1e-400", "-1e-400", "2e-324", "1e-99999999999999999999", "1000e-330", "0e99999999999999999999"}) {
        CAPTURE(tiny);
        CHECK(printed(tiny) == "0");
    }
    CHECK(printed("0." + std::string(400, '0') + "1") == "0");
    CHECK(printed("0." + std::string(400, '0') + "1e401") == "1");
    CHECK(printed("1" + std::string(400, '0') + "e-400") == "1");
}

TEST_CASE("minus zero prints 0 in every notation") {
    for (const std::string_view zero : {"-0", "-0.0", "-0e5", "-0.000E-3"}) CHECK(printed(zero) == "0");
}
