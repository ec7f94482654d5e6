#include "sinks/catalog.hpp"

#include <algorithm>
#include <array>

#include "sinks/file.hpp"
#include "sinks/http.hpp"
#include "sinks/stdout.hpp"

namespace chathook::sinks {

std::span<const SinkKind> sink_kinds() {
    static const std::array kinds{
        SinkKind{"file", file_options(), file_traits, make_file_sink},
        SinkKind{"http", http_options(), http_traits, make_http_sink},
        SinkKind{"stdout", stdout_options(), stdout_traits, make_stdout_sink},
    };
    return kinds;
}

const SinkKind* find_sink_kind(std::string_view name) {
    const auto kinds = sink_kinds();
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [name](const SinkKind& kind) { return kind.name == name; });
    return found == kinds.end() ? nullptr : &*found;
}

}  // namespace chathook::sinks
