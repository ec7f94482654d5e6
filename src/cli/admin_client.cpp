#include "cli/admin_client.hpp"

#include <utility>

#include "cli/cli.hpp"
#include "cli/configuration.hpp"
#include "cli/mistake.hpp"
#include "ecma/document.hpp"

namespace chathook::cli {

namespace {

// A page of an order may wait for a thousand commits.
constexpr long order_timeout_seconds = 120;

config::Admin admin_of(const std::string& file) {
    config::LoadedAdmin loaded = config::load_admin(file);
    if (!loaded.admin) {
        print_problems(file, loaded.problems);
        throw Mistake(ExitCode::bad_configuration,
                      "the configuration is not usable; mend it, or name the daemon with --admin HOST:PORT");
    }
    return std::move(*loaded.admin);
}

}  // namespace

void add_admin_options(CLI::App& command, AdminOptions& options) {
    command.add_option("--config", options.config, "The daemon's configuration file")->capture_default_str();
    command.add_option("--admin", options.address,
                       "The daemon's admin address instead: HOST:PORT or unix:/PATH");
}

AdminClient::AdminClient(const AdminOptions& options) : address_(options.address) {
    if (address_.empty()) {
        config::Admin admin = admin_of(options.config);
        if (!admin.listen) {
            throw Mistake(ExitCode::bad_configuration,
                          options.config + ": admin.listen is not set, so there is no way to ask the daemon");
        }
        address_ = admin.listen->text;
        token_ = std::move(admin.token);
    }
    constexpr std::string_view unix_prefix = "unix:";
    if (address_.starts_with(unix_prefix)) {
        unix_socket_ = address_.substr(unix_prefix.size());
        base_url_ = "http://localhost";
    } else {
        base_url_ = "http://" + address_;
    }
}

HttpCall AdminClient::prepare(const std::string& target) const {
    HttpCall request;
    request.url = base_url_ + target;
    request.unix_socket = unix_socket_;
    if (!token_.empty()) request.headers.push_back("Authorization: Bearer " + std::string(token_.view()));
    return request;
}

HttpAnswer AdminClient::get(const std::string& target) const { return call(prepare(target)); }

HttpAnswer AdminClient::post(const std::string& target, const std::string& json) const {
    HttpCall request = prepare(target);
    request.method = "POST";
    request.headers.emplace_back("Content-Type: application/json");
    request.body = json;
    request.timeout_seconds = order_timeout_seconds;
    return call(request);
}

std::string AdminClient::asked(const std::string& target) const {
    HttpAnswer answer = get(target);
    expect_ok(answer);
    return std::move(answer.body);
}

std::string AdminClient::ordered(const std::string& target, const std::string& json) const {
    HttpAnswer answer = post(target, json);
    expect_ok(answer);
    return std::move(answer.body);
}

void AdminClient::expect_ok(const HttpAnswer& answer) const {
    if (answer.status == 200) return;
    if (answer.status == 0)
        throw Mistake(ExitCode::unavailable, "no answer from " + name() + ": " + answer.problem);
    const auto parsed = JsonDocument::parse_bytes(answer.body);
    const std::string_view error = parsed ? parsed->root()["error"].text() : std::string_view();
    throw Mistake(answer.status >= 500 ? ExitCode::unavailable : ExitCode::usage,
                  name() + " answered " + std::to_string(answer.status) + ": " +
                      std::string(error.empty() ? std::string_view(answer.body) : error));
}

HttpAnswer AdminClient::stream(const std::string& target,
                               std::function<bool(std::string_view)> on_data) const {
    HttpCall request = prepare(target);
    request.timeout_seconds = 0;
    request.on_data = std::move(on_data);
    return call(request);
}

}  // namespace chathook::cli
