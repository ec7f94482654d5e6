#include <catch2/catch.hpp>

#include "tidy/planted.hpp"
#include "tidy/rules.hpp"

using namespace chathook::tidy;

namespace {

const std::string record_path = "docs/decisions/0001-one.md";
const std::string record = "# 0001: One\n\n- Status: accepted\n- Date: 2026-11-21\n\nText.\n";
const std::string row = "| [0001](0001-one.md) | One | accepted | 2026-11-21 | One it is. |\n";

Findings with(const std::string& record_text, const std::string& index) {
    return every_decision_is_in_the_index(
        {{record_path, record_text}, {"docs/decisions/README.md", "# Decisions\n\n" + index}});
}

std::string with_line(const std::string& from, const std::string& to) {
    std::string text = record;
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a record of a decision without a title, a status or a date is found") {
    CHECK(with(record, row).empty());
    check_one_finding(with(with_line("# 0001: One", "# 0002: One"), row), record_path, 1, "# NNNN");
    for (const std::string status : {"", "- Status: \n", "- Status: perhaps\n", "- Status: superseded by 2\n",
                                     "Status: accepted\n", "- Status: superseded by x002\n"}) {
        const auto findings = with(with_line("- Status: accepted\n", status), row);
        INFO(status);
        REQUIRE_FALSE(findings.empty());
        CHECK(findings[0].line == 3);
        CHECK_THAT(findings[0].cure, Catch::Contains("- Status:"));
    }
    for (const std::string date :
         {"", "- Date: yesterday\n", "- Date: 2026-11-2x\n", "- Date: 21.11.2026\n"}) {
        check_one_finding(with(with_line("- Date: 2026-11-21\n", date), row), record_path, 4, "- Date:");
    }
}

TEST_CASE("a record of a decision may be superseded by another") {
    const std::string status = "superseded by 0002";
    const std::string superseded =
        "| [0001](0001-one.md) | One | " + status + " | 2026-11-21 | One it was. |\n";
    CHECK(with(with_line("accepted", status), superseded).empty());
}

TEST_CASE("a record of a decision that differs from the index is found") {
    const std::string cure = "| [0001](0001-one.md) | One | accepted | 2026-11-21 | ";
    check_one_finding(with(record, ""), record_path, 0, cure);
    check_one_finding(every_decision_is_in_the_index({{record_path, record}}), record_path, 0, cure);
    for (const std::string other : {"| [0001](0001-one.md) | Two | accepted | 2026-11-21 | One it is. |\n",
                                    "| [0001](0001-one.md) | One | declined | 2026-11-21 | One it is. |\n",
                                    "| [0001](0001-one.md) | One | accepted | 2026-11-22 | One it is. |\n",
                                    "| [0001](0001-one.md) | One | accepted | 2026-11-21 | |\n"}) {
        check_one_finding(with(record, other), record_path, 0, cure);
    }
}

TEST_CASE("a line of the index that leads to no record is found") {
    check_one_finding(with(record, row + "| [0002](0002-two.md) | Two | accepted | 2026-11-21 | Two. |\n"),
                      "docs/decisions/README.md", 4, "no record 0002-two.md");
}
