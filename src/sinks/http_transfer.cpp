#include "sinks/http_transfer.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <new>
#include <stdexcept>
#include <string_view>

#include "ecma/document.hpp"
#include "ecma/utf8.hpp"
#include "support/error_text.hpp"
#include "support/file_descriptor.hpp"
#include "support/free_memory.hpp"
#include "support/mask.hpp"

namespace chathook::sinks {
namespace {

constexpr std::chrono::milliseconds connect_timeout{5'000};
constexpr std::size_t answer_bytes_max = 64 * 1024;  // only the status matters; the rest is not read
constexpr std::size_t reason_bytes_max = 200;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    const CURLcode code = libcurl().easy_setopt(handle, option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK) throw std::logic_error(std::string("libcurl: ") + libcurl().easy_strerror(code));
}

// libcurl says "Could not connect" or "Could not resolve host" where it got no descriptor. 0: there is one.
int lack_of_descriptors() noexcept {
    const Descriptor probe(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return !probe && (errno == EMFILE || errno == ENFILE) ? errno : 0;
}

}  // namespace

Outcome outcome_of_status(long status, std::optional<std::chrono::milliseconds> retry_after) {
    using Kind = Outcome::Kind;
    const std::string reason = "HTTP " + std::to_string(status);
    if (status >= 200 && status < 300) return {Kind::delivered, {}, {}};
    if (status == 410) return {Kind::gone, reason + ": the receiver says it is gone", retry_after};
    if (status < 200 || status == 408 || status == 425 || status == 429 || status >= 500) {
        return {Kind::retry, reason, retry_after};
    }
    if (status < 400) return {Kind::poison, reason + ": a redirect, which is not followed", {}};
    return {Kind::poison, reason, {}};
}

HttpTransfer::HttpTransfer(const HttpTarget& target)
    : target_(target), handle_(libcurl().easy_init()), error_text_(CURL_ERROR_SIZE, '\0') {
    if (handle_ == nullptr) throw std::bad_alloc();
    set_fixed_options();
}

void HttpTransfer::set_fixed_options() {
    CURL* handle = handle_.get();
    set(handle, CURLOPT_URL, target_.url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(handle, CURLOPT_PATH_AS_IS, 1L);
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_PROXY, "");  // ignore the environment's proxies, too
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_USERAGENT, "chathookd");
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(target_.timeout.count()));
    set(handle, CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::min(target_.timeout, connect_timeout).count()));

    set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!target_.certificate_authorities.empty()) {
        std::string pem = target_.certificate_authorities;  // CURL_BLOB_COPY: libcurl keeps its own copy
        curl_blob blob{pem.data(), pem.size(), CURL_BLOB_COPY};
        set(handle, CURLOPT_CAINFO_BLOB, &blob);
        set(handle, CURLOPT_CAINFO, static_cast<char*>(nullptr));
        set(handle, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    }

    set(handle, CURLOPT_ERRORBUFFER, error_text_.data());
    set(handle, CURLOPT_PRIVATE, this);
    set(handle, CURLOPT_OPENSOCKETFUNCTION, &HttpTransfer::open_socket);
    set(handle, CURLOPT_OPENSOCKETDATA, this);
    set(handle, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
    set(handle, CURLOPT_HEADERDATA, this);
    set(handle, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
    set(handle, CURLOPT_WRITEDATA, this);
}

std::optional<std::string> HttpTransfer::prepare(const Delivery& delivery, Instant now) {
    event_ = delivery.event;
    error_text_.front() = '\0';
    refused_address_.clear();
    answer_bytes_ = 0;
    head_complete_ = false;

    if (event_->lacks_base64() && target_.payload != Payload::original) rendered_ = event_->line();
    std::string_view body = event_->lacks_base64() ? std::string_view(rendered_) : event_->text;
    if (target_.payload == Payload::original) body = event_->original();
    if (target_.payload == Payload::from_template) {
        try {
            rendered_ = target_.body->render(body);
        } catch (const TemplateTooLarge& problem) {
            return problem.what();
        }
        body = rendered_;
    }
    set_headers(body, now);
    set(handle(), CURLOPT_HTTPHEADER, headers_.get());
    set(handle(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(handle(), CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    return std::nullopt;
}

void HttpTransfer::set_headers(std::string_view body, Instant now) {
    const std::string timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    headers_.reset();
    for (const SecretHeader& header : target_.headers) {
        add_header(header.name + ": " + std::string(header.value->view()));
    }
    if (!target_.sets_content_type) add_header("content-type: " + content_type(body));
    add_header("idempotency-key: " + event_->id);
    add_header("webhook-id: " + event_->id);
    add_header("webhook-timestamp: " + timestamp);
    if (target_.key) add_header("webhook-signature: " + target_.key->sign(event_->id, timestamp, body));
    add_header("expect:");  // do not wait for a 100 before the body
}

void HttpTransfer::add_header(const std::string& line) {
    curl_slist* longer = libcurl().slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers_.release());
    headers_.reset(longer);
}

std::string HttpTransfer::content_type(std::string_view body) const {
    if (target_.payload == Payload::cloudevents) return "application/cloudevents+json";
    if (target_.payload == Payload::from_template) return "application/json";
    // JSON is UTF-8 (RFC 8259, section 8.1), which the parser does not check.
    return ecma::is_utf8(body) && JsonDocument::parse(body) != nullptr ? "application/json"
                                                                       : "application/octet-stream";
}

Outcome HttpTransfer::outcome(CURLcode code) const {
    long status = 0;
    libcurl().easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    // The status counts once the head is complete, even if the rest of the answer never came. For a head that
    // was cut short libcurl reports CURLE_OK.
    if (head_complete_) {
        curl_off_t seconds = 0;
        libcurl().easy_getinfo(handle(), CURLINFO_RETRY_AFTER, &seconds);  // from seconds or an HTTP date
        std::optional<std::chrono::milliseconds> retry_after;
        constexpr curl_off_t day = 24 * 3600;
        if (seconds > 0) retry_after = std::chrono::seconds(std::min(seconds, day));
        return outcome_of_status(status, retry_after);
    }
    if (!refused_address_.empty()) return {Outcome::Kind::retry, refused_address_, {}};
    if (answer_bytes_ > answer_bytes_max) {
        return {Outcome::Kind::retry, "the answer's head is larger than 64 KiB", {}};
    }
    if (code == CURLE_OK) return {Outcome::Kind::retry, "the answer broke off in its head", {}};
    if (const int error = lack_of_descriptors()) return {Outcome::Kind::retry, error_text(error), {}};
    const std::string_view said = error_text_.data();
    return {Outcome::Kind::retry,
            printable(said.empty() ? libcurl().easy_strerror(code) : said, reason_bytes_max),
            {}};
}

void HttpTransfer::let_go() noexcept {
    libcurl().easy_setopt(handle(), CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
    libcurl().easy_setopt(handle(), CURLOPT_POSTFIELDS, "");
    free_memory(rendered_);
    event_.reset();
}

void HttpTransfer::abandon() noexcept { libcurl().easy_setopt(handle(), CURLOPT_QUICK_EXIT, 1L); }

curl_socket_t HttpTransfer::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    const HttpTarget& target = transfer.target_;
    if (!may_connect(classify(address->addr), target.host, target.allow_private)) {
        transfer.refused_address_ = "the host's name leads to " + describe(address->addr) +
                                    ", where this sink may not connect (see allow_private)";
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool HttpTransfer::count_answer(std::size_t bytes) {
    answer_bytes_ += bytes;
    return answer_bytes_ <= answer_bytes_max;
}

std::size_t HttpTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    const std::string_view line(data, size * count);
    long status = 0;
    libcurl().easy_getinfo(transfer.handle(), CURLINFO_RESPONSE_CODE, &status);
    const bool blank = line == "\r\n" || line == "\n";
    if (blank && status >= 200) transfer.head_complete_ = true;
    return transfer.count_answer(line.size()) ? line.size() : 0;
}

std::size_t HttpTransfer::on_body(char*, std::size_t size, std::size_t count, void* self) {
    return static_cast<HttpTransfer*>(self)->count_answer(size * count) ? size * count : 0;
}

}  // namespace chathook::sinks
