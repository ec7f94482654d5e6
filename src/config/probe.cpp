#include "config/probe.hpp"

#include <cassert>
#include <string>

#include "config/sections.hpp"

namespace chathook::config {

namespace {

// Contains everything that is asked for only where it is present. Its values are invalid, which does not
// matter here.
std::string text_of(const Known& known) {
    std::string text =
        "server: {listen: [x], trusted_proxies: [x], tls: {certificate: /, key: /, client_ca: /}}\n"
        "admin: {listen: x}\n"
        "sources: {one: {vendor: x, path: /x, secret: x}, many: {secrets: [x]}}\n"
        "routes: [{match: {type: [x], vendor: [x], source: [x]}, to: [x]}]\n"
        "sinks:\n";
    for (const SinkKind& kind : known.sinks) {
        text += "  " + std::string(kind.name) + ": {type: " + std::string(kind.name) + "}\n";
    }
    return text;
}

}  // namespace

Findings answers_to_probe(const Known& known) {
    Findings findings;
    const auto tree = yaml::parse_yaml(text_of(known), findings);
    assert(tree != nullptr);
    Config config;
    read_sections(Place::root(*tree, findings), known, config);
    return findings;
}

}  // namespace chathook::config
