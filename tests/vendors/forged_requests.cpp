#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;

using Texts = std::vector<std::string>;

// What the request says of its own address counts for nothing: that of the source is signed.
void other_addresses(Forger& forger, const std::string& body) {
    const Manner& manner = forger.manner();
    const std::string url(preset_url);
    for (const std::string& other : Texts{"",
                                          "http://hooks.example.com/preset?b=2&a=1",
                                          "https://hooks.example.com/preset?a=1&b=2",
                                          "https://hooks.example.com/preset",
                                          "https://hooks.example.com/preset?b=2",
                                          "https://hooks.example.com/preset?",
                                          "https://hooks.example.com/preset?b=2&a=1&c=3",
                                          "https://hooks.example.com/preset/?b=2&a=1",
                                          "https://hooks.example.com:443/preset?b=2&a=1",
                                          "https://hooks.example.com:80/preset?b=2&a=1",
                                          "https://HOOKS.example.com/preset?b=2&a=1",
                                          "HTTPS://hooks.example.com/preset?b=2&a=1",
                                          "https://hooks.example.org/preset?b=2&a=1",
                                          "https://user@hooks.example.com/preset?b=2&a=1",
                                          "https://hooks.example.com/preset?b=2&a=1#x",
                                          "https://hooks.example.com/preset?b=2&a=1#",
                                          "https://hooks.example.com/Preset?b=2&a=1",
                                          "https://hooks.example.com/pre%73et?b=2&a=1",
                                          "https://hooks.example.com/preset%3Fb=2&a=1",
                                          "https://hooks.example.com//preset?b=2&a=1",
                                          "https://hooks.example.com/./preset?b=2&a=1",
                                          "https://hooks.example.com./preset?b=2&a=1",
                                          "/preset?b=2&a=1",
                                          "hooks.example.com/preset?b=2&a=1",
                                          "//hooks.example.com/preset?b=2&a=1",
                                          "https://hooks.example.com/webhook",
                                          "https://hooks.example.com/preset?b=2&amp;a=1",
                                          "https://hooks.example.com/preset?b=2;a=1",
                                          " " + url,
                                          url + " ",
                                          url + "\n",
                                          url + "&",
                                          upper(url),
                                          "http://localhost/webhook"}) {
        Stamp stamp = forger.stamp();
        stamp.url = other;
        const std::string text = filled(manner.text, body, stamp);
        forger.send_signed("another address is signed", body, text);
        const std::string mac = writings(manner, forger.signature(text)).front();
        auto headers = headers_with(manner, value_with(manner, mac, stamp.time), stamp);
        headers.insert(headers.end(), {{"Host", "hooks.example.com"},
                                       {"X-Forwarded-Proto", other.substr(0, other.find(':'))},
                                       {"X-Original-URL", other},
                                       {"X-Forwarded-Uri", other}});
        forger.send("another address is signed and claimed", body, headers);
    }
}

void other_methods(Forger& forger, const std::string& body) {
    const Manner& manner = forger.manner();
    const std::string mac = writings(manner, forger.signature(forger.text_of(body))).front();
    const auto headers = headers_with(manner, value_with(manner, mac, forger.stamp().time), forger.stamp());
    for (const std::string& method : Texts{"", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "post",
                                           "Post", "POST ", " POST", "POSTh", "POS", "POSTPOST", "POST\0"s}) {
        forger.send("another method", body, headers, method);
        Stamp stamp = forger.stamp();
        stamp.method = method;
        forger.send_signed("another method is signed", body, filled(manner.text, body, stamp));
        auto overridden = headers;
        overridden.push_back({"X-HTTP-Method-Override", method});
        const std::string signature = forger.signature(filled(manner.text, body, stamp));
        overridden.front().value = value_with(manner, writings(manner, signature).front(), stamp.time);
        forger.send("another method is signed and claimed", body, overridden);
    }
}

// Fields that are sorted, decoded or joined otherwise than on Twilio's page, worked out by hand, and other
// fields. Names and values follow each other without separators, so that the signature of "a=bc" is that of
// "ab=c" as well. Twilio's scheme cannot tell them apart, nor can a receiver: such fields are no forgery that
// can be seen, and Forger keeps them back.
void other_fields(Forger& forger) {
    const std::string body = "B=2&A=1&A=3&A=1&C=%2B+x&b=4", url = forger.stamp().url;
    for (const std::string& text : Texts{"B2A1A3A1C+ xb4",
                                         "A1A3A1B2C+ xb4",
                                         "A1A1A3B2C+ xb4",
                                         "A1B2C+ xb4",
                                         "A3B2C+ xb4",
                                         "A3A1B2C+ xb4",
                                         "A13B2C+ xb4",
                                         "A1,3B2C+ xb4",
                                         "A1A3B2b4C+ x",
                                         "A1A3b4B2C+ x",
                                         "b4C+ xB2A3A1",
                                         "A1A3B2C%2B+xb4",
                                         "A1A3B2C%2B xb4",
                                         "A1A3B2C  xb4",
                                         "A1A3B2C+xb4",
                                         "A1A3B2C+%20xb4",
                                         "A=1A=3B=2C=+ xb=4",
                                         "A=1&A=3&B=2&C=%2B+x&b=4",
                                         "B=2&A=1&A=3&A=1&C=%2B+x&b=4",
                                         "AABCb",
                                         "132+ x4",
                                         "A1A3B2C+ x",
                                         "B2C+ xb4",
                                         "",
                                         "?",
                                         "&A1A3B2C+ xb4",
                                         "/A1A3B2C+ xb4",
                                         "{\"A\":[\"1\",\"3\"],\"B\":\"2\"}"}) {
        forger.send_signed("fields joined otherwise", body, url + text);
        forger.send_signed("fields joined otherwise, without the address", body, text);
        forger.send_signed("fields joined otherwise, before the address", body, text + url);
    }
    for (const std::string& other : Texts{"",
                                          "B=2",
                                          body + "&D=5",
                                          body + "&A=2",
                                          body + "&B=1",
                                          body + "&A=",
                                          body + "&A",
                                          "A=1&" + body + "x",
                                          "B=2&A=1&A=3&A=1&C=%2B+x",
                                          "B=2&A=1&A=1&C=%2B+x&b=4",
                                          "B=2&A=3&C=%2B+x&b=4",
                                          "B=1&A=2&A=3&C=%2B+x&b=4",
                                          "B=2&A=1&A=3&C=%2B%2Bx&b=4",
                                          "B=2&A=1&A=3&C=++x&b=4",
                                          "B=2&A=1&A=3&C=%252B+x&b=4",
                                          "B=2&A=1&A=3&C=%2B+x&b=%34%00",
                                          "B=2;A=1;A=3;A=1;C=%2B+x;b=4",
                                          "b=2&a=1&a=3&a=1&c=%2B+x&B=4",
                                          "B=2&A=1&A=3&A=1&C=%2&b=4",
                                          "B=2&A=1&A=3&A=1&C=%ZZ+x&b=4",
                                          "B=2&A[]=1&A[]=3&C=%2B+x&b=4",
                                          "{\"A\":[\"1\",\"3\"],\"B\":\"2\",\"C\":\"+ x\",\"b\":\"4\"}",
                                          body + "\n",
                                          body + "%"}) {
        forger.send_signed("other fields", other, forger.text_of(body));
        forger.send_signed("other fields are signed", body, forger.text_of(other));
    }
}

}  // namespace

void forged_requests(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    if (manner.signs("{url}")) other_addresses(forger, body);
    if (manner.signs("{method}")) other_methods(forger, body);
    if (manner.signs("{form}")) other_fields(forger);
}

}  // namespace chathook::test
