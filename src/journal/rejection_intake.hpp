// The part of the journal for code that refuses requests: it records these. Any thread.
#pragma once

#include <cstdint>

#include "journal/ledgers.hpp"

namespace chathook::journal {

class RejectionIntake {
public:
    virtual ~RejectionIntake() = default;

    // Records a refused request within a second or so, when that delays no event. If more than 256 wait to be
    // recorded, further ones are only counted. Never blocks.
    virtual void reject(Rejection rejection) noexcept = 0;

    virtual bool keeps_rejections() const noexcept = 0;                // false: reject() does nothing
    virtual std::uint64_t unrecorded_rejections() const noexcept = 0;  // since the journal was opened
};

}  // namespace chathook::journal
