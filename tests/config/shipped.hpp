// Every vendor and every kind of sink of the program, for the tests of the shipped files.
#pragma once

#include "config/load.hpp"
#include "sinks/catalog.hpp"
#include "vendors/catalog.hpp"

namespace chathook::config::test {

inline Known shipped() { return {vendors::vendor_names(), sinks::sink_kinds(), vendors::find_vendor}; }

}  // namespace chathook::config::test
