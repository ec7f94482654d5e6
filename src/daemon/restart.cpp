// What of a configuration only a restart can change.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ranges>
#include <tuple>
#include <variant>

#include "daemon/parts.hpp"

namespace chathook::daemon {

namespace {

bool same(const config::Address& a, const config::Address& b) {
    return a.text == b.text && a.mode == b.mode && a.owner == b.owner && a.group == b.group;
}

bool same(const std::vector<config::Address>& a, const std::vector<config::Address>& b) {
    return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return same(x, y); });
}

bool same(const config::Limits& a, const config::Limits& b) {
    const auto parts = [](const config::Limits& l) {
        return std::tuple(l.body, l.header_bytes, l.headers, l.connections, l.requests_per_connection,
                          l.header_timeout, l.body_timeout, l.idle_timeout, l.write_timeout, l.commit_timeout,
                          l.inflight_bytes, l.failed_verifications_burst, l.failed_verifications_per_minute);
    };
    return parts(a) == parts(b);
}

bool same(const config::Journal& a, const config::Journal& b) {
    const auto parts = [](const config::Journal& j) {
        return std::tuple(j.path, j.retain_delivered, j.retain_dead, j.dedupe_window, j.min_free_disk,
                          j.max_size, j.on_damage, j.rejections_keep, j.rejections_age);
    };
    return parts(a) == parts(b);
}

bool same(const SecretBytes& a, const SecretBytes& b) { return a.view() == b.view(); }

bool same(const SinkSettings::Value& a, const SinkSettings::Value& b) {
    if (a.index() != b.index()) return false;
    if (const auto* secret = std::get_if<std::shared_ptr<const SecretBytes>>(&a)) {
        return same(**secret, *std::get<std::shared_ptr<const SecretBytes>>(b));
    }
    if (const auto* headers = std::get_if<std::vector<SecretHeader>>(&a)) {
        return std::ranges::equal(
            *headers, std::get<std::vector<SecretHeader>>(b),
            [](const auto& x, const auto& y) { return x.name == y.name && same(*x.value, *y.value); });
    }
    if (const auto* text = std::get_if<std::string>(&a)) return *text == std::get<std::string>(b);
    if (const auto* flag = std::get_if<bool>(&a)) return *flag == std::get<bool>(b);
    if (const auto* number = std::get_if<std::uint64_t>(&a)) return *number == std::get<std::uint64_t>(b);
    return std::get<std::chrono::milliseconds>(a) == std::get<std::chrono::milliseconds>(b);
}

bool same(const config::Sink& a, const config::Sink& b) {
    return a.name == b.name && a.type == b.type && a.retry.initial == b.retry.initial &&
           a.retry.max == b.retry.max && a.retry.max_age == b.retry.max_age &&
           std::ranges::equal(a.settings.values(), b.settings.values(), [](const auto& x, const auto& y) {
               return x.first == y.first && same(x.second, y.second);
           });
}

bool same(const config::Log& a, const config::Log& b) {
    return a.level == b.level && a.format == b.format && a.pii == b.pii;
}

bool same(const config::Admin& a, const config::Admin& b) {
    const bool same_address =
        a.listen.has_value() == b.listen.has_value() && (!a.listen || same(*a.listen, *b.listen));
    return same_address && same(a.token, b.token);
}

}  // namespace

std::vector<std::string> restart_needed_for(const config::Config& now, const config::Config& next) {
    std::vector<std::string> keys;
    const auto compare = [&](const char* key, bool equal) {
        if (!equal) keys.emplace_back(key);
    };
    compare("server.listen", same(now.server.listen, next.server.listen));
    compare("server.threads", now.server.threads == next.server.threads);
    compare("server.trusted_proxies", now.server.trusted_proxies == next.server.trusted_proxies);
    compare("server.proxy_protocol", now.server.proxy_protocol == next.server.proxy_protocol);
    compare("server.tls", now.server.tls.has_value() == next.server.tls.has_value());
    compare("server.limits", same(now.server.limits, next.server.limits));
    compare("admin", same(now.admin, next.admin));
    compare("journal", same(now.journal, next.journal));
    compare("sinks", std::ranges::equal(now.sinks, next.sinks,
                                        [](const auto& x, const auto& y) { return same(x, y); }));
    compare("log", same(now.log, next.log));
    return keys;
}

}  // namespace chathook::daemon
