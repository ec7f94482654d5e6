#include "client/http_client.hpp"

#include <cerrno>
#include <memory>

#include "client/unreachable.hpp"
#include "sinks/libcurl.hpp"
#include "support/error_text.hpp"

namespace chathook::client {

namespace {

const sinks::Libcurl& curl() { return sinks::libcurl(); }

constexpr long connect_timeout_seconds = 5;

struct Receiver {
    const HttpCall& request;
    HttpAnswer& answer;
    CURL* easy;
};

long status_of(CURL* easy) {
    long status = 0;
    curl().easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

std::size_t receive(char* data, std::size_t size, std::size_t count, void* user) {
    auto& receiver = *static_cast<Receiver*>(user);
    const std::string_view piece(data, size * count);
    if (!receiver.request.on_data || status_of(receiver.easy) != 200) {
        receiver.answer.body += piece;
        return piece.size();
    }
    return receiver.request.on_data(piece) ? piece.size() : 0;
}

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

List header_list(const std::vector<std::string>& headers) {
    curl_slist* list = curl().slist_append(nullptr, "Expect:");
    for (const std::string& header : headers) list = curl().slist_append(list, header.c_str());
    return {list, curl().slist_free_all};
}

void set_options(CURL* easy, const HttpCall& request, curl_slist* headers) {
    curl().easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl().easy_setopt(easy, CURLOPT_PROXY, "");
    curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connect_timeout_seconds);
    curl().easy_setopt(easy, CURLOPT_TIMEOUT, request.timeout_seconds);
    if (request.silence_seconds > 0) {
        curl().easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl().easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, request.silence_seconds);
    }
    curl().easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (!request.unix_socket.empty()) {
        curl().easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    }
    if (request.method == "POST") {
        curl().easy_setopt(easy, CURLOPT_POST, 1L);
        curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl().easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
}

std::string problem_of(CURL* easy, CURLcode code, const HttpCall& request) {
    long error = 0;
    curl().easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    if (code != CURLE_COULDNT_CONNECT || error == 0) return curl().easy_strerror(code);
    if (!request.unix_socket.empty()) return why_unreachable(request.unix_socket, static_cast<int>(error));
    return error == ECONNREFUSED ? "nothing is listening there" : error_text(static_cast<int>(error));
}

// Throws LibcurlMissing.
HttpAnswer made(const HttpCall& request) {
    HttpAnswer answer;
    const Easy easy(curl().easy_init(), curl().easy_cleanup);
    const List headers = header_list(request.headers);
    Receiver receiver{request, answer, easy.get()};
    set_options(easy.get(), request, headers.get());
    curl().easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, receive);
    curl().easy_setopt(easy.get(), CURLOPT_WRITEDATA, &receiver);

    const CURLcode code = curl().easy_perform(easy.get());
    answer.status = static_cast<unsigned>(status_of(easy.get()));
    const char* type = nullptr;
    curl().easy_getinfo(easy.get(), CURLINFO_CONTENT_TYPE, &type);
    if (type != nullptr) answer.content_type = type;
    if (code != CURLE_OK) answer.problem = problem_of(easy.get(), code, request);
    answer.url_is_wrong = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
    return answer;
}

}  // namespace

HttpAnswer call(const HttpCall& request) {
    try {
        return made(request);
    } catch (const sinks::LibcurlMissing& missing) {
        return {.problem = missing.what()};
    }
}

std::string percent_encoded(const std::string& text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            out += c;
        } else {
            out += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return out;
}

}  // namespace chathook::client
