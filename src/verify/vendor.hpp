// A vendor as configured on one source: its definition and, prepared, the source's keys. Immutable once made
// and pure: no I/O, no clock, no log, so it is tested with literals and shared by all connections; any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <chathook/reply.hpp>
#include <chathook/vendor.hpp>

#include "verify/handshakes.hpp"
#include "verify/scheme.hpp"

namespace chathook::verify {

class Vendor final : public Scheme {
public:
    // `definition` outlives this, see there. Throws as Scheme does.
    Vendor(const VendorDefinition& definition, const VendorSettings& settings)
        : Scheme(definition.rules, settings),
          definition_(definition),
          handshakes_(definition, settings.verify_token) {}

    // The same, and keeps it.
    Vendor(std::shared_ptr<const VendorDefinition> definition, const VendorSettings& settings)
        : Scheme(definition->rules, settings),
          kept_(std::move(definition)),
          definition_(*kept_),
          handshakes_(definition_, settings.verify_token) {}

    const VendorDefinition& definition() const noexcept { return definition_; }

    // See BodyReader.
    Normalized normalize(const Verified& verified) const { return definition_.reader->normalize(verified); }

    BodyReader::Parts split(const Verified& verified) const { return definition_.reader->split(verified); }
    bool splits() const noexcept { return definition_.reader->splits(); }

    Reply accepted() const;
    Reply refused() const;

    // See Handshakes for all three; `verified` is of `request` and by this vendor.
    bool answers_get() const noexcept { return handshakes_.answers_get(); }
    Result<Reply> answer_get(const Request& request) const { return handshakes_.answer_get(request); }
    std::optional<Result<Reply>> handshake(const Request& request, const Verified& verified) const {
        if (handshakes_.none()) return std::nullopt;
        return handshakes_.answer(request, verified, mac_key(verified.secret_index()));
    }

private:
    std::shared_ptr<const VendorDefinition> kept_;  // null where somebody else keeps it
    const VendorDefinition& definition_;
    Handshakes handshakes_;
};

}  // namespace chathook::verify
