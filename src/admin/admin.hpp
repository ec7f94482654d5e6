// The admin address: health, metrics, the API for events, dead letters and refused requests. Never on the
// public listener. One instance; called on the admin listener's thread, which never waits for the journal:
// work that does runs on a desk. Orders have a desk of their own, which completes each before the next one
// begins, so that no two orders work on copies of the same data; queries are answered meanwhile.
#pragma once

#include <optional>
#include <string_view>

#include <chathook/secret.hpp>

#include "admin/actions.hpp"
#include "admin/event_stream.hpp"
#include "admin/ledgers.hpp"
#include "admin/long_texts.hpp"
#include "admin/status_answer.hpp"
#include "http/handler.hpp"
#include "journal/administration.hpp"
#include "support/desk.hpp"
#include "support/log_pace.hpp"
#include "support/metrics.hpp"
#include "verify/hmac.hpp"

namespace chathook::admin {

class Admin final : public http::Handler {
public:
    // Limit for the body of an order.
    static constexpr std::uint64_t body_bytes_max = 1024 * 1024;

    // `journal` and `metrics` outlive this. With an empty token none is required; /healthz and /readyz never
    // require it.
    Admin(journal::Administration& journal, const Metrics& metrics, const SecretBytes& token,
          Actions actions = {});

    std::optional<Reply> admit(const Request& request, const http::Incoming& incoming,
                               http::Found& found) noexcept override;
    Awaitable<Reply> handle(const Request& request, const http::Found& found) override;
    void refused(std::string_view reason, unsigned status, std::string_view client) noexcept override;

    // Ends the desks. Call it after stopping the listener and the journal, and before the listener's
    // connections are destroyed.
    void stop() {
        orders_.close();
        desk_.close();
    }

private:
    std::optional<Reply> objection_to(const Request& request, const http::Incoming& incoming);
    void tell_of_foreign_page(const Request& request);
    void tell_of_wrong_token(const Request& request);
    bool may(const Request& request) const noexcept;
    Awaitable<Reply> answer_to(const Request& request);
    Reply obey(const Request& request);
    Answer look_up(const Request& request);
    Reply alive() const;
    Reply ready() const;
    Reply stream(const Request& request);

    journal::Administration& journal_;
    const Metrics& metrics_;
    Actions actions_;
    LongTexts texts_;
    Ledgers ledgers_;
    StatusAnswer status_;
    OpenStreams streams_;
    LogPace foreign_pages_;
    LogPace wrong_tokens_;
    Desk desk_{"admin-desk"};
    Desk orders_{"admin-orders"};

    // The token as a MAC key, and its own MAC: a guess is compared by its MAC, in a time that reveals
    // nothing.
    std::optional<verify::HmacKey> token_key_;
    verify::Mac token_mac_;
};

}  // namespace chathook::admin
