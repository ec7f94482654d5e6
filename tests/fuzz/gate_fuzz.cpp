// The gate against two other readers of the same head. A plain reading of the RFC must come to the same
// verdict and, where it serves, to the same request; and what the gate lets pass must mean the same to Beast.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/reference_head.hpp"
#include "fuzz/require.hpp"
#include "http/characters.hpp"
#include "http/gate.hpp"
#include "http/second_opinion.hpp"

using namespace chathook::fuzz;
using namespace chathook::http;

namespace {

void require_same(const Head& head, const ReferenceHead& reference) {
    require(head.method == reference.method && head.path == reference.path && head.query == reference.query);
    require(head.authority == reference.authority);
    require(head.version == (reference.version == "HTTP/1.1" ? 11 : 10));
    require(head.content_length == reference.length && head.chunked == reference.chunked);
    require(head.keep_alive == reference.keep_alive && head.expect_continue == reference.waits_for_continue);
    require(head.fields.size() == reference.fields.size());
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        require(head.fields[i].name == reference.fields[i].first);
        require(head.fields[i].value == reference.fields[i].second);
    }
}

// Beast reads the options of Connection more strictly than the gate, for which only "close" and "keep-alive"
// mean anything; its refusal ends such a request. Nothing else may be to its distaste.
bool names_connection(const Head& head) {
    for (const auto& field : head.fields) {
        if (chathook::equals_ignoring_case(field.name, "connection")) return true;
        if (chathook::equals_ignoring_case(field.name, "proxy-connection")) return true;
    }
    return false;
}

// However the network cuts the bytes, the head ends at the same place, or is refused.
void require_same_end(std::string_view bytes, const GateLimits& limits, std::size_t size) {
    HeadProgress progress;
    for (std::size_t come = 1; come <= bytes.size(); come += 1 + come % 7) {
        if (find_head_end(bytes.substr(0, come), limits, progress)) return require(size == 0);
        if (progress.size != 0) return require(progress.size == size);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static Head head;
    const GateLimits limits;
    HeadProgress progress;
    const bool refused = find_head_end(bytes, limits, progress).has_value();
    if (refused || progress.size == 0) return 0;
    const std::string_view whole = bytes.substr(0, progress.size);
    const bool passed = !read_head(whole, limits, head);
    const auto reference = read_reference(std::string(whole));
    require(passed == reference.has_value());
    if (!passed) return 0;
    require_same(head, *reference);
    require(names_connection(head) || beast_agrees(whole, limits, head));
    require_same_end(bytes, limits, progress.size);
    return 0;
}
