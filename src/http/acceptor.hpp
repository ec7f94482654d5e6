// Accepts on all listeners of a server and distributes the connections among its homes. Runs on one of the
// server's threads; only left(), connections() and wait_until_empty() are called from others.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <semaphore>
#include <vector>

#include "http/session.hpp"
#include "net/listener.hpp"
#include "support/file_descriptor.hpp"
#include "support/log_keys.hpp"

namespace chathook::http {

class Acceptor {
public:
    // `home`, one of `homes`, is the thread that it runs on.
    Acceptor(Home& home, std::vector<std::unique_ptr<Home>>& homes, std::size_t connections_max);
    ~Acceptor();

    // Takes over an open listener. Before the threads run.
    void add(net::Listener listener);

    // Starts accepting. Before the threads run, or on the home's thread.
    void start();

    // Accepts what waits in the queues of this process's own sockets, which nobody else would serve, then
    // closes them; at the connection limit this continues as connections end. A socket that systemd holds too
    // is closed at once: the next process serves its queue. On the home's thread.
    void take_last() noexcept;

    // After take_last(): waits until every listener is closed and every connection has ended, or until
    // `deadline`.
    void wait_until_empty(std::chrono::steady_clock::time_point deadline);

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
        Door(Home& home, net::Listener opened);
        net::Listener listener;
        Watch watch;           // owns and closes the same socket
        std::size_t last = 0;  // after take_last(): how many more connections are accepted
    };

    Awaitable<> accept_on(Door& door);
    bool accept_one(Door& door, int& error);
    void hand_over(Descriptor socket, std::optional<boost::asio::ip::address> peer, int family);
    Awaitable<> wait_for_room();
    Awaitable<> back_off(Door& door, int error);
    void complain(LogKey what, std::string_view why);
    void close(Door& door) noexcept;
    bool empty() const noexcept { return connections_.load() == 0 && open_doors_.load() == 0; }
    void tell_if_empty() noexcept;

    Home& home_;
    std::vector<std::unique_ptr<Home>>& homes_;
    const std::size_t connections_max_;
    std::vector<std::unique_ptr<Door>> doors_;
    std::size_t next_home_ = 0;
    Descriptor reserve_;  // given up for a moment to get rid of a connection when descriptors are exhausted
    Timer room_;          // never expires: cancelled when a connection ends
    Timer pause_;
    Clock::time_point complained_{};
    std::atomic<bool> ending_{false};  // take_last() was called
    std::atomic<std::size_t> open_doors_{0};
    std::counting_semaphore<> emptied_{0};
    std::atomic<std::size_t> connections_{0};
    std::atomic<bool> waiting_for_room_{false};
};

}  // namespace chathook::http
