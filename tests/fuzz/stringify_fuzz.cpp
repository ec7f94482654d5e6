// Any bytes: what JSON.stringify makes of them, here and in Node.js, which is asked over a pipe. It answers
// some thousand times a second, so this finds what json_fuzz has no oracle for and json_fuzz what takes many
// more tries. Needs node.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ecma/document.hpp"
#include "ecma/stringify.hpp"
#include "fuzz/require.hpp"
#include "support/node_oracle.hpp"

using namespace chathook;
using chathook::fuzz::require;

namespace {

std::string as_answered(const std::optional<std::string>& text) { return text ? "+" + *text : "-"; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static test::NodeOracle node("tests/ecma/oracle.mjs");
    const std::string body(reinterpret_cast<const char*>(data), size);
    const JsonDocument::Pointer document = JsonDocument::parse_bytes(body);
    std::optional<std::string> printed;
    if (document != nullptr) printed = ecma::stringify(*document);
    const test::ByteStrings answers = node.ask({body});
    require(answers.at(0) == as_answered(printed));
    require(answers.at(1) == as_answered(ecma::stringify_body(body)));
    return 0;
}
