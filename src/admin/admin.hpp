// The admin address: health, metrics, the API about events, dead letters and refused requests. Never on the
// public listener. One instance; called on the admin listener's thread, which never waits for the journal:
// what does is the desk's.
#pragma once

#include <optional>
#include <string_view>

#include <chathook/secret.hpp>

#include "admin/actions.hpp"
#include "admin/desk.hpp"
#include "admin/ledgers.hpp"
#include "http/handler.hpp"
#include "journal/journal.hpp"
#include "support/metrics.hpp"
#include "verify/hmac.hpp"

namespace chathook::admin {

class Admin final : public http::Handler {
public:
    // Of the body of an order.
    static constexpr std::uint64_t body_bytes_max = 1024 * 1024;

    // `journal` and `metrics` outlive this. An empty token asks for none; /healthz and /readyz never do.
    Admin(journal::Journal& journal, const Metrics& metrics, const SecretBytes& token, Actions actions = {});

    std::optional<Reply> admit(const Request& request, const http::Incoming& incoming) noexcept override;
    Awaitable<Reply> handle(const Request& request) override;
    void refused(std::string_view reason, unsigned status, std::string_view client) noexcept override;

    // After the listener and the journal, and before the listener's connections are destroyed: ends the desk.
    void stop() { desk_.close(); }

private:
    bool may(const Request& request) const noexcept;
    Reply obey(const Request& request);
    Reply look_up(const Request& request);
    Reply ready() const;
    Reply stream(const Request& request);

    journal::Journal& journal_;
    const Metrics& metrics_;
    Actions actions_;
    Ledgers ledgers_;
    Desk desk_;

    // The token as a MAC key and its own MAC: a guess is compared by its MAC, in a time that tells nothing.
    std::optional<verify::HmacKey> token_key_;
    verify::Mac token_mac_;
};

}  // namespace chathook::admin
