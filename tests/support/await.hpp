// Runs a coroutine to its end on an io_context of its own and returns its result. One thread.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/async.hpp"

namespace chathook::test {

template <class T>
T await(boost::asio::io_context& io, Awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown, T value) {
        failure = thrown;
        if (!thrown) result.emplace(std::move(value));
    });
    io.restart();
    io.run();
    if (failure) std::rethrow_exception(failure);
    if (!result) throw std::logic_error("the coroutine did not end");
    return std::move(*result);
}

template <class T>
T await(Awaitable<T> work) {
    boost::asio::io_context io(1);
    return await(io, std::move(work));
}

}  // namespace chathook::test
