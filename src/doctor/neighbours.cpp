#include "doctor/neighbours.hpp"

#include <algorithm>

#include "verify/key_form.hpp"
#include "verify/scheme.hpp"

namespace chathook::doctor {
namespace {

bool is_signed_as(const VendorDefinition& vendor, const Patient& patient) {
    const bool needs_url = vendor.rules.signs(verify::TextPart::Kind::url);
    if (needs_url && patient.settings.public_url.empty()) return false;
    const bool are_keys = std::ranges::all_of(patient.settings.secrets, [&](const Secret& secret) {
        return verify::key_bytes(vendor.rules, secret.bytes.view()).fault.empty();
    });
    if (!are_keys) return false;
    const auto verified = verify::Scheme(vendor.rules, patient.settings).verify(patient.request, patient.now);
    return verified.has_value() || verified.error() == Errc::stale_timestamp ||
           verified.error() == Errc::unexpected_account;
}

}  // namespace

std::vector<const VendorDefinition*> neighbours(const Patient& patient) {
    std::vector<const VendorDefinition*> found;
    // A public key is no secret: whoever knows it could have signed with its text.
    const bool is_public = patient.vendor.rules.kind == verify::Kind::public_key;
    for (const VendorDefinition& vendor : patient.vendors) {
        if (found.size() == neighbours_max) break;
        if ((vendor.rules.kind == verify::Kind::public_key) != is_public) continue;
        if (vendor.name != patient.vendor.name && is_signed_as(vendor, patient)) found.push_back(&vendor);
    }
    return found;
}

}  // namespace chathook::doctor
