// A running server with an EchoHandler on its own port, and requests for it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "http/echo_handler.hpp"
#include "http/raw_client.hpp"
#include "http/server.hpp"

namespace chathook::http::test {

struct Running {
    explicit Running(Limits limits = {}, unsigned threads = 1) : server(settings(limits, threads), handler) {
        server.start();
    }
    explicit Running(ServerSettings chosen) : server(std::move(chosen), handler) { server.start(); }
    ~Running() {
        server.stop(std::chrono::milliseconds(0));
        handler.forget();
    }
    static ServerSettings settings(Limits limits, unsigned threads) {
        ServerSettings result;
        result.listen = {{.kind = net::Endpoint::Kind::tcp, .host = "127.0.0.1"}};
        result.threads = threads;
        result.trusted_proxies = {"127.0.0.0/8"};
        result.limits = limits;
        return result;
    }
    RawClient client() const { return RawClient(server.bound_addresses().front()); }

    EchoHandler handler;
    Server server;
};

inline std::string post(std::string_view body, std::string_view fields = "",
                        std::string_view path = "/echo") {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(fields) + "\r\n" + std::string(body);
}

inline std::string chunked(std::string_view framed, std::string_view path = "/echo") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
           std::string(framed);
}

inline std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

inline std::size_t answers_in(const std::string& bytes) {
    std::size_t count = 0;
    for (std::size_t at = bytes.find("HTTP/1.1 "); at != std::string::npos;
         at = bytes.find("HTTP/1.1 ", at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace chathook::http::test
