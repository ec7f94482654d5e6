#include "http/server.hpp"

#include <pthread.h>
#include <signal.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <future>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

#include "http/acceptor.hpp"
#include "http/session.hpp"
#include "support/log.hpp"

namespace chathook::http {
namespace {

GateLimits gate_limits(const Limits& limits) {
    return {static_cast<std::size_t>(limits.header_bytes), static_cast<std::size_t>(limits.headers),
            limits.field_bytes, limits.target_bytes};
}

// Threads started while this lives take no signals: those belong to main.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        ::sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    ::sigset_t before_{};
};

}  // namespace

class Server::Core {
public:
    Core(ServerSettings settings, Handler& handler);

    // Sessions that were cut in the middle go with their contexts, when the acceptor is no more.
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
    void connection_left() noexcept;
    void drain(std::chrono::milliseconds grace);
    void cut();
    void run(Home& home, unsigned number);

    using Guard = boost::asio::executor_work_guard<Executor>;
    std::vector<Guard> guards_;
    std::vector<std::thread> threads_;
    std::once_flag stopped_;
    std::counting_semaphore<> drained_{0};  // released when the last connection leaves a stopping server
};

Server::Core::Core(ServerSettings settings, Handler& handler)
    : shared{settings.limits,
             gate_limits(settings.limits),
             TrustedProxies(settings.trusted_proxies),
             settings.allow,
             handler,
             [this] { connection_left(); }} {
    shared.proxy_protocol = settings.proxy_protocol;
    shared.tls.set(std::move(settings.tls));
    const unsigned cpus = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = settings.threads == 0 ? cpus : settings.threads;
    for (unsigned i = 0; i < threads; ++i) homes.push_back(std::make_unique<Home>(shared));
    acceptor = std::make_unique<Acceptor>(*homes.front(), homes,
                                          static_cast<std::size_t>(settings.limits.connections));
    for (const Endpoint& endpoint : settings.listen) {
        Listener listener = open_listener(endpoint);
        addresses.push_back(listener.address);
        acceptor->add(std::move(listener));
    }
}

void Server::Core::start() {
    acceptor->start();
    const SignalsBlocked blocked;
    for (const auto& home : homes) {
        guards_.emplace_back(home->context.get_executor());
        threads_.emplace_back(
            [this, &home = *home, number = threads_.size()] { run(home, static_cast<unsigned>(number)); });
    }
}

void Server::Core::run(Home& home, unsigned number) {
    ::pthread_setname_np(::pthread_self(), ("http-" + std::to_string(number)).c_str());
    while (!home.context.stopped()) {
        try {
            home.context.run();
        } catch (const std::exception& error) {
            log(LogLevel::error, "network thread goes on after an error", {{"error", error.what()}});
        }
    }
}

void Server::Core::connection_left() noexcept {
    acceptor->left();
    if (shared.stopping.load() && acceptor->connections() == 0) drained_.release();
}

void Server::Core::stop(std::chrono::milliseconds grace) {
    std::call_once(stopped_, [&] {
        shared.stopping = true;
        if (!threads_.empty()) {
            drain(grace);
            cut();
            for (std::thread& thread : threads_) thread.join();
        }
        acceptor->close();
    });
}

// First phase: no new connections, no idle ones, no streams; what has begun may end.
void Server::Core::drain(std::chrono::milliseconds grace) {
    const auto deadline = std::chrono::steady_clock::now() + grace;
    std::promise<void> closed;
    boost::asio::post(homes.front()->context, [&] {
        acceptor->close();
        closed.set_value();
    });
    closed.get_future().wait();
    for (const auto& home : homes) {
        boost::asio::post(home->context, [&home = *home] {
            const std::vector<Session*> sessions(home.sessions.begin(), home.sessions.end());
            for (Session* session : sessions) session->end_soon();
        });
    }
    while (acceptor->connections() != 0 && drained_.try_acquire_until(deadline)) {
    }
}

// Second phase: what is left loses its connection.
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

void Server::set_tls(TlsContext tls) { core_->shared.tls.set(std::move(tls)); }

std::vector<std::string> Server::bound_addresses() const { return core_->addresses; }

std::size_t Server::connections() const noexcept { return core_->acceptor->connections(); }

std::uint64_t Server::inflight_bytes() const noexcept { return core_->shared.inflight_bytes.load(); }

}  // namespace chathook::http
