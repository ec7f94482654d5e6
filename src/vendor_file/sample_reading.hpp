// What a sample of a vendor file becomes. Its body is read as if it were signed, for not every vendor can be
// signed for. Immutable; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "chathook/vendor.hpp"
#include "verify/vendor.hpp"

namespace chathook::vendor_file {

// In place of the source's secret, for a handshake that is answered with a MAC.
inline constexpr std::string_view sample_secret = "stands for any secret";

class ReadSample {
public:
    // Both outlive it.
    ReadSample(const VendorDefinition& definition, std::string_view body);
    ReadSample(const ReadSample&) = delete;
    ReadSample& operator=(const ReadSample&) = delete;

    // The whole body.
    const Verified& verified() const noexcept { return verified_; }

    // Each event in the order of the body, as what it was read from and its fields. An event that only keeps
    // what is in none of the others is not among them.
    template <class Visit>
    void for_each_event(Visit visit) const {
        for (const BodyReader::Part& part : parts_.all) visit(part.proved, part.normalized);
        if (parts_.all.empty()) visit(verified_, vendor_.normalize(verified_));
    }

    // The answer if it is a handshake, which makes no event; see verify::Handshakes.
    std::optional<Result<Reply>> handshake() const { return vendor_.handshake(request_, verified_); }

private:
    VendorDefinition definition_;  // with rules by which anybody can sign
    verify::Vendor vendor_;
    std::vector<SignedHeader> headers_;
    std::array<Field, 1> fields_;
    Request request_;
    Verified verified_;
    BodyReader::Parts parts_;
};

}  // namespace chathook::vendor_file
