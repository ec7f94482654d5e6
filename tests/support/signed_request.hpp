// A webhook as a genuine sender posts it: a body with its signature headers. Owns what its Request views.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/request.hpp>
#include <chathook/secret.hpp>
#include <chathook/vendor.hpp>

namespace chathook::test {

class SignedRequest {
public:
    SignedRequest(std::string body, std::vector<SignedHeader> headers)
        : body_(std::move(body)), headers_(std::move(headers)) {
        for (const SignedHeader& header : headers_) fields_.push_back({header.name, header.value});
    }
    SignedRequest(const SignedRequest&) = delete;
    SignedRequest& operator=(const SignedRequest&) = delete;

    Request request() const {
        Request request;
        request.method = "POST";
        request.path = "/webhook";
        request.fields = fields_;
        request.body = body_;
        return request;
    }

private:
    std::string body_;
    std::vector<SignedHeader> headers_;
    std::vector<Field> fields_;
};

inline VendorSettings settings_with(std::string_view secret) {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(secret), std::nullopt});
    return settings;
}

}  // namespace chathook::test
