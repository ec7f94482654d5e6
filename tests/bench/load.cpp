// A load of webhooks: keep-alive connections to one address, each sending its next request once the last was
// answered. Every body is another event, signed as Lynn signs. Prints one JSON object. One thread, epoll.
//   load PORT PATH SECRET CONNECTIONS SECONDS BODY_BYTES
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t hmac_block = 64;  // bytes, of SHA-256
constexpr std::size_t digest_bytes = 32;

// HMAC-SHA256 (RFC 2104) with both keyed states computed once and copied for each message: the load must be
// cheaper than the server.
class Signer {
public:
    explicit Signer(std::string_view secret) {
        std::array<unsigned char, hmac_block> key{};
        if (secret.size() > key.size()) throw std::invalid_argument("the secret is longer than a block");
        std::copy(secret.begin(), secret.end(), key.begin());
        start(inner_, key, 0x36);
        start(outer_, key, 0x5c);
    }
    Signer(const Signer&) = delete;
    ~Signer() {
        for (EVP_MD_CTX* context : {inner_, outer_, scratch_}) EVP_MD_CTX_free(context);
    }

    // Writes 64 hexadecimal digits to `out`.
    void sign(std::string_view text, char* out) {
        std::array<unsigned char, digest_bytes> digest{};
        EVP_MD_CTX_copy_ex(scratch_, inner_);
        EVP_DigestUpdate(scratch_, text.data(), text.size());
        EVP_DigestFinal_ex(scratch_, digest.data(), nullptr);
        EVP_MD_CTX_copy_ex(scratch_, outer_);
        EVP_DigestUpdate(scratch_, digest.data(), digest.size());
        EVP_DigestFinal_ex(scratch_, digest.data(), nullptr);
        for (const unsigned char byte : digest) {
            *out++ = "0123456789abcdef"[byte >> 4];
            *out++ = "0123456789abcdef"[byte & 15];
        }
    }

private:
    static void start(EVP_MD_CTX* context, std::array<unsigned char, hmac_block> key, unsigned char pad) {
        for (unsigned char& byte : key) byte ^= pad;
        if (EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) throw std::runtime_error("no SHA-256");
        EVP_DigestUpdate(context, key.data(), key.size());
    }

    EVP_MD_CTX* inner_ = EVP_MD_CTX_new();
    EVP_MD_CTX* outer_ = EVP_MD_CTX_new();
    EVP_MD_CTX* scratch_ = EVP_MD_CTX_new();
};

// The request's text, of which only the conversation's number and the signature change.
class Requests {
public:
    Requests(const std::string& path, std::string_view secret, std::size_t body_bytes) : signer_(secret) {
        const std::string before = R"({"conversationId":"bench-)" + std::to_string(::getpid()) + '-';
        const std::string number(number_digits, '0');
        const std::string after =
            R"(","workspaceId":"04JchTJQCSG4GyYobqi1","widgetId":null,"messages":[{"text":")";
        const std::string end =
            R"(","senderRole":"human"}],"createdAt":"2023-11-23T07:48:23.119Z",)"
            R"("updatedAt":"2023-11-23T07:48:59.400Z","contactEmail":"visitor@example.com",)"
            R"("customMetadata":null})";
        const std::size_t fixed = before.size() + number.size() + after.size() + end.size();
        if (body_bytes < fixed)
            throw std::invalid_argument("a body has at least " + std::to_string(fixed) + " bytes");
        const std::string body = before + number + after + std::string(body_bytes - fixed, 'x') + end;
        const std::string head =
            "POST " + path +
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\nX-Lynn-Hmac-Sha256: ";
        signature_at_ = head.size();
        text_ = head + std::string(2 * digest_bytes, '0') + "\r\n\r\n";
        body_at_ = text_.size();
        number_at_ = body_at_ + before.size();
        text_ += body;
    }

    // Valid until the next call.
    std::string_view next() {
        std::array<char, number_digits> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ++number_).ptr;
        const auto length = static_cast<std::size_t>(end - digits.data());
        std::copy(digits.data(), end, text_.data() + number_at_ + number_digits - length);
        signer_.sign(std::string_view(text_).substr(body_at_), text_.data() + signature_at_);
        return text_;
    }

private:
    static constexpr std::size_t number_digits = 12;

    Signer signer_;
    std::string text_;
    std::size_t signature_at_ = 0, body_at_ = 0, number_at_ = 0;
    unsigned long long number_ = 0;
};

struct Counts {
    std::vector<std::uint32_t> microseconds;  // of every request answered 200
    unsigned long long errors = 0;            // other answers, and connections that ended without one
    unsigned long long reconnects = 0;        // after an answer: the server's requests_per_connection
};

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

class Connection {
public:
    Connection(const sockaddr_in& address, int epoll) : address_(address), epoll_(epoll) { open(); }
    Connection(const Connection&) = delete;
    ~Connection() { ::close(socket_); }

    // A request is a few hundred bytes into an empty socket buffer: it is written whole, or the load is
    // broken.
    void send(std::string_view request) {
        sent_ = Clock::now();
        answer_.clear();
        if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size())) {
            fail("send");
        }
    }

    // Reads what is there. True when the answer is complete and was counted.
    bool receive(Counts& counts) {
        std::array<char, 4096> buffer;
        const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
        if (size <= 0) {
            ++counts.errors;
            reopen();
            return true;
        }
        answer_.append(buffer.data(), static_cast<std::size_t>(size));
        return complete(counts);
    }

private:
    void open() {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (socket_ < 0) fail("socket");
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_)) != 0)
            fail("connect");
        epoll_event event{EPOLLIN, {.ptr = this}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event) != 0) fail("epoll_ctl");
    }

    void reopen() {
        ::close(socket_);
        open();
    }

    bool complete(Counts& counts) {
        const std::size_t head_end = answer_.find("\r\n\r\n");
        if (head_end == std::string::npos) return false;
        if (answer_.size() < head_end + 4 + content_length()) return false;
        if (answer_.starts_with("HTTP/1.1 200 ")) {
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent_);
            counts.microseconds.push_back(static_cast<std::uint32_t>(took.count()));
        } else {
            ++counts.errors;
        }
        if (header("connection").starts_with("close")) {
            ++counts.reconnects;
            reopen();
        }
        return true;
    }

    // A header's value, its name given in lower case.
    std::string_view header(std::string_view name) const {
        for (std::size_t at = answer_.find("\r\n"); at != std::string::npos;
             at = answer_.find("\r\n", at + 2)) {
            const std::string_view line = std::string_view(answer_).substr(at + 2);
            const auto same = [](char lower, char received) { return (received | 0x20) == lower; };
            if (line.size() > name.size() && line[name.size()] == ':' &&
                std::equal(name.begin(), name.end(), line.begin(), same)) {
                const std::size_t value = line.find_first_not_of(' ', name.size() + 1);
                return line.substr(value, line.find("\r\n") - value);
            }
        }
        return {};
    }

    std::size_t content_length() const {
        std::size_t length = 0;
        const std::string_view text = header("content-length");
        std::from_chars(text.data(), text.data() + text.size(), length);
        return length;
    }

    sockaddr_in address_;
    int epoll_;
    int socket_ = -1;
    Clock::time_point sent_;
    std::string answer_;
};

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

double own_cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto in_seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

double percentile_ms(std::vector<std::uint32_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))] / 1000.0;
}

void report(Counts& counts, double took, double cpu) {
    std::sort(counts.microseconds.begin(), counts.microseconds.end());
    std::printf(
        "{\"requests\":%zu,\"errors\":%llu,\"reconnects\":%llu,\"seconds\":%.3f,\"rate\":%.0f,"
        "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"load_cpu_share\":%.3f}\n",
        counts.microseconds.size(), counts.errors, counts.reconnects, took,
        static_cast<double>(counts.microseconds.size()) / took, percentile_ms(counts.microseconds, 0.50),
        percentile_ms(counts.microseconds, 0.99), cpu / took);
}

void run(const std::vector<std::string>& arguments) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(arguments.at(0))));
    Requests requests(arguments.at(1), arguments.at(2), std::stoul(arguments.at(5)));
    const auto duration = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(std::stod(arguments.at(4))));

    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    std::vector<std::unique_ptr<Connection>> connections;
    for (auto left = std::stoul(arguments.at(3)); left > 0; --left) {
        connections.push_back(std::make_unique<Connection>(address, epoll));
    }
    Counts counts;
    counts.microseconds.reserve(4'000'000);
    const auto started = Clock::now();
    const double cpu_before = own_cpu_seconds();
    for (auto& connection : connections) connection->send(requests.next());
    std::array<epoll_event, 256> events;
    while (Clock::now() - started < duration) {
        const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
        for (int at = 0; at < ready; ++at) {
            auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(at)].data.ptr);
            if (connection.receive(counts)) connection.send(requests.next());
        }
    }
    report(counts, seconds(Clock::now() - started), own_cpu_seconds() - cpu_before);
    ::close(epoll);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        return 1;
    }
}
