// The tests that every vendor of the catalog must pass. A new vendor is covered as soon as it is registered
// there.
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "mapping/vocabulary.hpp"
#include "support/cloud_event_rules.hpp"
#include "vendors/delivered.hpp"
#include "vendors/preset.hpp"

namespace chathook::vendors {
namespace {

using nlohmann::json;

using test::Preset;

void for_every_vendor(const std::function<void(const Preset&)>& check) {
    for (const std::string_view name : vendor_names()) {
        CAPTURE(name);
        check(Preset(name));
    }
}

// `body`: the sample's, as the vendor sends it.
void for_every_sample(
    const std::function<void(const Preset&, const Sample& sample, const std::string& body)>& check) {
    for_every_vendor([&](const Preset& preset) {
        for (const Sample& sample : preset.vendor().definition().samples) {
            CAPTURE(sample.name);
            check(preset, sample, preset.body_of(sample.body));
        }
    });
}

Event deliver(const Preset& preset, const std::string& body, std::string_view source = "source") {
    return test::deliver(preset.vendor(), body, preset.sign(body, test::delivered_at), source);
}

// A token proves who sends, and nothing of what is sent.
bool signs_body(const Preset& preset) { return preset.vendor().rules().kind != verify::Kind::token; }

// Those of which each member but these is part of what tells events apart.
const std::set<std::string_view> began_with{"lynn", "chatbase", "newoaks", "knowrithm", "wonderchat"};

// Whether something else than the whole body tells events apart.
bool has_identity(const Preset& preset, const std::string& body) {
    const test::SignedRequest sent(body, preset.sign(body, test::delivered_at));
    const Result<Verified> verified = preset.vendor().verify(sent.request(), test::delivered_at);
    REQUIRE(verified.has_value());
    return preset.vendor().rules().has_token_in_body() ||
           !preset.vendor().normalize(*verified).identity.empty();
}

bool is_type(std::string_view type) {
    return type == "unrecognized" || std::ranges::find(mapping::types(), type) != mapping::types().end();
}

bool is_json(std::string_view body) { return json::accept(body); }

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

Errc refusal(const Preset& preset, const Request& request) {
    const Result<Verified> verified = preset.vendor().verify(request, test::delivered_at);
    REQUIRE_FALSE(verified.has_value());
    return verified.error();
}

TEST_CASE("every signed sample becomes a valid event of its declared type that contains the body") {
    for_every_sample([](const Preset& preset, const Sample& sample, const std::string& body) {
        if (preset.vendor().splits()) return;
        const Event event = deliver(preset, body);
        check_is_valid(event);
        CHECK(event.type == sample.type);
        CHECK(event.original().size() == body.size());
        const json parsed = json::parse(event.text);
        CHECK(parsed.contains("subject") == (sample.type != "unrecognized"));
        if (!preset.vendor().rules().has_token_in_body()) CHECK(event.original() == body);
        if (!is_json(body)) return;
        CHECK(event.original_size == body.size());
        CHECK(parsed.at("data").at("original") == json::parse(event.original()));
    });
}

TEST_CASE("every event of a sample of several has its declared type and its part of the body") {
    for_every_sample([](const Preset& preset, const Sample& sample, const std::string& body) {
        if (!preset.vendor().splits()) return;
        const test::SignedRequest sent(body, preset.sign(body, test::delivered_at));
        const Result<Verified> verified = preset.vendor().verify(sent.request(), test::delivered_at);
        REQUIRE(verified.has_value());
        BodyReader::Parts parts = preset.vendor().split(*verified);
        CHECK(parts.all.empty() == (sample.type == "unrecognized" && verified->json().size() == 0));
        for (BodyReader::Part& part : parts.all) {
            part.normalized.request = {"0193a5f0-7c00-7000-8000-000000000002", 0, parts.all.size()};
            const Event event = *normalize::make_event(
                part.normalized, part.proved, "source", preset.vendor().definition().name,
                "0193a5f0-7c00-7000-8000-000000000001", test::delivered_at);
            check_is_valid(event);
            CHECK(event.type == sample.type);
            CHECK(body.find(event.original()) != std::string::npos);
        }
    });
}

TEST_CASE("a webhook whose body was changed is refused") {
    for_every_sample([](const Preset& preset, const Sample&, const std::string& body) {
        if (!signs_body(preset)) return;
        const auto headers = preset.sign(body, test::delivered_at);
        for (const std::size_t at : {std::size_t{2}, body.size() / 2, body.size() - 2}) {
            std::string changed = body;
            changed[at] = changed[at] == 'x' ? 'y' : 'x';
            CHECK(refusal(preset, test::SignedRequest(changed, headers).request()) == Errc::wrong_signature);
        }
        CHECK(refusal(preset, test::SignedRequest("", headers).request()) == Errc::wrong_signature);
    });
}

TEST_CASE("a webhook signed with another secret is refused") {
    for_every_vendor([](const Preset& preset) {
        const Preset forger(preset.vendor().definition().name, "another secret entirely");
        for (const Sample& sample : preset.vendor().definition().samples) {
            CAPTURE(sample.name);
            const std::string body = forger.body_of(sample.body);
            const test::SignedRequest forged(body, forger.sign(body, test::delivered_at));
            CHECK(refusal(preset, forged.request()) == Errc::wrong_signature);
        }
    });
}

TEST_CASE("a webhook without a signature, or with an empty, repeated or malformed one, is refused") {
    for_every_vendor([](const Preset& preset) {
        const verify::SchemeRules& rules = preset.vendor().rules();
        if (rules.has_token_in_body()) return;
        const std::string body(preset.vendor().definition().samples.front().body);
        const auto genuine = preset.sign(body, test::delivered_at);
        const auto refused_with = [&](const std::vector<std::string>& signatures) {
            std::vector<SignedHeader> headers;
            for (const std::string& value : signatures) headers.push_back({genuine[0].name, value});
            headers.insert(headers.end(), genuine.begin() + 1, genuine.end());
            return refusal(preset, test::SignedRequest(body, std::move(headers)).request());
        };
        const std::string& value = genuine[0].value;
        CHECK(refused_with({}) == Errc::missing_signature);
        CHECK(refused_with({""}) == Errc::missing_signature);
        CHECK(refused_with({value, value}) == Errc::repeated_signature);
        // The bytes of a token or of a public key's signature have no form that is wrong by itself.
        const bool has_form = rules.kind == verify::Kind::hmac;
        for (const std::string& wrong : {value + "0", "sha512=" + value}) {
            const Errc error = refused_with({wrong});
            CHECK((error == Errc::malformed_signature || (!has_form && error == Errc::wrong_signature)));
        }
    });
}

TEST_CASE("a webhook without one of the headers that are signed, or with it twice, is refused") {
    for_every_vendor([](const Preset& preset) {
        const std::string body = preset.body_of(preset.vendor().definition().samples.front().body);
        const auto genuine = preset.sign(body, test::delivered_at);
        for (std::size_t at = 1; at < genuine.size(); ++at) {
            CAPTURE(genuine[at].name);
            auto without = genuine, twice = genuine, empty = genuine;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
            twice.push_back(genuine[at]);
            empty[at].value.clear();
            for (const auto& headers : {without, twice, empty}) {
                const test::SignedRequest sent(body, headers);
                CHECK(preset.vendor().verify(sent.request(), test::delivered_at).has_error());
            }
        }
    });
}

TEST_CASE("sign() makes the header that the rules name, where it can") {
    for_every_vendor([](const Preset& preset) {
        const verify::SchemeRules& rules = preset.vendor().rules();
        const auto headers = preset.vendor().sign("{}", "", test::delivered_at);
        const bool can = rules.kind != verify::Kind::public_key && !rules.has_token_in_body();
        REQUIRE(headers.empty() == !can);
        if (can) CHECK(headers.front().name == rules.header);
    });
}

TEST_CASE("every refusal is the same small answer with a 4xx status that ends no subscription") {
    for_every_vendor([](const Preset& preset) {
        const verify::Vendor& vendor = preset.vendor();
        const Reply reply = vendor.refused();
        CHECK(reply.status >= 400);
        CHECK(reply.status < 500);
        CHECK(reply.status != 404);
        CHECK(reply.status != 410);
        CHECK_FALSE(reply.body.empty());
        if (reply.content_type == "application/json") CHECK(json::parse(reply.body).is_object());
        CHECK(vendor.refused().body == reply.body);
        CHECK(vendor.accepted().status / 100 == 2);
    });
}

TEST_CASE("a signed body of unknown shape is accepted and delivered whole as unrecognized") {
    for_every_vendor([](const Preset& preset) {
        if (preset.vendor().rules().has_token_in_body()) return;
        for (const auto* body :
             {"{}", "[]", "[1,{\"a\":null}]", R"({"some":"thing"})", "\"text\"", "17", "null"}) {
            CAPTURE(body);
            const Event event = deliver(preset, body);
            check_is_valid(event);
            CHECK(event.type == "unrecognized");
            CHECK(event.original() == body);
            CHECK(test::fields_of(json::parse(event.text)).empty());
        }
    });
}

TEST_CASE("a signed body that is not JSON is accepted and delivered as base64") {
    for_every_vendor([](const Preset& preset) {
        if (preset.vendor().rules().has_token_in_body()) return;
        const bool is_form = preset.vendor().rules().signs(verify::TextPart::Kind::form);
        for (const std::string body : {"", "a=1&b=2", "{\"a\":", "\xFF\xFE", "{}{}"}) {
            CAPTURE(body);
            const Event event = deliver(preset, body);
            check_is_valid(event);
            CHECK(event.type == "unrecognized");
            CHECK(event.original() == body);
            CHECK(json::parse(event.text).at("data").contains("original_base64"));
        }
        CHECK(is_form == (preset.vendor().definition().name == "twilio"));
    });
}

TEST_CASE("a sample with a deeply nested member keeps its type and its bytes") {
    for_every_sample([](const Preset& preset, const Sample& sample, std::string body) {
        if (preset.vendor().splits()) return;
        if (!is_json(body) || preset.vendor().rules().has_token_in_body()) return;
        body.insert(1, "\"deep\":" + std::string(50'000, '[') + std::string(50'000, ']') + ",");
        const Event event = deliver(preset, body);
        check_is_valid(event);
        CHECK(event.type == sample.type);
        CHECK(event.original() == body);
    });
}

TEST_CASE("a sample with any member missing or of any other type is accepted as a valid event") {
    const std::vector<json> others{
        nullptr, 5, -0.5, true, "", "text", json::array(), json::array({1}), json::object(), {{"id", 1}}};
    for_every_sample([&](const Preset& preset, const Sample&, const std::string& body) {
        if (preset.vendor().splits()) return;
        if (!is_json(body)) return;
        const json original = json::parse(body);
        for (const auto& place : places_in(original)) {
            CAPTURE(place.to_string());
            if (preset.vendor().rules().has_token_in_body() && place == json::json_pointer("/secret_key"))
                continue;
            for (const json& other : others) {
                json changed = original;
                changed[place] = other;
                const Event event = deliver(preset, changed.dump());
                check_is_valid(event);
                CHECK(is_type(event.type));
            }
            json without = original;
            json& parent = without[place.parent_pointer()];
            if (parent.is_array()) {
                parent.erase(std::stoul(place.back()));
            } else {
                parent.erase(place.back());
            }
            check_is_valid(deliver(preset, without.dump()));
        }
    });
}

TEST_CASE("a repeated event has the same dedupe key, another source or body a different one") {
    for_every_sample([](const Preset& preset, const Sample&, const std::string& body) {
        if (preset.vendor().splits()) return;
        if (!is_json(body)) return;
        const json original = json::parse(body);
        if (!began_with.contains(preset.vendor().definition().name) && has_identity(preset, body)) return;
        const auto key = deliver(preset, original.dump()).dedupe_key;
        CHECK(deliver(preset, original.dump()).dedupe_key == key);
        CHECK(deliver(preset, original.dump(), "another").dedupe_key != key);
        for (const auto& place : places_in(original)) {
            const std::string member = place.to_string();
            if (member == "/attempt" || member == "/signature") continue;
            CAPTURE(member);
            json changed = original;
            changed[place] = "changed";
            CHECK(deliver(preset, changed.dump()).dedupe_key != key);
        }
    });
}

TEST_CASE("a sample with line breaks between tokens is the same event on one line") {
    for_every_sample([](const Preset& preset, const Sample& sample, const std::string& body) {
        if (preset.vendor().splits()) return;
        if (!is_json(body)) return;
        const std::string pretty = json::parse(body).dump(4);
        const Event event = deliver(preset, pretty);
        check_is_valid(event);
        CHECK(event.type == sample.type);
        if (!preset.vendor().rules().has_token_in_body()) CHECK(event.original() == pretty);
        CHECK(test::fields_of(json::parse(event.text)) ==
              test::fields_of(json::parse(deliver(preset, body).text)));
    });
}

}  // namespace
}  // namespace chathook::vendors
