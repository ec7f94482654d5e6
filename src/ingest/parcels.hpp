// The events of a body in which a vendor sends several, ready for one commit. Pure but for new ids; any
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <chathook/request.hpp>
#include <chathook/verified.hpp>

#include "ingest/routing.hpp"
#include "journal/parcel.hpp"

namespace chathook::ingest {

struct Several {
    std::shared_ptr<const journal::Parcel> parcel;

    // For the log and the metrics: one for each part.
    struct Contact {
        std::string email, phone;
        bool ambiguous = false;  // a key of the part stands twice
    };
    std::vector<Contact> contacts;
};

// Null if the body is one event. That is also one whose events would take many times its bytes, because each
// repeats what stands around them.
std::unique_ptr<Several> several_of(const Source& source, const Request& request, const Verified& verified);

}  // namespace chathook::ingest
