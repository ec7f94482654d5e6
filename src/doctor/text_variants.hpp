// The texts that a sender may have signed in place of the one that its vendor's rules demand. Pure; any
// thread.
#pragma once

#include <vector>

#include "doctor/cause_search.hpp"
#include "doctor/doctor_parts.hpp"
#include "doctor/signature_reading.hpp"

namespace chathook::doctor {

// The demanded text first, if it can be made of the request; then others with the times that the request has,
// and with other spellings of a signed URL. `read` is the signature of `source`.
std::vector<TextVariant> text_variants(const Patient& patient, const SignatureSource& source,
                                       const ReadSignature& read);

}  // namespace chathook::doctor
