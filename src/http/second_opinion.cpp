#include "http/second_opinion.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace chathook::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

// Beast's own request_parser would copy each field into a container that nobody reads; this one compares as
// it goes.
class Comparer final : public beast_http::basic_parser<true> {
public:
    explicit Comparer(const Head& head) noexcept : head_(head) {}

    bool agrees() const noexcept { return same_ && field_ == head_.fields.size(); }

private:
    void on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                         error_code&) override {
        if (!head_.authority.empty()) {
            // Beast passes an absolute form on unchanged.
            const std::size_t begin = target.find("://") + 3;
            const std::size_t end = std::min(target.find_first_of("/?", begin), target.size());
            same_ = same_ && target.substr(begin, end - begin) == head_.authority;
            target = target.substr(end);
        }
        const std::size_t mark = target.find('?');
        const string_view path = target.substr(0, mark);
        same_ = same_ && method == head_.method && static_cast<unsigned>(version) == head_.version &&
                (path.empty() ? string_view("/") : path) == head_.path &&
                (mark == string_view::npos ? head_.query.empty() : target.substr(mark + 1) == head_.query);
    }

    void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override {
        same_ = same_ && field_ < head_.fields.size() && head_.fields[field_].name == name &&
                head_.fields[field_].value == value;
        ++field_;
    }

    // Never called: this is a request, and no body is passed to the parser.
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    const Head& head_;
    std::size_t field_ = 0;
    bool same_ = true;
};

}  // namespace

bool beast_agrees(std::string_view bytes, const GateLimits& limits, const Head& head) {
    Comparer parser(head);
    parser.eager(false);
    parser.header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(limits.head_bytes, std::numeric_limits<std::uint32_t>::max())));
    parser.body_limit(boost::none);  // it is never given bodies
    error_code error;
    const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error || used != bytes.size() || !parser.is_header_done() || !parser.agrees()) return false;
    if (parser.chunked() != head.chunked) return false;
    const auto length = parser.content_length();
    return length.has_value() == head.content_length.has_value() &&
           (!length || *length == *head.content_length);
}

}  // namespace chathook::http
