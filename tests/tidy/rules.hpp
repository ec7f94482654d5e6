// The house rules: each checks a whole tree and returns its findings. Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "tidy/tree.hpp"

namespace chathook::tidy {

using Findings = std::vector<Finding>;

inline constexpr std::size_t room_lines_max = 4000;
inline constexpr std::size_t file_lines_max = 400;
inline constexpr std::size_t function_lines_max = 70;
inline constexpr std::size_t line_columns_max = 110;

// include_rules.cpp: dependencies.
Findings rooms_know_only_whom_they_may(const Tree& tree);
Findings rooms_link_only_whom_they_may_know(const Tree& tree);
Findings libraries_stay_with_their_owners(const Tree& tree);
Findings sql_stays_with_the_tables(const Tree& tree);
Findings catalogs_are_named_by_daemon_and_cli_only(const Tree& tree);
Findings only_daemon_includes_the_whole_journal(const Tree& tree);
Findings pure_rooms_stay_pure(const Tree& tree);
Findings only_verify_makes_a_verified(const Tree& tree);

// text_rules.cpp: how a file reads.
Findings rooms_are_small(const Tree& tree);
Findings files_are_short(const Tree& tree);
Findings functions_are_short(const Tree& tree);
Findings lines_are_short(const Tree& tree);
Findings headers_open_with_what_they_are(const Tree& tree);
Findings headers_import_no_namespace(const Tree& tree);
Findings nothing_is_left_for_later(const Tree& tree);
Findings no_path_of_one_machine(const Tree& tree);

// key_rules.cpp: keys of the configuration.
Findings a_key_is_read_where_it_is_declared(const Tree& tree);

// layout_rules.cpp: files that belong together.
Findings every_source_has_its_test(const Tree& tree);
Findings every_test_asserts(const Tree& tree);
Findings every_source_is_listed(const Tree& tree);
Findings every_sink_has_its_page(const Tree& tree);
Findings every_page_has_a_title(const Tree& tree);
Findings the_changelog_begins_with_the_version(const Tree& tree);
Findings every_part_of_ci_is_run(const Tree& tree);

// decision_rules.cpp: records of decisions and their index.
Findings every_decision_is_in_the_index(const Tree& tree);

}  // namespace chathook::tidy
