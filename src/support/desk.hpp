// One thread for work that would block the network threads: work that waits for the disk, such as a long
// search for the admin address, and work that occupies the CPU for long, such as parsing a large body that is
// not yet authenticated. Any thread may submit work.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

#include "support/async.hpp"

namespace chathook {

class Desk {
public:
    // `niceness`: of the thread, see nice(2); 0 to 19. If the system refuses to set it, the desk works
    // without.
    explicit Desk(const char* thread_name, int niceness = 0);
    ~Desk() { close(); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    // Runs `work` on the desk's thread, after all work submitted earlier, and resumes the caller on its own
    // executor. An exception of `work` is rethrown to the caller. The result type must be
    // default-constructible. Whatever `work` refers to must live until it returns: a cancelled caller keeps
    // waiting.
    template <class Work, class Answer = std::invoke_result_t<Work&>>
    Awaitable<Answer> run(Work work) {
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&,
                                           void(std::exception_ptr, Answer)>(
            [this](auto handler, Work what) {
                // Keeps the caller's io_context running. It travels back with the answer and is released on
                // the caller's thread.
                Guard caller(boost::asio::get_associated_executor(handler));
                boost::asio::post(context_, [this, what = std::move(what), handler = std::move(handler),
                                             caller = std::move(caller)]() mutable {
                    std::exception_ptr failure;
                    Answer answer{};
                    try {
                        answer = what();
                    } catch (...) {
                        failure = std::current_exception();
                    }
                    resume(std::move(handler), std::move(caller), std::move(failure), std::move(answer));
                });
            },
            use_awaitable, std::move(work));
    }

    // Finishes the submitted work and ends the thread; no work may be submitted afterwards. To be called
    // before the callers' io_contexts are destroyed, and only when no submitted work can block for ever.
    void close();

private:
    using Guard = boost::asio::executor_work_guard<Executor>;

    // post() wakes the caller's thread and touches its io_context a moment longer. The resumed handler waits
    // for this mutex, so it may safely destroy the io_context. The exception is moved along: the desk keeps
    // no reference to it, and the thread that reads it destroys it.
    template <class Handler, class Answer>
    void resume(Handler handler, Guard caller, std::exception_ptr failure, Answer answer) {
        const Executor executor = caller.get_executor();
        const std::lock_guard posting(posting_);
        boost::asio::post(executor, [this, handler = std::move(handler), caller = std::move(caller),
                                     failure = std::move(failure), answer = std::move(answer)]() mutable {
            { const std::lock_guard posted(posting_); }
            std::move(handler)(std::move(failure), std::move(answer));
        });
    }

    std::mutex posting_;
    boost::asio::io_context context_{1};
    Guard open_{context_.get_executor()};
    std::jthread thread_;
};

}  // namespace chathook
