// Every vendor and every kind of sink of the program, for the tests of the shipped files and of a user's own
// vendors.
#pragma once

#include "config/load.hpp"
#include "sinks/catalog.hpp"
#include "vendors/catalog.hpp"

namespace chathook::config::test {

inline Known shipped() {
    static constexpr VendorReader reader{vendors::read_vendor, vendors::read_vendor_within, vendors::with_map,
                                         vendors::fault_of_secret};
    return {vendors::vendor_names(), sinks::sink_kinds(), vendors::find_vendor, nullptr, &reader,
            vendors::event_types()};
}

}  // namespace chathook::config::test
