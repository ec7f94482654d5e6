// A running daemon as the commands see it: its admin address, taken from the configuration or the command
// line. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <string_view>

#include <chathook/secret.hpp>

#include "cli/http_client.hpp"

namespace chathook::cli {

struct AdminOptions {
    std::string config = "/etc/chathook/chathook.yaml";
    std::string address;  // host:port or unix:/path; overrides the configuration's
};

void add_admin_options(CLI::App& command, AdminOptions& options);

class AdminClient {
public:
    // Throws Mistake (mistake.hpp) when the configuration names no admin address.
    explicit AdminClient(const AdminOptions& options);

    HttpAnswer get(const std::string& target) const;
    HttpAnswer post(const std::string& target, const std::string& json) const;

    // The same, answering the body alone. Throws Mistake with the daemon's own words when it is not 200.
    std::string asked(const std::string& target) const;
    std::string ordered(const std::string& target, const std::string& json) const;

    // Throws Mistake unless the answer is 200.
    void expect_ok(const HttpAnswer& answer) const;

    // Hands over the answer's body as it comes, until the daemon ends it or `on_data` answers false.
    HttpAnswer stream(const std::string& target, std::function<bool(std::string_view)> on_data) const;

    // "the daemon at 127.0.0.1:9464", for messages.
    std::string name() const { return "the daemon at " + address_; }

private:
    HttpCall prepare(const std::string& target) const;

    std::string address_;
    std::string base_url_;
    std::string unix_socket_;
    SecretBytes token_;
};

}  // namespace chathook::cli
