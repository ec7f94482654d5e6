#include "config/file_claims.hpp"

#include <algorithm>
#include <memory>

#include <chathook/file_owner.hpp>

#include "config/sections.hpp"

namespace chathook::config {

namespace {

namespace fs = std::filesystem;

// Null: the sink cannot be made, which read_sinks() has reported.
std::unique_ptr<chathook::Sink> make_again(const Sink& sink, const Known& known) {
    const auto kind = std::ranges::find(known.sinks, sink.type, &SinkKind::name);
    if (kind == known.sinks.end()) return nullptr;
    for (const OptionSpec& option : kind->options) {
        const bool needed = option.required || !option.fallback.empty();
        if (needed && !sink.settings.has(option.key)) return nullptr;
    }
    auto made = kind->make(sink.settings);
    auto* usable = std::get_if<std::unique_ptr<chathook::Sink>>(&made);
    return usable == nullptr ? nullptr : std::move(*usable);
}

// Whether the directory is missing and will be made at start-up, for the journal, before any sink needs it.
bool is_made_with_journal(const fs::path& directory, const fs::path& journal) {
    std::error_code error;
    if (fs::exists(directory, error) || error) return false;
    const fs::path wanted = fs::absolute(directory, error).lexically_normal();
    fs::path made = fs::absolute(journal, error).lexically_normal();
    while (made != wanted && made.has_relative_path()) made = made.parent_path();
    return made == wanted;
}

// Writing or rotating a file of another part would destroy it, so each file has one owner.
void check_file(const Place& at, const FileOwner& owner, const std::string& name, const fs::path& journal,
                std::vector<FileClaim>& claims) {
    const OwnedFile file = owner.file();
    const Place place = at.find(file.key);
    const FileClaim mine{.owner = "sink '" + name + "' (line " + std::to_string(place.line()) + ")",
                         .path = file.path,
                         .rotated = file.rotated};
    for (const FileClaim& other : claims) {
        const auto why = conflict(mine, other);
        if (!why) continue;
        place.error(in_quotes(file.path.string()) + " " + *why + "; give each sink a file of its own");
        return;
    }
    claims.push_back(mine);
    if (is_made_with_journal(file.path.parent_path(), journal)) return;
    for (const SettingsError& warning : owner.warnings()) {
        at.find(warning.key).warning(warning.message);
    }
}

}  // namespace

std::vector<FileClaim> claims_beside_sinks(const Config& config) {
    std::vector<FileClaim> claims{
        {.owner = "the journal", .path = config.journal.directory, .kind = FileClaim::Kind::directory}};
    if (!config.file.empty()) claims.push_back({.owner = "the configuration", .path = config.file});
    if (const auto& tls = config.server.tls) {
        for (const std::filesystem::path& file : {tls->certificate, tls->key, tls->client_ca}) {
            if (!file.empty()) claims.push_back({.owner = "server.tls", .path = file});
        }
    }
    for (const NamedFile& file : config.named_files) claims.push_back({.owner = file.key, .path = file.path});
    return claims;
}

void check_files(const Place& root, const Known& known, const Config& config) {
    const Place at = root.section("sinks");
    std::vector<FileClaim> claims = claims_beside_sinks(config);
    for (const Sink& sink : config.sinks) {
        const auto made = make_again(sink, known);
        const auto* owner = dynamic_cast<const FileOwner*>(made.get());
        if (owner != nullptr) check_file(at[sink.name], *owner, sink.name, config.journal.directory, claims);
    }
}

}  // namespace chathook::config
