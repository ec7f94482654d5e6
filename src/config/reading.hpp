// What the readers of sections use of src/yaml, under the names that they use. One thread, as load().
#pragma once

#include "yaml/findings.hpp"
#include "yaml/place.hpp"
#include "yaml/tree.hpp"

namespace chathook::config {

using yaml::Asked;
using yaml::Findings;
using yaml::KeyText;
using yaml::Node;
using yaml::Place;

using yaml::in_quotes;
using yaml::joined;
using yaml::shown_key;
using yaml::suggestion;

}  // namespace chathook::config
