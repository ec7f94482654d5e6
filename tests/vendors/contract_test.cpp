// The tests that every vendor of the catalog must pass. A new vendor is covered as soon as it is registered
// there.
#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/cloud_event_rules.hpp"
#include "vendors/delivered.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;
using test::deliver;

void for_every_vendor(const std::function<void(const verify::Vendor&)>& check) {
    for (const std::string_view name : vendor_names()) {
        CAPTURE(name);
        check(*test::make(name));
    }
}

void for_every_sample(const std::function<void(const verify::Vendor&, const Sample&)>& check) {
    for_every_vendor([&](const verify::Vendor& vendor) {
        for (const Sample& sample : vendor.definition().samples) {
            CAPTURE(sample.name);
            check(vendor, sample);
        }
    });
}

// All values anywhere inside `value`, including containers.
std::vector<json::json_pointer> places_in(const json& value,
                                          const json::json_pointer& here = json::json_pointer()) {
    std::vector<json::json_pointer> places;
    const auto add = [&](const json::json_pointer& place, const json& inner) {
        places.push_back(place);
        const auto deeper = places_in(inner, place);
        places.insert(places.end(), deeper.begin(), deeper.end());
    };
    if (value.is_object()) {
        for (const auto& [key, inner] : value.items()) add(here / key, inner);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) add(here / i, value[i]);
    }
    return places;
}

void check_is_valid(const Event& event) {
    REQUIRE(event.text.find_first_of("\r\n") == std::string::npos);
    const json parsed = json::parse(event.text);
    CHECK(test::broken_cloud_event_rules(parsed) == std::vector<std::string>{});
    CHECK(parsed.at("type") == event.type);
    CHECK(parsed.at("vendor") == event.vendor);
    CHECK(parsed.at("sourcename") == event.source);
    CHECK(parsed.value("vendortype", "") == event.vendor_type);
}

Errc refusal(const verify::Vendor& vendor, const Request& request) {
    const Result<Verified> verified = vendor.verify(request, test::delivered_at);
    REQUIRE_FALSE(verified.has_value());
    return verified.error();
}

TEST_CASE("every signed sample becomes a valid event of its declared type that contains the body") {
    for_every_sample([](const verify::Vendor& vendor, const Sample& sample) {
        const Event event = deliver(vendor, std::string(sample.body));
        check_is_valid(event);
        CHECK(event.type == sample.type);
        CHECK(event.vendor_type == sample.name);
        CHECK(event.original() == sample.body);
        CHECK(event.original_size == sample.body.size());
        const json parsed = json::parse(event.text);
        CHECK(parsed.at("data").at("original") == json::parse(sample.body));
        CHECK(parsed.contains("subject"));
    });
}

TEST_CASE("a webhook whose body was changed is refused") {
    for_every_sample([](const verify::Vendor& vendor, const Sample& sample) {
        const std::string body(sample.body);
        const auto headers = vendor.sign(body, "", test::delivered_at);
        for (const std::size_t at : {std::size_t{2}, body.size() / 2, body.size() - 2}) {
            std::string changed = body;
            changed[at] = changed[at] == 'x' ? 'y' : 'x';
            CHECK(refusal(vendor, test::SignedRequest(changed, headers).request()) == Errc::wrong_signature);
        }
        CHECK(refusal(vendor, test::SignedRequest("", headers).request()) == Errc::wrong_signature);
    });
}

TEST_CASE("a webhook signed with another secret is refused") {
    for_every_sample([](const verify::Vendor& vendor, const Sample& sample) {
        const auto forger =
            make_vendor(vendor.definition().name, test::settings_with("another secret entirely"));
        const std::string body(sample.body);
        const test::SignedRequest forged(body, forger->sign(body, "", test::delivered_at));
        CHECK(refusal(vendor, forged.request()) == Errc::wrong_signature);
    });
}

TEST_CASE("a webhook without a signature, or with an empty, repeated or malformed one, is refused") {
    for_every_vendor([](const verify::Vendor& vendor) {
        const std::string body(vendor.definition().samples.front().body);
        const auto headers = vendor.sign(body, "", test::delivered_at);
        REQUIRE(headers.size() == 1);
        const std::string& name = headers[0].name;
        const auto refused_with = [&](std::vector<SignedHeader> with) {
            return refusal(vendor, test::SignedRequest(body, std::move(with)).request());
        };
        CHECK(refused_with({}) == Errc::missing_signature);
        CHECK(refused_with({{name, ""}}) == Errc::missing_signature);
        CHECK(refused_with({headers[0], headers[0]}) == Errc::repeated_signature);
        CHECK(refused_with({{name, headers[0].value + "0"}}) == Errc::malformed_signature);
        CHECK(refused_with({{name, "sha512=" + headers[0].value}}) == Errc::malformed_signature);
    });
}

TEST_CASE("sign() makes the header that the rules name") {
    for_every_vendor([](const verify::Vendor& vendor) {
        const auto headers = vendor.sign("{}", "", test::delivered_at);
        CHECK(headers.front().name == vendor.rules().header);
    });
}

TEST_CASE("every refusal is the same small answer with a 4xx status") {
    for_every_vendor([](const verify::Vendor& vendor) {
        const Reply reply = vendor.refused();
        CHECK(reply.status >= 400);
        CHECK(reply.status < 500);
        CHECK(json::parse(reply.body).is_object());
        CHECK(reply.content_type == "application/json");
        CHECK(vendor.refused().body == reply.body);
        CHECK(vendor.accepted().status == 200);
        CHECK_FALSE(vendor.accepted().body.empty());
    });
}

TEST_CASE("a signed body of unknown shape is accepted and delivered whole as unrecognized") {
    for_every_vendor([](const verify::Vendor& vendor) {
        for (const auto* body :
             {"{}", "[]", "[1,{\"a\":null}]", R"({"some":"thing"})", "\"text\"", "17", "null"}) {
            CAPTURE(body);
            const Event event = deliver(vendor, body);
            check_is_valid(event);
            CHECK(event.type == "unrecognized");
            CHECK(event.original() == body);
            CHECK(test::fields_of(json::parse(event.text)).empty());
        }
    });
}

TEST_CASE("a signed body that is not JSON is accepted and delivered as base64") {
    for_every_vendor([](const verify::Vendor& vendor) {
        for (const std::string body : {"", "a=1&b=2", "{\"a\":", "\xFF\xFE", "{}{}"}) {
            CAPTURE(body);
            const Event event = deliver(vendor, body);
            check_is_valid(event);
            CHECK(event.type == "unrecognized");
            CHECK(event.original() == body);
            CHECK(json::parse(event.text).at("data").contains("original_base64"));
        }
    });
}

TEST_CASE("a sample with a deeply nested member keeps its type and its bytes") {
    for_every_sample([](const verify::Vendor& vendor, const Sample& sample) {
        std::string body(sample.body);
        body.insert(1, "\"deep\":" + std::string(50'000, '[') + std::string(50'000, ']') + ",");
        const Event event = deliver(vendor, body);
        check_is_valid(event);
        CHECK(event.type == sample.type);
        CHECK(event.original() == body);
    });
}

TEST_CASE("a sample with any member missing or of any other type is accepted as a valid event") {
    const std::vector<json> others{
        nullptr, 5, -0.5, true, "", "text", json::array(), json::array({1}), json::object(), {{"id", 1}}};
    for_every_sample([&](const verify::Vendor& vendor, const Sample& sample) {
        const json original = json::parse(sample.body);
        for (const auto& place : places_in(original)) {
            CAPTURE(place.to_string());
            for (const json& other : others) {
                json changed = original;
                changed[place] = other;
                const Event event = deliver(vendor, changed.dump());
                check_is_valid(event);
                CHECK((event.type == sample.type || event.type == "unrecognized"));
            }
            json without = original;
            json& parent = without[place.parent_pointer()];
            if (parent.is_array()) {
                parent.erase(std::stoul(place.back()));
            } else {
                parent.erase(place.back());
            }
            check_is_valid(deliver(vendor, without.dump()));
        }
    });
}

TEST_CASE("a repeated event has the same dedupe key, another source or body a different one") {
    for_every_sample([](const verify::Vendor& vendor, const Sample& sample) {
        const json original = json::parse(sample.body);
        const auto key = deliver(vendor, original.dump()).dedupe_key;
        CHECK(deliver(vendor, original.dump()).dedupe_key == key);
        CHECK(deliver(vendor, original.dump(), "another").dedupe_key != key);
        for (const auto& place : places_in(original)) {
            const std::string member = place.to_string();
            if (member == "/attempt" || member == "/signature") continue;
            CAPTURE(member);
            json changed = original;
            changed[place] = "changed";
            CHECK(deliver(vendor, changed.dump()).dedupe_key != key);
        }
    });
}

TEST_CASE("a sample with line breaks between tokens is the same event on one line") {
    for_every_sample([](const verify::Vendor& vendor, const Sample& sample) {
        const std::string pretty = json::parse(sample.body).dump(4);
        const Event event = deliver(vendor, pretty);
        check_is_valid(event);
        CHECK(event.type == sample.type);
        CHECK(event.original() == pretty);
        CHECK(test::fields_of(json::parse(event.text)) ==
              test::fields_of(json::parse(deliver(vendor, std::string(sample.body)).text)));
    });
}

}  // namespace
}  // namespace chathook::vendors
