#include "config/load.hpp"

#include <errno.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <system_error>

#include "config/file_claims.hpp"
#include "config/guessable.hpp"
#include "config/own_vendors.hpp"
#include "config/secrets.hpp"
#include "config/sections.hpp"
#include "support/clock.hpp"
#include "support/error_text.hpp"
#include "support/utf8.hpp"

namespace chathook::config {

namespace {

constexpr std::size_t configuration_bytes_max =
    1024 * 1024;  // a configuration of 63 sinks and 100 sources takes 40 KiB

std::optional<std::string> read_file(const std::filesystem::path& file, Findings& findings) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        findings.error(0, "", "is a directory; name a file");
        return std::nullopt;
    }
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        findings.error(0, "", "cannot be read: " + error_text(errno) + "; name a readable YAML file");
        return std::nullopt;
    }
    std::string text(configuration_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) {
        findings.error(0, "", "cannot be read completely; check the disk");
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > configuration_bytes_max) {
        findings.error(0, "", "is larger than 1MiB; check that it is the configuration file");
        return std::nullopt;
    }
    return text;
}

// The file as a tree whose root is a mapping, or null.
std::shared_ptr<const Node> read_tree(const std::filesystem::path& file, Findings& findings) {
    const auto text = read_file(file, findings);
    if (!text || !is_plain_text(*text, findings)) return nullptr;
    auto tree = yaml::parse_yaml(*text, findings);
    if (tree == nullptr || tree->kind == Node::Kind::mapping) return tree;
    findings.error(tree->kind == Node::Kind::null ? 0 : tree->line, "",
                   tree->kind == Node::Kind::null
                       ? "is empty; docs/configuration.md has a short one to begin with"
                       : "must be a mapping with the keys server, sources, sinks ...");
    return nullptr;
}

// Warns of each value that contains ${NAME}, because variables are not expanded, unless its line has a
// problem already. Values under a `template` key are the user's own text and are skipped.
void report_variables(const Node& node, const std::string& place, Findings& findings) {
    for (std::size_t i = 0; i < node.items.size(); ++i)
        report_variables(*node.items[i], place + "[" + std::to_string(i) + "]", findings);
    for (const Node::Entry& entry : node.entries) {
        if (entry.key == "template") continue;
        const std::string key = shown_key(entry.key);
        report_variables(*entry.value, place.empty() ? key : place + "." + key, findings);
    }
    if (!names_variable(node.text)) return;
    const bool found = std::ranges::any_of(findings.problems,
                                           [&](const Problem& problem) { return problem.line == node.line; });
    if (!found)
        findings.warning(node.line, place,
                         "${...} is taken as it is written: variables are not expanded here");
}

std::optional<Config> read_config(const std::filesystem::path& file, const Known& known, Findings& findings) {
    const auto tree = read_tree(file, findings);
    if (tree == nullptr) return std::nullopt;
    Config config;
    config.file = file;
    read_sections(Place::root(*tree, findings), known, config);
    yaml::report_unknown_keys(*tree, "", findings);
    report_variables(*tree, "", findings);
    return config;
}

}  // namespace

bool is_plain_text(std::string_view text, Findings& findings) {
    int line = 1;
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        if (!point.valid) {
            findings.error(line, "", "not UTF-8; save the file in that encoding");
            return false;
        }
        const bool space = point.value == '\n' || point.value == '\r' || point.value == '\t';
        if ((point.value < 0x20 && !space) || point.value == 0x7F) {
            findings.error(line, "", "contains a control character; remove it");
            return false;
        }
        if (point.value == '\n') ++line;
        text.remove_prefix(point.size);
    }
    return true;
}

void read_sections(const Place& root, const Known& known, Config& config) {
    Listeners taken;
    const Place server = root.section("server", {"Where webhooks arrive, and what one client may cost."});
    const Place admin = root.section(
        "admin", {"Health, metrics, the web page and the API that commands use. Left out: none."});
    const Place journal = root.section("journal", {"Where events are kept, and for how long."});
    read_server(server, known, config.server, taken);
    read_admin(admin, config.admin, taken);
    read_journal(journal, config.journal);
    Vendors vendors(known);
    vendors.read_directory(root);
    config.own_vendors = vendors.own();
    read_sources(root, vendors, now(), config.sources);
    read_sinks(root, known, config.sinks);
    read_routes(root, vendors, config);
    read_log(root.section("log", {"What is logged."}), config.log);
    config.named_files = root.findings().named_files;
    check_files(root, known, config);
}

Loaded load(const std::filesystem::path& file, const Known& known) {
    Findings findings;
    Loaded loaded;
    loaded.config = read_config(file, known, findings);
    if (findings.errors() != 0) loaded.config.reset();
    yaml::put_in_order(findings.problems);
    loaded.problems = std::move(findings.problems);
    return loaded;
}

LoadedAdmin load_admin(const std::filesystem::path& file, const AdminNeeds& needs) {
    Findings findings;
    LoadedAdmin loaded;
    if (const auto tree = read_tree(file, findings)) {
        Listeners none;
        const Place section = Place::root(*tree, findings).section("admin");
        const auto [listen, token] = admin_places(section);
        loaded.admin.emplace();
        read_admin(section, *loaded.admin, none);
        if (listen.present()) loaded.listen_line = listen.line();
        if (token.present()) loaded.token_line = token.line();
        if (!credentials_given()) {
            Findings heard_already;
            loaded.absent_credential =
                credential_named_at(admin_places(Place::root(*tree, heard_already).section("admin")).token);
        }
    }
    std::erase_if(findings.problems, [&](const Problem& problem) {
        return (!needs.address && problem.key.starts_with("admin.listen")) ||
               (!needs.token && problem.key.starts_with("admin.token"));
    });
    if (findings.errors() != 0) loaded.admin.reset();
    yaml::put_in_order(findings.problems);
    loaded.problems = std::move(findings.problems);
    return loaded;
}

}  // namespace chathook::config
