// Accepts on all listeners of a server and hands the connections round to its homes. Runs on one of the
// server's threads; only left() is called from others.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "http/listener.hpp"
#include "http/session.hpp"

namespace chathook::http {

class Acceptor {
public:
    // `home` is the thread it runs on, one of `homes`.
    Acceptor(Home& home, std::vector<std::unique_ptr<Home>>& homes, std::size_t connections_max);
    ~Acceptor();

    // Takes over an open listener. Before the threads run.
    void add(Listener listener);

    // Starts accepting. Before the threads run, or on the home's thread.
    void start();

    // Ends accepting and closes the listeners. On the home's thread, or when no thread runs.
    void close() noexcept;

    // A connection has ended: any thread.
    void left() noexcept;

    std::size_t connections() const noexcept { return connections_.load(); }

private:
    using Clock = std::chrono::steady_clock;
    using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;
    using Watch = boost::asio::posix::basic_stream_descriptor<Executor>;

    struct Door {
        Door(Home& home, Listener opened);
        Listener listener;
        Watch watch;  // the same socket, which it closes
    };

    Awaitable<> accept_on(Door& door);
    bool accept_one(Door& door, int& error);
    void hand_over(Descriptor socket, std::optional<boost::asio::ip::address> peer, int family);
    Awaitable<> wait_for_room();
    Awaitable<> back_off(Door& door, int error);
    void complain(std::string_view what, std::string_view why);

    Home& home_;
    std::vector<std::unique_ptr<Home>>& homes_;
    const std::size_t connections_max_;
    std::vector<std::unique_ptr<Door>> doors_;
    std::size_t next_home_ = 0;
    Descriptor reserve_;  // given up for a moment to get rid of a connection when descriptors are exhausted
    Timer room_;          // never expires: cancelled when a connection has left
    Timer pause_;
    Clock::time_point complained_{};
    bool closed_ = false;
    std::atomic<std::size_t> connections_{0};
    std::atomic<bool> waiting_for_room_{false};
};

}  // namespace chathook::http
