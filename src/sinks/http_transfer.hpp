// One POST at a time on one libcurl handle, from a delivery to an outcome. The handle is reused, so that a
// connection is kept alive. Used by its sink's thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <curl/curl.h>

#include <chathook/sink.hpp>

#include "sinks/http_target.hpp"

namespace chathook::sinks {

// What an HTTP status means for an event. Pure.
Outcome outcome_of_status(long status, std::optional<std::chrono::milliseconds> retry_after);

class HttpTransfer {
public:
    // `target` outlives this. Throws std::bad_alloc.
    explicit HttpTransfer(const HttpTarget& target);
    HttpTransfer(const HttpTransfer&) = delete;
    HttpTransfer& operator=(const HttpTransfer&) = delete;

    // Makes the handle ready to POST this delivery, signed with the time `now`. `delivery` is kept until the
    // next call. Answers why this event can never be sent, if so.
    std::optional<std::string> prepare(const Delivery& delivery, Instant now);

    // What came of it, once libcurl says that it ended with `code`.
    Outcome outcome(CURLcode code) const;

    // Makes an aborted name lookup end on its own instead of being waited for.
    void abandon() noexcept;

    CURL* handle() const noexcept { return handle_.get(); }

private:
    struct Cleanup {
        void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
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
    std::string rendered_;                // from a template, in their place
    std::vector<char> error_text_;        // libcurl's sentence on what failed
    std::string refused_address_;         // why open_socket() refused, if it did
    std::size_t answer_bytes_ = 0;
    bool head_complete_ = false;  // a final status and all headers are here
};

}  // namespace chathook::sinks
