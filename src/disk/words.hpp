// Names of the journal room that this room uses.
#pragma once

#include "journal/settings.hpp"

namespace chathook::disk {

using journal::JournalSettings;
using journal::OnDamage;
using journal::OpenError;

}  // namespace chathook::disk
