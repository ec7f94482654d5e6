#include "http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "http/acceptor.hpp"
#include "http/session.hpp"
#include "support/log.hpp"
#include "support/threads.hpp"

namespace chathook::http {
namespace {

GateLimits gate_limits(const Limits& limits) {
    return {static_cast<std::size_t>(limits.header_bytes), static_cast<std::size_t>(limits.headers),
            limits.field_bytes, limits.target_bytes};
}

}  // namespace

class Server::Core {
public:
    Core(ServerSettings settings, Handler& handler);

    // Sessions that were cut in the middle are destroyed with their contexts, after the acceptor.
    ~Core() {
        shared.connection_left = [] {};
    }
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    void start();
    void stop(std::chrono::milliseconds grace);

    std::vector<std::string> addresses;
    Shared shared;
    std::vector<std::unique_ptr<Home>> homes;
    std::unique_ptr<Acceptor> acceptor;  // works on the first home

private:
    void drain(std::chrono::milliseconds grace);
    void on_acceptor(const std::function<void()>& act);
    void for_each_session(void (Session::*tell)() noexcept);
    void cut();
    static void run(Home& home);

    using Guard = boost::asio::executor_work_guard<Executor>;
    std::vector<Guard> guards_;
    std::vector<std::jthread> threads_;
    std::once_flag stopped_;
};

Server::Core::Core(ServerSettings settings, Handler& handler)
    : shared{settings.limits,
             gate_limits(settings.limits),
             TrustedProxies(settings.trusted_proxies),
             settings.allow,
             handler,
             [this] { acceptor->left(); }} {
    shared.proxy_protocol = settings.proxy_protocol;
    shared.announced_idle = announced_idle(settings.limits.idle_timeout);
    shared.tls.set(std::move(settings.tls));
    const unsigned cpus = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = settings.threads == 0 ? cpus : settings.threads;
    for (unsigned i = 0; i < threads; ++i) homes.push_back(std::make_unique<Home>(shared));
    acceptor = std::make_unique<Acceptor>(*homes.front(), homes,
                                          static_cast<std::size_t>(settings.limits.connections));
    for (const net::Endpoint& endpoint : settings.listen) {
        net::Listener listener = net::open_listener(endpoint);
        addresses.push_back(listener.address);
        acceptor->add(std::move(listener));
    }
}

void Server::Core::start() {
    acceptor->start();
    for (const auto& home : homes) {
        guards_.emplace_back(home->context.get_executor());
        threads_.push_back(
            start_thread("http-" + std::to_string(threads_.size()), [&home = *home] { run(home); }));
    }
}

void Server::Core::run(Home& home) {
    while (!home.context.stopped()) {
        try {
            home.context.run();
        } catch (const std::exception& error) {
            log(LogLevel::error, "network_thread_failed", {{"reason", error.what()}});
        }
    }
}

void Server::Core::stop(std::chrono::milliseconds grace) {
    std::call_once(stopped_, [&] {
        shared.stopping = true;
        if (!threads_.empty()) {
            if (grace.count() > 0) drain(grace);
            cut();
            for (std::jthread& thread : threads_) thread.join();
        }
        acceptor->close();
    });
}

// First phase: no new connections and no streams, but open connections are served. HTTP/1.1 can announce the
// close of a connection only with an answer, so silent connections get a while to send a request. Then they
// are closed, and requests that have begun may finish.
void Server::Core::drain(std::chrono::milliseconds grace) {
    const auto begin = std::chrono::steady_clock::now();
    on_acceptor([this] { acceptor->take_last(); });
    for_each_session(&Session::begin_stop);
    acceptor->wait_until_empty(begin + std::min(grace, shared.limits.drain_timeout));
    on_acceptor([this] { acceptor->close(); });
    shared.drained = true;
    for_each_session(&Session::end_drain);
    acceptor->wait_until_empty(begin + grace);
}

// Runs `act` on the acceptor's thread and waits for it.
void Server::Core::on_acceptor(const std::function<void()>& act) {
    std::promise<void> done;
    boost::asio::post(homes.front()->context, [&] {
        act();
        done.set_value();
    });
    done.get_future().wait();
}

void Server::Core::for_each_session(void (Session::*tell)() noexcept) {
    for (const auto& home : homes) {
        boost::asio::post(home->context, [&home = *home, tell] {
            const std::vector<Session*> sessions(home.sessions.begin(), home.sessions.end());
            for (Session* session : sessions) (session->*tell)();
        });
    }
}

// Second phase: the remaining connections are cut.
void Server::Core::cut() {
    guards_.clear();
    for (const auto& home : homes) {
        boost::asio::post(home->context, [&home = *home] {
            for (Session* session : home.sessions) session->cut();
            home.context.stop();
        });
    }
}

Server::Server(ServerSettings settings, Handler& handler)
    : core_(std::make_unique<Core>(std::move(settings), handler)) {}

Server::~Server() { core_->stop(std::chrono::milliseconds(0)); }

void Server::start() { core_->start(); }

void Server::stop(std::chrono::milliseconds grace) { core_->stop(grace); }

void Server::set_tls(net::TlsContext tls) { core_->shared.tls.set(std::move(tls)); }

std::vector<std::string> Server::bound_addresses() const { return core_->addresses; }

std::size_t Server::connections() const noexcept { return core_->acceptor->connections(); }

std::uint64_t Server::inflight_bytes() const noexcept { return core_->shared.bodies.held(); }

}  // namespace chathook::http
