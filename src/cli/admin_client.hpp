// A client of a running daemon's admin address, for the commands. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/admin_access.hpp"
#include "client/http_client.hpp"
#include "ecma/document.hpp"

namespace chathook::cli {

using client::HttpAnswer;
using client::HttpCall;
using client::percent_encoded;

class AdminClient {
public:
    // Throws Mistake (mistake.hpp) if the daemon's address or token cannot be determined.
    explicit AdminClient(const AdminOptions& options);

    HttpAnswer get(const std::string& target, long timeout_seconds = HttpCall().timeout_seconds) const;
    HttpAnswer post(const std::string& target, const std::string& json) const;

    // The same, but return only the body. Throw Mistake with the daemon's own message if the status is not
    // 200.
    std::string asked(const std::string& target) const;
    std::string ordered(const std::string& target, const std::string& json) const;

    // Throws Mistake unless the status is 200 and the answer is complete.
    void expect_ok(const HttpAnswer& answer) const;

    // An answer, or a part of one, as JSON. Throws Mistake if it is none. Parsed with ecma, because a
    // vendor's JSON may contain text that stricter readers reject: 1e400, half a surrogate pair.
    JsonDocument::Pointer parsed(std::string_view text) const;

    // Passes on the rows of a list as they arrive. The daemon cuts an answer that is not read for a while,
    // for example behind a pager: then `whole` is false, and the caller continues after the last row. Throws
    // Mistake if the status is not 200, or if a cut answer has no row at all.
    struct RowsRead {
        std::size_t rows = 0;
        bool whole = false;
    };
    RowsRead rows(const std::string& target, const std::function<void(const Json& row)>& take) const;

    // Passes on the answer's body as it arrives, until the daemon ends it or `on_data` returns false.
    HttpAnswer stream(const std::string& target, std::function<bool(std::string_view)> on_data) const;

    // "the daemon at 127.0.0.1:9464", for messages.
    std::string name() const { return "the daemon at " + access_.address; }
    std::string not_json() const { return name() + " did not answer in JSON"; }

private:
    HttpCall prepare(const std::string& target) const;

    AdminAccess access_;
    std::string base_url_;
    std::string unix_socket_;
};

}  // namespace chathook::cli
