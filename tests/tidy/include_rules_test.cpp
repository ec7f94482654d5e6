#include <catch2/catch.hpp>

#include "tidy/planted.hpp"
#include "tidy/rooms.hpp"
#include "tidy/rules.hpp"

using namespace chathook::tidy;

TEST_CASE("a room that includes a room it may not know is found") {
    const Tree fine{{"src/vendors/x.cpp", "#include \"vendors/x.hpp\"\n#include \"verify/scheme.hpp\"\n"},
                    {"src/sinks/x.cpp", "#include <chathook/sink.hpp>\n#include \"chathook/event.hpp\"\n"},
                    {"src/precompiled.cpp", ""},
                    {"tests/vendors/x_test.cpp", "#include \"http/server.hpp\"\n"}};
    CHECK(rooms_know_only_whom_they_may(fine).empty());
    const Tree vendor_with_network{{"src/vendors/x.cpp", "// x\n#include \"http/server.hpp\"\n"}};
    check_one_finding(rooms_know_only_whom_they_may(vendor_with_network), "src/vendors/x.cpp", 2,
                      "vendors may not know http");
    const Tree sink_with_journal{{"src/sinks/x.hpp", "#include \"journal/journal.hpp\"\n"}};
    check_one_finding(rooms_know_only_whom_they_may(sink_with_journal), "src/sinks/x.hpp", 1, "journal");
    const Tree vocabulary_with_room{{"include/chathook/x.hpp", "#include \"support/log.hpp\"\n"}};
    check_one_finding(rooms_know_only_whom_they_may(vocabulary_with_room), "include/chathook/x.hpp", 1,
                      "include/ only");
}

TEST_CASE("a room that the table does not list is found") {
    check_one_finding(rooms_know_only_whom_they_may({{"src/cellar/x.cpp", ""}}), "src/cellar/x.cpp", 0,
                      "rooms.hpp");
}

TEST_CASE("no two rooms of the table depend on each other") {
    for (const Room& one : rooms) {
        for (const Room& other : rooms) {
            INFO(one.name << " and " << other.name);
            const bool one_knows =
                (" " + std::string(one.may_know) + " ").find(" " + std::string(other.name) + " ") !=
                std::string::npos;
            const bool other_knows =
                (" " + std::string(other.may_know) + " ").find(" " + std::string(one.name) + " ") !=
                std::string::npos;
            CHECK_FALSE((one_knows && other_knows));
        }
    }
}

TEST_CASE("a room that links a room it may not know is found") {
    CHECK(rooms_link_only_whom_they_may_know(
              {{"src/http/CMakeLists.txt",
                "chathook_room(http\n    SOURCES journal.cpp\n    LINKS support)\n"}})
              .empty());
    check_one_finding(
        rooms_link_only_whom_they_may_know(
            {{"src/http/CMakeLists.txt", "chathook_room(http\n  SOURCES a.cpp\n  LINKS journal support)"}}),
        "src/http/CMakeLists.txt", 0, "http may not know journal");
}

TEST_CASE("a library outside of its owners' rooms is found") {
    const Tree fine{{"src/store/x.cpp", "#include <sqlite3.h>\n"},
                    {"src/cli/version.cpp", "#include <sqlite3.h>\n"},
                    {"src/http/x.cpp", "#include <boost/asio/post.hpp>\n#include <boost/beast/http.hpp>\n"},
                    {"tests/http/x_test.cpp", "#include <nlohmann/json.hpp>\n"}};
    CHECK(libraries_stay_with_their_owners(fine).empty());
    check_one_finding(libraries_stay_with_their_owners({{"src/admin/x.cpp", "\n#include <sqlite3.h>\n"}}),
                      "src/admin/x.cpp", 2, "SQLite belongs to: format sqlite store");
    check_one_finding(libraries_stay_with_their_owners({{"src/journal/x.cpp", "#include <sqlite3.h>\n"}}),
                      "src/journal/x.cpp", 1, "SQLite belongs to: format sqlite store");
    check_one_finding(
        libraries_stay_with_their_owners({{"src/http/x.cpp", "#include <nlohmann/json.hpp>\n"}}),
        "src/http/x.cpp", 1, "nlohmann/json");
    check_one_finding(libraries_stay_with_their_owners({{"src/vendors/x.cpp", "#include <openssl/evp.h>\n"}}),
                      "src/vendors/x.cpp", 1, "crypto belongs to: verify");
    check_one_finding(
        libraries_stay_with_their_owners({{"include/chathook/x.hpp", "#include <boost/asio.hpp>\n"}}),
        "include/chathook/x.hpp", 1, "Asio");
}

TEST_CASE("the journal's promise that includes its engine is found") {
    const Tree fine{{"src/store/x.cpp", "#include \"disk/x.hpp\"\n#include \"journal/engine.hpp\"\n"},
                    {"src/disk/x.cpp", "#include \"journal/settings.hpp\"\n"}};
    CHECK(rooms_know_only_whom_they_may(fine).empty());
    check_one_finding(rooms_know_only_whom_they_may({{"src/journal/x.cpp", "#include \"store/x.hpp\"\n"}}),
                      "src/journal/x.cpp", 1, "journal may not know store");
    check_one_finding(rooms_know_only_whom_they_may({{"src/disk/x.cpp", "#include \"store/x.hpp\"\n"}}),
                      "src/disk/x.cpp", 1, "disk may not know store");
    check_one_finding(rooms_know_only_whom_they_may({{"src/admin/x.cpp", "#include \"store/x.hpp\"\n"}}),
                      "src/admin/x.cpp", 1, "admin may not know store");
}

TEST_CASE("SQL outside of the store and of what inspects it is found") {
    const Tree fine{{"src/inspection/x.cpp", "Statement check(database, \"PRAGMA integrity_check\");\n"},
                    {"src/store/x.cpp", "Statement all(database, \"SELECT first FROM lines\");\n"},
                    {"src/journal/x.cpp", "// what an UPDATE changed\nint UPDATED = 1;\n"},
                    {"tests/journal/x_test.cpp", "database.execute(\"PRAGMA integrity_check\");\n"}};
    CHECK(sql_stays_with_the_tables(fine).empty());
    check_one_finding(sql_stays_with_the_tables(
                          {{"src/journal/x.cpp", "\nexecute(\"DELETE FROM dead WHERE seq = 1\");\n"}}),
                      "src/journal/x.cpp", 2, "only format/, store/");
    check_one_finding(sql_stays_with_the_tables({{"src/sqlite/x.cpp", "execute(\"COMMIT; PRAGMA x=1\");\n"}}),
                      "src/sqlite/x.cpp", 1, "only format/, store/");
    check_one_finding(sql_stays_with_the_tables({{"src/disk/x.hpp", "value_of(\"PRAGMA user_version\")\n"}}),
                      "src/disk/x.hpp", 1, "only format/, store/");
}

TEST_CASE("a catalog named outside of daemon and cli is found") {
    const Tree fine{
        {"src/daemon/x.cpp", "#include \"vendors/catalog.hpp\"\n#include \"sinks/catalog.hpp\"\n"},
        {"src/vendors/catalog.cpp", "#include \"vendors/catalog.hpp\"\n"}};
    CHECK(catalogs_are_named_by_daemon_and_cli_only(fine).empty());
    check_one_finding(catalogs_are_named_by_daemon_and_cli_only(
                          {{"src/config/x.cpp", "#include \"vendors/catalog.hpp\"\n"}}),
                      "src/config/x.cpp", 1, "only daemon and cli");
}

TEST_CASE("a room other than daemon that includes the whole journal is found") {
    const Tree fine{{"src/daemon/daemon.hpp", "#include \"journal/journal.hpp\"\n"},
                    {"src/journal/journal.cpp", "#include \"journal/journal.hpp\"\n"},
                    {"src/ingest/x.hpp", "#include \"journal/intake.hpp\"\n"},
                    {"tests/ingest/house.hpp", "#include \"journal/journal.hpp\"\n"}};
    CHECK(only_daemon_includes_the_whole_journal(fine).empty());
    check_one_finding(only_daemon_includes_the_whole_journal(
                          {{"src/ingest/x.hpp", "// x\n#include \"journal/journal.hpp\"\n"}}),
                      "src/ingest/x.hpp", 2, "only daemon");
    check_one_finding(only_daemon_includes_the_whole_journal(
                          {{"src/journal/writer.hpp", "#include \"journal/journal.hpp\"\n"}}),
                      "src/journal/writer.hpp", 1, "only daemon");
}

TEST_CASE("input, output, clocks and threads in a pure room are found") {
    const Tree fine{
        {"src/vendors/x.cpp", "#include <string>\n// now() is handed in\nbool late(Instant now);\n"},
        {"src/normalize/x.cpp", "#include \"support/clock.hpp\"\n"},
        {"src/http/x.cpp", "#include <thread>\nauto t = now();\n"}};
    CHECK(pure_rooms_stay_pure(fine).empty());
    check_one_finding(pure_rooms_stay_pure({{"src/ecma/x.cpp", "#include <fstream>\n"}}), "src/ecma/x.cpp", 1,
                      "ecma is pure");
    check_one_finding(pure_rooms_stay_pure({{"src/normalize/x.cpp", "#include \"support/log_line.hpp\"\n"}}),
                      "src/normalize/x.cpp", 1, "normalize is pure");
    check_one_finding(pure_rooms_stay_pure({{"src/verify/x.cpp", "\nauto t = system_clock::now();\n"}}),
                      "src/verify/x.cpp", 2, "take the time");
}

TEST_CASE("a seal outside of verify is found") {
    const Tree fine{{"src/verify/scheme.cpp", "Seal::seal();\n"},
                    {"include/chathook/verified.hpp", "friend class verify::Seal;\n"},
                    {"src/vendors/x.cpp", "// Seal\nint Sealed;\n"}};
    CHECK(only_verify_makes_a_verified(fine).empty());
    check_one_finding(only_verify_makes_a_verified({{"src/ingest/x.cpp", "\n\nverify::Seal seal;\n"}}),
                      "src/ingest/x.cpp", 3, "only verify/");
    check_one_finding(only_verify_makes_a_verified({{"tests/normalize/x_test.cpp", "Seal{};\n"}}),
                      "tests/normalize/x_test.cpp", 1, "only verify/");
}
