// A vendor's time, handshakes and needs in words, for people: `chathookd vendors NAME`. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

namespace chathook::verify {

// What a source of this vendor is held to and has to be given, besides its signature.
struct VendorWords {
    // Where the time of sending stands, and how far from it a webhook may come; empty: the vendor says none.
    std::string time;
    std::vector<std::string> needs;       // keys of the source, each with its reason
    std::vector<std::string> expects;     // "/type is page": what a body must say
    std::vector<std::string> handshakes;  // "GET ?hub.mode=subscribe -> hub.challenge"
};

VendorWords words_of(const VendorDefinition& vendor);

}  // namespace chathook::verify
