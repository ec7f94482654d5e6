// Performs one POST at a time on one libcurl handle, from a delivery to an outcome. The handle is reused, so
// that a connection is kept alive. Used by its sink's thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chathook/sink.hpp>

#include "sinks/http_target.hpp"
#include "sinks/libcurl.hpp"

namespace chathook::sinks {

// What an HTTP status means for an event. Pure.
Outcome outcome_of_status(long status, std::optional<std::chrono::milliseconds> retry_after);

class HttpTransfer {
public:
    // `target` outlives this. Throws std::bad_alloc.
    explicit HttpTransfer(const HttpTarget& target);
    HttpTransfer(const HttpTransfer&) = delete;
    HttpTransfer& operator=(const HttpTransfer&) = delete;

    // Prepares the handle to POST this delivery, signed with the time `now`. The event is kept until
    // let_go(). Returns why this event can never be sent, if so.
    std::optional<std::string> prepare(const Delivery& delivery, Instant now);

    // The outcome, once libcurl reports that the transfer ended with `code`.
    Outcome outcome(CURLcode code) const;

    // Drops everything that belongs to the delivery. Its handle must not be in a transfer.
    void let_go() noexcept;

    // Lets an aborted name lookup end in the background instead of waiting for it.
    void abandon() noexcept;

    CURL* handle() const noexcept { return handle_.get(); }

private:
    struct Cleanup {
        void operator()(CURL* handle) const noexcept { libcurl().easy_cleanup(handle); }
        void operator()(curl_slist* list) const noexcept { libcurl().slist_free_all(list); }
    };

    static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

    void set_fixed_options();
    void set_headers(std::string_view body, Instant now);
    void add_header(const std::string& line);
    std::string content_type(std::string_view body) const;
    bool count_answer(std::size_t bytes);

    const HttpTarget& target_;
    std::unique_ptr<CURL, Cleanup> handle_;
    std::unique_ptr<curl_slist, Cleanup> headers_;
    std::shared_ptr<const Event> event_;  // whose bytes are being sent
    std::string rendered_;                // the body from a template, sent instead
    std::vector<char> error_text_;        // libcurl's error message
    std::string refused_address_;         // why open_socket() refused, if it did
    std::size_t answer_bytes_ = 0;
    bool head_complete_ = false;  // a final status and all headers have arrived
};

}  // namespace chathook::sinks
