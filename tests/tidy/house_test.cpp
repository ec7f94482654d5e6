// The rules on the real tree. include_, text_, key_, layout_ and decision_rules_test.cpp show that each rule
// finds a planted fault.
#include <catch2/catch.hpp>

#include "tidy/rules.hpp"

using namespace chathook::tidy;

namespace {

const Tree& the_house() {
    static const Tree tree = read_tree(CHATHOOK_SOURCE_DIR);
    return tree;
}

void check_nothing_found(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) text += to_text(finding) + "\n";
    INFO(text);
    CHECK(findings.empty());
}

}  // namespace

TEST_CASE("a room includes only rooms that it may know") {
    check_nothing_found(rooms_know_only_whom_they_may(the_house()));
}

TEST_CASE("a room links only rooms that it may know") {
    check_nothing_found(rooms_link_only_whom_they_may_know(the_house()));
}

TEST_CASE("a third-party library is included by its owners only") {
    check_nothing_found(libraries_stay_with_their_owners(the_house()));
}

TEST_CASE("only the store, and what inspects it, holds SQL") {
    check_nothing_found(sql_stays_with_the_tables(the_house()));
}

TEST_CASE("only daemon and cli name the catalogs") {
    check_nothing_found(catalogs_are_named_by_daemon_and_cli_only(the_house()));
}

TEST_CASE("only daemon includes the whole journal") {
    check_nothing_found(only_daemon_includes_the_whole_journal(the_house()));
}

TEST_CASE("ecma, verify, normalize, mapping and vendors are pure") {
    check_nothing_found(pure_rooms_stay_pure(the_house()));
}

TEST_CASE("only verify makes a Verified") { check_nothing_found(only_verify_makes_a_verified(the_house())); }

TEST_CASE("a room has at most 4,000 lines") { check_nothing_found(rooms_are_small(the_house())); }

TEST_CASE("no file has more than 400 lines") { check_nothing_found(files_are_short(the_house())); }

TEST_CASE("no function has more than 70 lines") { check_nothing_found(functions_are_short(the_house())); }

TEST_CASE("no line of code has more than 110 columns") { check_nothing_found(lines_are_short(the_house())); }

TEST_CASE("a header opens with a sentence that says what it is") {
    check_nothing_found(headers_open_with_what_they_are(the_house()));
}

TEST_CASE("no header imports a namespace") { check_nothing_found(headers_import_no_namespace(the_house())); }

TEST_CASE("nothing is left for later") { check_nothing_found(nothing_is_left_for_later(the_house())); }

TEST_CASE("no source names a path of one machine") {
    check_nothing_found(no_path_of_one_machine(the_house()));
}

TEST_CASE("a key of the configuration is read where it is declared") {
    check_nothing_found(a_key_is_read_where_it_is_declared(the_house()));
}

TEST_CASE("every source has its test") { check_nothing_found(every_source_has_its_test(the_house())); }

TEST_CASE("every test asserts something") { check_nothing_found(every_test_asserts(the_house())); }

TEST_CASE("every source is listed for the build") {
    check_nothing_found(every_source_is_listed(the_house()));
}

TEST_CASE("every sink has its page") { check_nothing_found(every_sink_has_its_page(the_house())); }

TEST_CASE("every page has a title") { check_nothing_found(every_page_has_a_title(the_house())); }

TEST_CASE("the changelog begins with the version that is built") {
    check_nothing_found(the_changelog_begins_with_the_version(the_house()));
}

TEST_CASE("every part of .ci/run is run by the code host's workflow") {
    check_nothing_found(every_part_of_ci_is_run(the_house()));
}

TEST_CASE("every decision has a status, a date and a line in the index") {
    check_nothing_found(every_decision_is_in_the_index(the_house()));
}
