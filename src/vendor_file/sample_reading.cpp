#include "vendor_file/sample_reading.hpp"

#include <span>

namespace chathook::vendor_file {
namespace {

constexpr verify::SchemeRules any_rules{.header = "x-sample"};

VendorDefinition with_any_rules(VendorDefinition definition) {
    definition.rules = any_rules;
    return definition;
}

VendorSettings sample_settings() {
    VendorSettings settings;
    settings.secrets.push_back({SecretBytes(sample_secret), std::nullopt});
    return settings;
}

Request request_of(std::string_view body, std::span<const Field> fields) {
    Request request;
    request.method = "POST";
    request.fields = fields;
    request.body = body;
    return request;
}

}  // namespace

ReadSample::ReadSample(const VendorDefinition& definition, std::string_view body)
    : definition_(with_any_rules(definition)),
      vendor_(definition_, sample_settings()),
      headers_(vendor_.sign(body, "", Instant{})),
      fields_{Field{headers_.at(0).name, headers_.at(0).value}},
      request_(request_of(body, fields_)),
      verified_(vendor_.verify(request_, Instant{}).value()),
      parts_(vendor_.split(verified_)) {}

}  // namespace chathook::vendor_file
