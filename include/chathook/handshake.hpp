// A request that is no event: the vendor asks whether the address is the customer's, and wants an answer that
// proves it. As data, read from a vendor's file; verify/handshakes.hpp answers. Plain values; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace chathook {

// What is echoed, and what anybody could send, is bounded: printable ASCII without a blank.
inline constexpr std::size_t echo_bytes_max = 256;
// What a MAC is made of: letters, digits, '_' and '-' only, so that it is never the text of a webhook.
inline constexpr std::size_t hmac_echo_bytes_max = 128;

// The views live as long as the definition of the vendor.
struct Handshake {
    // A parameter of the query and the text that it must have.
    struct Term {
        std::string_view name;
        std::string_view text = "";
        bool is_verify_token = false;  // in place of `text`: the source's verify_token
    };

    // A text of the request that is part of the answer.
    struct Echo {
        enum class From : unsigned char { query, header, body } from = From::body;
        std::string_view name = "";                // of the parameter or the header
        std::span<const std::string_view> path{};  // in the body: decoded steps of a JSON pointer
        bool hmac_hex = false;                     // the HMAC-SHA256 of the text, in hex, in place of it
        std::string_view member = "";              // of a JSON answer
    };

    enum class Answer : unsigned char { text, json, accepted };

    // A GET, which nobody signs. Its query is all that is looked at, and proves knowledge of the
    // verify_token. Every other handshake is a request whose signature was proved.
    bool is_get = false;
    std::span<const Term> query{};

    // Each counts if it is set.
    std::string_view header = "";              // is there once
    std::span<const std::string_view> path{};  // in the body: a text or number that reads `is`
    std::string_view is = "";
    bool present = false;  // in place of `is`: something that is neither null nor ""
    // In the body: at none of these places is such a thing.
    std::span<const std::span<const std::string_view>> absent{};

    Answer answer = Answer::accepted;
    std::span<const Echo> echoes{};  // one for a text, one for each member of a JSON object
};

}  // namespace chathook
