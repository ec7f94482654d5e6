// Any bytes: the parser never reads beyond them, what it accepts is printed in a form that reads back to
// itself, and its handles stay inside the document. What is made portable has no obstacle left, and what had
// none keeps its meaning.
#include <chathook/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ecma/document.hpp"
#include "ecma/portable.hpp"
#include "ecma/stringify.hpp"
#include "fuzz/require.hpp"

using namespace chathook;
using chathook::fuzz::require;

namespace {

void walk(const Json& container) {
    std::size_t children = 0;
    const std::string_view whole = container.source();
    for (Json child = container.first(); child; child = child.next(), ++children) {
        const std::string_view source = child.source();
        require(source.data() > whole.data() && source.data() + source.size() < whole.data() + whole.size());
        require(container.is_array() || container[child.key()].kind() != Json::Kind::absent);
    }
    require(children == container.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string raw(reinterpret_cast<const char*>(data), size);
    const JsonDocument::Pointer document = JsonDocument::parse_bytes(raw);
    if (document == nullptr) return 0;
    walk(document->root());
    for (Json child = document->root().first(); child; child = child.next()) walk(child);
    const std::string printed = ecma::stringify(*document);
    const JsonDocument::Pointer again = JsonDocument::parse(printed);
    require(again != nullptr && ecma::stringify(*again) == printed);

    constexpr std::size_t levels = 8;
    std::string portable;
    ecma::append_portable(portable, *document, document->root(), levels);
    const JsonDocument::Pointer reread = JsonDocument::parse(portable);
    require(reread != nullptr && !ecma::find_obstacles(*reread, levels).any());
    if (!ecma::find_obstacles(*document, levels).any()) require(ecma::stringify(*reread) == printed);
    return 0;
}
