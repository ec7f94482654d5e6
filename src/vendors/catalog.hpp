// The vendors that chathookd is shipped with: the files in src/vendors/files, which are part of the program.
// Called at start-up and by the command line; any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <chathook/vendor.hpp>

#include "verify/vendor.hpp"
#include "yaml/findings.hpp"
#include "yaml/place.hpp"

namespace chathook::vendors {

// In the order in which the command line lists them.
std::span<const std::string_view> vendor_names() noexcept;

// The vendor of that name, which lives as long as the program; null if there is no such vendor.
const VendorDefinition* find_vendor(std::string_view name);

// All types that an event can have.
std::span<const std::string_view> event_types() noexcept;

// Makes a vendor of the text of a file. What is wrong is in the findings; the result counts only if there is
// no error. Null if the text is no YAML. While a vendor of the same name and text is in use, that is the
// result.
std::shared_ptr<const VendorDefinition> read_vendor(std::string name, std::string_view text,
                                                    yaml::Findings& findings);

// Makes a vendor of a source's own `verify`, `identity`, `answer` and `map`.
std::shared_ptr<const VendorDefinition> read_vendor_within(std::string name, const yaml::Place& source);

// A vendor that was made by these functions or is in the catalog, with another `map` and, if that is present,
// another `identity`.
std::shared_ptr<const VendorDefinition> with_map(std::shared_ptr<const VendorDefinition> vendor,
                                                 const yaml::Place& map, const yaml::Place& identity);

// Why the secret is none of the form that the rules ask for, as a sentence without its subject; empty: it is
// one.
std::string fault_of_secret(const VendorDefinition& vendor, std::string_view secret);

// A digest of all files of the catalog: 16 hexadecimal digits.
std::string catalog_fingerprint();

// Makes the vendor of that name for one source; null if there is no such vendor. Takes the settings, so that
// the secrets are wiped once their keys are prepared.
std::unique_ptr<verify::Vendor> make_vendor(std::string_view name, VendorSettings settings);

}  // namespace chathook::vendors
