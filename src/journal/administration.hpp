// The journal as the admin address knows it: the sum of what its parts ask for.
#pragma once

#include "journal/health.hpp"
#include "journal/orders.hpp"

namespace chathook::journal {

class Administration : public Orders, public RejectionOrders, public HealthCheck {};

}  // namespace chathook::journal
