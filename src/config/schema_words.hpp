// One sentence on each key of the configuration, for the schema; a kind of sink brings the sentences of its
// own options. Literals; any thread.
#pragma once

#include <string_view>

namespace chathook::config {

// The words on a key by its path: "server.limits.body", "sources.*.vendor", "routes[].to". Empty: none.
std::string_view schema_words(std::string_view path) noexcept;

}  // namespace chathook::config
