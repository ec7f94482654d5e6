#include <algorithm>
#include <array>
#include <string>

#include "tidy/code.hpp"
#include "tidy/rooms.hpp"
#include "tidy/rules.hpp"

namespace chathook::tidy {
namespace {

const Room* find_room(std::string_view name) {
    const auto found =
        std::find_if(rooms.begin(), rooms.end(), [&](const Room& room) { return room.name == name; });
    return found == rooms.end() ? nullptr : &*found;
}

const Library* library_of(std::string_view header) {
    const auto found = std::find_if(libraries.begin(), libraries.end(), [&](const Library& library) {
        return header.starts_with(library.headers);
    });
    return found == libraries.end() ? nullptr : &*found;
}

// The rooms' own code, without the precompiled header's two files.
bool belongs_to_a_room(std::string_view path) {
    return is_code(path) && !room_of(path).empty() && room_of(path) != "precompiled";
}

// "http/gate.hpp" -> "http"; <chathook/...> belongs to no room.
std::string_view room_included(const Include& include) {
    const std::string_view path = include.path;
    if (!include.quoted || path.starts_with("chathook/")) return {};
    return path.substr(0, path.find('/'));
}

std::string may_know_text(const Room& room) {
    return room.may_know.empty() ? "include/ only" : std::string(room.may_know);
}

// Calls visit(path, room, include) for every include of every room.
template <class Visit>
void each_include(const Tree& tree, Visit visit) {
    for (const auto& [path, content] : tree) {
        if (!belongs_to_a_room(path)) continue;
        for (const Include& include : includes_of(content)) visit(path, room_of(path), include);
    }
}

}  // namespace

Findings rooms_know_only_whom_they_may(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        if (belongs_to_a_room(path) && find_room(room_of(path)) == nullptr) {
            findings.push_back(
                {path, 0, "give this room its line in tests/tidy/rooms.hpp and docs/ARCHITECTURE.md"});
        }
    }
    each_include(tree, [&](const std::string& path, std::string_view name, const Include& include) {
        const Room* room = find_room(name);
        const std::string_view other = room_included(include);
        if (room == nullptr || other.empty() || other == name || has_word(room->may_know, other)) return;
        findings.push_back({path, include.line,
                            std::string(name) + " may not know " + std::string(other) + " (it may know: " +
                                may_know_text(*room) + "); hand the thing in from above"});
    });
    return findings;
}

Findings rooms_link_only_whom_they_may_know(const Tree& tree) {
    Findings findings;
    for (const Room& room : rooms) {
        const auto list = tree.find("src/" + std::string(room.name) + "/CMakeLists.txt");
        if (list == tree.end()) continue;
        const std::string_view content = list->second;
        const std::size_t links = content.find("LINKS ");
        if (links == std::string_view::npos) continue;
        const std::string_view linked = content.substr(links, content.find(')', links) - links);
        for (const Room& other : rooms) {
            // Everyone may link support: it holds the code behind include/ besides its own headers.
            const bool allowed = other.name == "support" || has_word(room.may_know, other.name);
            if (allowed || other.name == room.name || !has_word(linked, other.name)) continue;
            findings.push_back({list->first, 0,
                                std::string(room.name) + " may not know " + std::string(other.name) +
                                    "; take it out of LINKS"});
        }
    }
    return findings;
}

Findings libraries_stay_with_their_owners(const Tree& tree) {
    Findings findings;
    each_include(tree, [&](const std::string& path, std::string_view room, const Include& include) {
        const auto& free = free_of_libraries_rule;
        if (std::find(free.begin(), free.end(), path) != free.end()) return;
        const Library* library = library_of(include.path);
        if (library == nullptr || has_word(library->owners, room)) return;
        findings.push_back({path, include.line,
                            std::string(library->name) + " belongs to: " + std::string(library->owners) +
                                "; ask that room, or offer there what is missing"});
    });
    return findings;
}

// Only the keywords with which statements begin: SQL has others, but every statement contains one of these.
Findings sql_stays_with_the_tables(const Tree& tree) {
    constexpr std::array<std::string_view, 11> beginnings{
        "SELECT", "INSERT INTO", "INSERT OR", "REPLACE INTO", "UPDATE",         "DELETE FROM",
        "CREATE", "ALTER TABLE", "DROP",      "PRAGMA",       "BEGIN IMMEDIATE"};
    Findings findings;
    for (const auto& [path, content] : tree) {
        if (!belongs_to_a_room(path) || has_word("format store inspection", room_of(path))) continue;
        std::size_t number = 0;
        for (const std::string_view line : lines_of(content)) {
            ++number;
            const std::size_t text = line.find_first_not_of(' ');
            if (text != std::string_view::npos && line.substr(text).starts_with("//")) continue;
            const bool is_sql = std::any_of(beginnings.begin(), beginnings.end(),
                                            [&](std::string_view words) { return has_word(line, words); });
            if (!is_sql) continue;
            findings.push_back({path, number,
                                "only format/, store/ and inspection/ speak SQL; ask journal::Engine or "
                                "journal::Reader instead"});
        }
    }
    return findings;
}

Findings catalogs_are_named_by_daemon_and_cli_only(const Tree& tree) {
    Findings findings;
    each_include(tree, [&](const std::string& path, std::string_view room, const Include& include) {
        if (include.path != "vendors/catalog.hpp" && include.path != "sinks/catalog.hpp") return;
        if (room == "daemon" || room == "cli" || include.path.starts_with(room)) return;
        findings.push_back(
            {path, include.line, "only daemon and cli name a catalog; take what you need as a parameter"});
    });
    return findings;
}

Findings only_daemon_includes_the_whole_journal(const Tree& tree) {
    Findings findings;
    each_include(tree, [&](const std::string& path, std::string_view room, const Include& include) {
        if (include.path != "journal/journal.hpp" || room == "daemon" || path == "src/journal/journal.cpp") {
            return;
        }
        findings.push_back({path, include.line,
                            "only daemon knows the whole journal; take the interface that you need: "
                            "journal/intake.hpp, deliveries.hpp, orders.hpp, questions.hpp"});
    });
    return findings;
}

Findings pure_rooms_stay_pure(const Tree& tree) {
    constexpr std::array<std::string_view, 14> impure_headers{"cstdio",
                                                              "fstream",
                                                              "iostream",
                                                              "filesystem",
                                                              "thread",
                                                              "mutex",
                                                              "atomic",
                                                              "sys/",
                                                              "unistd.h",
                                                              "condition_variable",
                                                              "support/log",
                                                              "support/metrics.hpp",
                                                              "support/async.hpp",
                                                              "random"};
    constexpr std::array<std::string_view, 4> clock_calls{"now()", "time(nullptr)", "clock_gettime(",
                                                          "thread_local "};
    Findings findings;
    for (const auto& [path, content] : tree) {
        const Room* room = belongs_to_a_room(path) ? find_room(room_of(path)) : nullptr;
        if (room == nullptr || !room->pure) continue;
        for (const Include& include : includes_of(content)) {
            for (const std::string_view header : impure_headers) {
                const bool whole = header.ends_with('/') || header == "support/log";
                if (whole ? !include.path.starts_with(header) : include.path != header) continue;
                findings.push_back({path, include.line,
                                    std::string(room->name) +
                                        " is pure: no I/O, clock, log or threads; drop <" + include.path +
                                        "> and take the result as a parameter"});
            }
        }
        const std::string code = without_comments_and_literals(content);
        std::size_t number = 0;
        for (const std::string_view line : lines_of(code)) {
            ++number;
            for (const std::string_view call : clock_calls) {
                if (line.find(call) == std::string_view::npos) continue;
                findings.push_back(
                    {path, number, std::string(room->name) + " is pure: take the time as a parameter"});
            }
        }
    }
    return findings;
}

Findings only_verify_makes_a_verified(const Tree& tree) {
    Findings findings;
    for (const auto& [path, content] : tree) {
        const bool may = path.starts_with("src/verify/") || path.starts_with("tests/verify/") ||
                         path == "include/chathook/verified.hpp" || path.starts_with("tests/tidy/");
        if (may || !is_code(path)) continue;
        const std::string code = without_comments_and_literals(content);
        std::size_t number = 0;
        for (const std::string_view line : lines_of(code)) {
            ++number;
            if (!has_word(line, "Seal")) continue;
            findings.push_back(
                {path, number, "only verify/ may seal a request; get a Verified from a Vendor"});
        }
    }
    return findings;
}

}  // namespace chathook::tidy
