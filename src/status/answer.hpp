// A report as JSON: what GET /api/v1/status answers, as docs/admin-api.md says. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "status/report.hpp"

namespace chathook::status {

// Units stand in the names of numbers, times are RFC 3339 in UTC. Its texts may be invalid UTF-8.
nlohmann::ordered_json json_of(const Report& report);

// Up to which time the share `quantile` of the answers took, estimated within its bucket as Prometheus does;
// of an answer above all bounds the largest bound. Nothing if there is no answer.
std::optional<std::chrono::nanoseconds> quantile_of(std::span<const std::chrono::nanoseconds> bounds,
                                                    std::span<const std::uint64_t> answers, double quantile);

}  // namespace chathook::status
