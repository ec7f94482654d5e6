// Names of src/age that this room uses without their namespace.
#pragma once

#include "age/age_clock.hpp"
#include "age/ages.hpp"

namespace chathook::journal {

using age::AgeClock;
using age::Ages;
using age::ClockState;
using age::Epoch;
using age::Epochs;

}  // namespace chathook::journal
