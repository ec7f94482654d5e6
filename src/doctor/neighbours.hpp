// The vendors by whose rules a request is rightly signed, though it is not by those of the vendor that was
// expected. Pure; any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "doctor/doctor.hpp"

namespace chathook::doctor {

// In the order of the patient's vendors, at most neighbours_max, without the expected one. The age of a
// signed time and what a source expects of a body do not count. A vendor that signs its URL is tried only if
// the settings have a public_url; one whose keys have another form than the secrets, not at all. With a
// patient whose vendor has public keys, these alone are tried as such, and never as secrets.
inline constexpr std::size_t neighbours_max = 4;
std::vector<const VendorDefinition*> neighbours(const Patient& patient);

}  // namespace chathook::doctor
