// The part of the journal for the admin address: the sum of what its handlers need.
#pragma once

#include "journal/health.hpp"
#include "journal/orders.hpp"

namespace chathook::journal {

class Administration : public Orders, public RejectionOrders, public HealthCheck {};

}  // namespace chathook::journal
