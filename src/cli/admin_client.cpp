#include "cli/admin_client.hpp"

#include <exception>
#include <utility>

#include "cli/cli.hpp"
#include "cli/mistake.hpp"
#include "client/row_reader.hpp"
#include "ecma/document.hpp"

namespace chathook::cli {

namespace {

// A page of an order may wait for a thousand commits.
constexpr long order_timeout_seconds = 120;

}  // namespace

AdminClient::AdminClient(const AdminOptions& options) : access_(find_access(options)) {
    const std::string& address = access_.address;
    constexpr std::string_view unix_prefix = "unix:";
    if (address.starts_with(unix_prefix)) {
        unix_socket_ = address.substr(unix_prefix.size());
        base_url_ = "http://localhost";
    } else {
        base_url_ = "http://" + address;
    }
}

HttpCall AdminClient::prepare(const std::string& target) const {
    HttpCall request;
    request.url = base_url_ + target;
    request.unix_socket = unix_socket_;
    if (!access_.token.empty())
        request.headers.push_back("Authorization: Bearer " + std::string(access_.token.view()));
    return request;
}

HttpAnswer AdminClient::get(const std::string& target, long timeout_seconds) const {
    HttpCall request = prepare(target);
    request.timeout_seconds = timeout_seconds;
    return call(request);
}

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
    if (answer.status == 200 && answer.problem.empty()) return;
    if (answer.status == 200)
        throw Mistake(ExitCode::unavailable,
                      "the answer of " + name() + " ended too early: " + answer.problem);
    if (answer.status == 0)
        throw Mistake(ExitCode::unavailable, "no answer from " + name() + ": " + answer.problem);
    if (answer.status == 401)
        throw Mistake(ExitCode::usage, name() + " answered 401: " + access_.when_denied);
    const auto parsed = JsonDocument::parse_bytes(answer.body);
    const std::string_view error = parsed ? parsed->root()["error"].text() : std::string_view();
    throw Mistake(answer.status >= 500 ? ExitCode::unavailable : ExitCode::usage,
                  name() + " answered " + std::to_string(answer.status) + ": " +
                      std::string(error.empty() ? std::string_view(answer.body) : error));
}

JsonDocument::Pointer AdminClient::parsed(std::string_view text) const {
    auto document = JsonDocument::parse_bytes(text);
    if (document == nullptr) throw Mistake(ExitCode::unavailable, not_json());
    return document;
}

AdminClient::RowsRead AdminClient::rows(const std::string& target,
                                        const std::function<void(const Json& row)>& take) const {
    client::RowReader reader([&](std::string_view row) { take(parsed(row)->root()); });
    HttpCall request = prepare(target);
    request.silence_seconds = std::exchange(request.timeout_seconds, 0);
    std::exception_ptr thrown;  // by `take`: an exception must not pass through libcurl
    request.on_data = [&](std::string_view piece) {
        try {
            reader.read(piece);
        } catch (...) {
            thrown = std::current_exception();
        }
        return !thrown;
    };
    const HttpAnswer answer = call(request);
    if (thrown) std::rethrow_exception(thrown);
    const bool whole = answer.problem.empty() && reader.whole();
    if (answer.status != 200 || (!whole && reader.rows() == 0)) expect_ok(answer);
    if (!whole && reader.rows() == 0) throw Mistake(ExitCode::unavailable, not_json());
    return {reader.rows(), whole};
}

HttpAnswer AdminClient::stream(const std::string& target,
                               std::function<bool(std::string_view)> on_data) const {
    HttpCall request = prepare(target);
    request.timeout_seconds = 0;
    request.on_data = std::move(on_data);
    return call(request);
}

}  // namespace chathook::cli
