#include "config/reference.hpp"

#include <algorithm>
#include <array>

#include "config/probe.hpp"
#include "config/sections.hpp"
#include "yaml/unit_text.hpp"

namespace chathook::config {

namespace {

// Sections with a table of their own; the keys of other nested sections are in the table around them, with
// dotted names.
constexpr std::array<std::string_view, 2> own_tables{"server.tls", "server.limits"};

std::string code(const std::string& text) { return "`" + text + "`"; }

std::string choices_text(const std::vector<std::string>& choices) {
    std::string text;
    for (const std::string& choice : choices) text += (text.empty() ? "" : ", ") + code(choice);
    return text;
}

// `shown` prints a bound in the notation of the file.
template <class Shown>
std::string range_text(const Bounds& bounds, Shown shown) {
    if (bounds.most >= Place::no_bound) return "at least " + shown(bounds.least);
    return shown(bounds.least) + " to " + shown(bounds.most);
}

std::string counts_text(const Bounds& bounds) {
    return range_text(bounds, [](std::uint64_t number) { return std::to_string(number); });
}

std::string sizes_text(const Bounds& bounds) { return range_text(bounds, yaml::size_text); }

std::string durations_text(const Bounds& bounds) {
    return range_text(bounds, [](std::uint64_t milliseconds) {
        return yaml::duration_text(std::chrono::milliseconds(milliseconds));
    });
}

std::string form_of(const Asked& asked) {
    switch (asked.kind) {
        case Asked::Kind::section:
        case Asked::Kind::names: return "section";
        case Asked::Kind::texts: return "pointers with texts";
        case Asked::Kind::list: return "list";
        case Asked::Kind::text:
            return asked.most == 0 ? "text" : "text of up to " + std::to_string(asked.most) + " bytes";
        case Asked::Kind::path: return "path";
        case Asked::Kind::boolean: return "`true`, `false`";
        case Asked::Kind::count: return counts_text({asked.least, asked.most});
        case Asked::Kind::size: return sizes_text({asked.least, asked.most});
        case Asked::Kind::duration:
            return durations_text({asked.least, asked.most}) + (asked.whole_seconds ? ", whole seconds" : "");
        case Asked::Kind::choice: return choices_text(asked.choices);
        case Asked::Kind::address: return "address";
        case Asked::Kind::secret:
        case Asked::Kind::dated_secret: return "[secret](#secrets)";
        case Asked::Kind::tree: return "see there";
    }
    return {};
}

std::string form_of(const OptionSpec& spec) {
    switch (spec.kind) {
        case OptionKind::text: return "text";
        case OptionKind::path: return "path";
        case OptionKind::choice: return choices_text(choices_of(spec.choices));
        case OptionKind::boolean: return "`true`, `false`";
        case OptionKind::count: return counts_text(bounds_of(spec));
        case OptionKind::size: return sizes_text(bounds_of(spec));
        case OptionKind::duration: return durations_text(bounds_of(spec));
        case OptionKind::secret: return "[secret](#secrets)";
        case OptionKind::headers: return "names with texts or [secrets](#secrets)";
        case OptionKind::tree: return "any value";
    }
    return {};
}

std::string row(const std::string& name, const std::string& form, bool required, const std::string& fallback,
                const KeyText& words) {
    const std::string given = required ? "required" : fallback.empty() ? "none" : code(fallback);
    std::string meaning(words.summary);
    if (!words.more.empty()) meaning += (meaning.empty() ? "" : " ") + std::string(words.more);
    return "| " + code(name) + " | " + form + " | " + given + " | " + meaning + " |\n";
}

constexpr std::string_view head = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n";

class ReferenceWriter {
public:
    explicit ReferenceWriter(const Known& known) : known_(known), asked_(answers_to_probe(known)) {}

    std::string table(std::string_view section) const {
        const std::string rows = rows_of(section);
        return rows.empty() ? rows : std::string(head) + rows;
    }

private:
    // Finds the section in the probe. Keys common to all kinds of sink are taken from the first kind.
    std::string rows_of(std::string_view section) const {
        const std::string first_sink = "sinks." + std::string(known_.sinks.front().name);
        if (section == "sources") return keys_below("sources.one", "");
        if (section == "sinks") return key_at(first_sink, "type", "") + key_at(first_sink, "retry", "");
        if (section == "sinks.retry") return keys_below(first_sink + ".retry", "");
        if (section == "routes") return keys_below("routes[0]", "");
        for (const SinkKind& kind : known_.sinks) {
            if (section == "sinks." + std::string(kind.name)) return options_of(kind);
        }
        return keys_below(std::string(section), "");
    }

    std::string keys_below(const std::string& place, const std::string& prefix) const {
        std::string rows;
        const auto found = asked_.declared.find(place);
        if (found == asked_.declared.end()) return rows;
        for (const std::string& name : found->second) rows += key_at(place, name, prefix);
        return rows;
    }

    std::string key_at(const std::string& place, const std::string& name, const std::string& prefix) const {
        const std::string path = place + "." + name;
        const bool section = asked_.declared.contains(path);
        const bool elsewhere = std::ranges::find(own_tables, path) != own_tables.end() || name == "retry";
        if (section && !elsewhere) return keys_below(path, prefix + name + ".");
        const auto words = asked_.words.find(path);
        const Asked asked = asked_at(path);
        const bool required = asked_.required_places.contains(path) && !path.ends_with(".secrets");
        return row(prefix + name, form_at(path, asked), required, asked.fallback,
                   words == asked_.words.end() ? KeyText{} : words->second);
    }

    // The probe's `one` has no `secrets`.
    Asked asked_at(const std::string& path) const {
        const auto found = asked_.asked.find(path == "sources.one.secrets" ? "sources.many.secrets" : path);
        return found == asked_.asked.end() ? Asked{} : found->second;
    }

    std::string form_at(const std::string& path, const Asked& asked) const {
        if (asked.kind != Asked::Kind::list) return form_of(asked);
        const bool secrets = path == "sources.one.secrets";
        const auto item = asked_.asked.find((secrets ? "sources.many.secrets" : path) + "[0]");
        const std::string of = item == asked_.asked.end() ? "text" : form_of(item->second);
        return "list of up to " + std::to_string(asked.most) + " " +
               (of == "[secret](#secrets)" ? "[secrets](#secrets)" : of + (of == "address" ? "es" : "s"));
    }

    static std::string options_of(const SinkKind& kind) {
        std::string rows;
        for (const OptionSpec& spec : kind.options) {
            rows += row(std::string(spec.key), form_of(spec), spec.required, std::string(spec.fallback),
                        {spec.help, spec.more});
        }
        return rows;
    }

    const Known& known_;
    Findings asked_;
};

constexpr std::string_view opening = "<!-- keys: ";
constexpr std::string_view opening_end = " -->\n";
constexpr std::string_view closing = "<!-- end of keys -->";

}  // namespace

std::string reference_table(const Known& known, std::string_view section) {
    return ReferenceWriter(known).table(section);
}

std::string with_reference_tables(const Known& known, std::string_view page) {
    const ReferenceWriter writer(known);
    std::string written;
    while (true) {
        const std::size_t begin = page.find(opening);
        const std::size_t named = begin == page.npos ? page.npos : page.find(opening_end, begin);
        const std::size_t end = named == page.npos ? page.npos : page.find(closing, named);
        if (end == page.npos) return written += page;
        const std::string_view section = page.substr(begin + opening.size(), named - begin - opening.size());
        const std::size_t body = named + opening_end.size();
        const std::string table = writer.table(section);
        written += page.substr(0, body);
        written += table.empty() ? page.substr(body, end - body) : table;
        page.remove_prefix(end);
        written += closing;
        page.remove_prefix(closing.size());
    }
}

}  // namespace chathook::config
