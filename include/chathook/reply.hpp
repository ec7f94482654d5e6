// An HTTP answer. Made by ingest (and by vendors, for the bodies that their own samples print), written by
// http.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "chathook/request.hpp"

namespace chathook {

namespace http {
class BodyStream;  // src/http/handler.hpp: a streamed answer, such as server-sent events
}

struct Reply {
    unsigned status = 200;
    std::string_view content_type = "application/json";  // a literal, or something that outlives the answer
    std::string body;
    std::string_view allow;                    // the Allow header of a 405; empty: none
    std::chrono::seconds retry_after{0};       // the Retry-After header of a 429 or 503; 0: none
    std::span<const Field> fields;             // more header fields; literals only
    bool close = false;                        // close the connection after this answer
    std::shared_ptr<http::BodyStream> stream;  // when set, `body` is ignored and this is sent until it ends
};

}  // namespace chathook
