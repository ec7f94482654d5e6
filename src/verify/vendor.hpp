// A vendor as configured on one source: its definition and, prepared, the source's keys. Immutable once made
// and pure: no I/O, no clock, no log, so it is tested with literals and shared by all connections; any
// thread.
#pragma once

#include <memory>
#include <utility>

#include <chathook/reply.hpp>
#include <chathook/vendor.hpp>

#include "verify/scheme.hpp"

namespace chathook::verify {

class Vendor final : public Scheme {
public:
    // `definition` outlives this, see there. Throws as Scheme does.
    Vendor(const VendorDefinition& definition, const VendorSettings& settings)
        : Scheme(definition.rules, settings), definition_(definition) {}

    // The same, and keeps it.
    Vendor(std::shared_ptr<const VendorDefinition> definition, const VendorSettings& settings)
        : Scheme(definition->rules, settings), kept_(std::move(definition)), definition_(*kept_) {}

    const VendorDefinition& definition() const noexcept { return definition_; }

    // See BodyReader.
    Normalized normalize(const Verified& verified) const { return definition_.reader->normalize(verified); }

    Reply accepted() const;
    Reply refused() const;

private:
    std::shared_ptr<const VendorDefinition> kept_;  // null where somebody else keeps it
    const VendorDefinition& definition_;
};

}  // namespace chathook::verify
