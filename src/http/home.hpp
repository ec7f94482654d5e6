// What the sessions of one server share (Shared), and those of one thread (Home). A Home is used on its
// thread only, Shared on all of them.
#pragma once

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_set>

#include "http/body_room.hpp"
#include "http/client_address.hpp"
#include "http/gate.hpp"
#include "http/handler.hpp"
#include "http/limits.hpp"
#include "http/response.hpp"
#include "net/read_buffer.hpp"
#include "net/tls.hpp"
#include "support/log_pace.hpp"

namespace chathook::http {

class Session;

// State common to all sessions of one server.
struct Shared {
    Limits limits;
    GateLimits gate;
    TrustedProxies trusted;
    std::string_view allow;  // of the 405 for CONNECT and TRACE
    Handler& handler;
    std::function<void()> connection_left;  // called once for each session that ends, from its thread
    BodyRoom bodies{limits.inflight_bytes, limits.body};
    std::atomic<std::uint64_t> lingering{0};  // sessions that linger without a cap in bytes
    std::atomic<bool> stopping{false};        // answers say "Connection: close"
    std::atomic<bool> drained{false};         // afterwards: silent connections are not waited for
    std::chrono::seconds announced_idle{0};
    bool proxy_protocol = false;  // every connection begins with a PROXY header
    net::CurrentTls tls;
    LogPace proxies_refused;
    LogPace handshakes_failed;
};

// One thread's sessions. They may outlive the run of the context, but not its destruction, so it is the last
// member.
struct Home {
    explicit Home(Shared& all) : shared(all), spare(all.limits.read_buffer_bytes), context(1) {}

    Shared& shared;
    DateText date;
    net::SpareMemory spare;
    std::unordered_set<Session*> sessions;
    boost::asio::io_context context;
};

}  // namespace chathook::http
