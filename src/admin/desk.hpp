// Where the admin address waits for the journal: one thread that reads it and carries out orders, so that a
// disk that hangs and a long search hold up neither health nor metrics. Any thread may hand in work; the
// admin listener's does.
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

namespace chathook::admin {

class Desk {
public:
    Desk();
    ~Desk() { close(); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    // Runs `work` on the desk's thread, after what was handed in before, and resumes where it was called.
    // What it throws is thrown there. Its result has a default constructor. What it refers to has to live
    // until then: a caller that is cancelled goes on waiting.
    template <class Work, class Answer = std::invoke_result_t<Work&>>
    Awaitable<Answer> run(Work work) {
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>&,
                                           void(std::exception_ptr, Answer)>(
            [this](auto handler, Work what) {
                // Keeps the caller's io_context running. Goes back with the answer, so that it is let go
                // there.
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

    // Does what was handed in and ends the thread; nothing is handed in from then on. To be called when
    // nobody keeps it waiting any longer, and before the callers' io_contexts are destroyed.
    void close();

private:
    using Guard = boost::asio::executor_work_guard<Executor>;

    // post() wakes the caller's thread and touches its io_context a moment longer. Who is resumed waits for
    // that, so that he may end the io_context. What was thrown goes along: the desk keeps no hold on it, and
    // it is destroyed where it is read.
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
    std::thread thread_;
};

}  // namespace chathook::admin
