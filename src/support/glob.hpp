// Event type patterns: '*' stands for any run of characters, dots included; all else is literal. Pure; any
// thread.
#pragma once

#include <string_view>

namespace chathook {

// "handover.*" matches "handover.requested"; "*" matches everything. However many stars a pattern has, it
// costs at most one step per pair of characters: no backtracking blow-up.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace chathook
