#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "vendors/forger.hpp"

namespace chathook::test {
namespace {

using namespace std::string_literals;

using Texts = std::vector<std::string>;

std::string decoded_base64(std::string_view text) {
    std::string bytes(text.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    while (!bytes.empty() && bytes.back() == '\0') bytes.pop_back();
    return bytes;
}

// Keys that somebody may have, guess, or take for the key because the secret's form was misread.
Texts wrong_keys(const Manner& manner, const std::string& body) {
    const std::string live = key_bytes(manner), text = secret_text(manner), constant(live_secret);
    Texts keys{"",
               key_bytes(manner, Signer::neighbour),
               key_bytes(manner, Signer::expired),
               secret_text(manner, Signer::neighbour),
               secret_text(manner, Signer::expired),
               constant,
               text,
               text.substr(0, text.find('=')),
               base64(constant),
               without_padding(base64(constant)),
               "whsec_" + base64(constant),
               "whsec_" + constant,
               decoded_base64(base64(constant)),
               decoded_base64(text),
               hex(constant),
               upper(hex(constant)),
               live + "\n",
               live + "\r\n",
               live + "\0"s + "x",
               " " + live,
               live + " ",
               "\"" + live + "\"",
               upper(live),
               live.substr(1),
               live.substr(0, live.size() - 1),
               live.substr(0, 8),
               live + live,
               std::string(live.rbegin(), live.rend()),
               hex(live),
               base64(live),
               "whsec_" + live,
               hash(EVP_sha256(), live),
               hash(manner.digest(), live),
               hex(hash(EVP_sha256(), live)),
               live + key_bytes(manner, Signer::next),
               std::string(manner.vendor),
               std::string(manner.header),
               "secret",
               "password",
               "changeme",
               "undefined",
               "null",
               "0",
               "test",
               ":",
               ":" + live,
               live + ":",
               "user:" + live,
               "Basic " + live,
               body};
    // HMAC fills short keys with zeros, so that a key with zeros behind it is the same key.
    std::erase_if(keys, [&](std::string key) {
        while (!key.empty() && key.back() == '\0') key.pop_back();
        return key == live || key == key_bytes(manner, Signer::next);
    });
    return keys;
}

// Texts that some vendor signs, and that one may think this vendor signs.
Texts other_texts(const Manner& manner) {
    Texts texts{"{time}{body}",
                "{time}.{body}",
                "{time}:{body}",
                "{time}\n{body}",
                "{time}. {body}",
                "{time};{body}",
                "[{time};{body}]",
                "{body}.{time}",
                "{body}{time}",
                "{body}_{time}",
                "{body}:{time}",
                "t={time}.{body}",
                ".{body}",
                "{time}..",
                "{time}",
                "{time}.",
                "{id}",
                "",
                "{id}.{body}",
                "{id}.{time}",
                "{id}{time}{body}",
                "{id}..{body}",
                "{time}.{id}.{body}",
                "{body}.{time}.{id}",
                "..{body}",
                "{id}.{time}.",
                "v0:{time}:{body}",
                "v1:{time}:{body}",
                "v0:{body}",
                ":{time}:{body}",
                "v0:{time}.{body}",
                "{time}:{time}:{body}",
                "{url}",
                "{url}{body}",
                "{body}{url}",
                "{form}",
                "{form}{url}",
                "{url}{form}{time}",
                "{url}.{form}",
                "{method}{url}",
                "{method}{url}{body}",
                "{method}{url}{time}",
                "{url}{body}{time}",
                "{method}{body}{time}",
                "{method}{url}{time}{body}",
                "{time}{method}{url}{body}",
                "{method}\n{url}\n{body}\n{time}",
                "{method} {url} {body}{time}",
                "{body}{body}",
                "{body}\n",
                "{body}\r\n",
                " {body}",
                "{time}000.{body}",
                "{time}.{body}.",
                "1799999999.{body}",
                "1799999999{body}",
                "1800000001.{body}",
                "1800000001{body}",
                "{body}1800000001"};
    for (const Manner& vendor : manners) texts.emplace_back(vendor.text);
    if (manner.timed()) texts.emplace_back("{body}");
    return texts;
}

}  // namespace

void forged_secrets(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    const std::string text = forger.text_of(body), live = key_bytes(manner);
    const bool is_token = manner.proof != Proof::mac;
    for (const std::string& key : wrong_keys(manner, body)) {
        const std::string proof = is_token ? key : hmac(manner.digest(), key, text);
        for (const std::string& written : writings(manner, proof)) {
            forger.send_mac("another secret", body, written);
            forger.send_mac("another secret", body, upper(written));
        }
        forger.send_mac("another secret, in hex", body, hex(proof));
        forger.send_mac("another secret, in base64", body, base64(proof));
    }
    const std::size_t size = sign_text(manner, text).size();
    for (const auto& digest : {EVP_md5, EVP_sha1, EVP_sha224, EVP_sha256, EVP_sha384, EVP_sha512}) {
        Texts macs{hash(digest(), text),        hash(digest(), live + text),
                   hash(digest(), text + live), hash(digest(), hash(digest(), text)),
                   hmac(digest(), text, live),  hash(digest(), live)};
        if (is_token || digest() != manner.digest()) macs.push_back(hmac(digest(), live, text));
        for (std::string mac : macs) {
            forger.send_mac("another algorithm", body, hex(mac));
            forger.send_mac("another algorithm", body, base64(mac));
            mac.resize(size);
            forger.send_mac("another algorithm, cut to size", body, writings(manner, mac).front());
        }
    }
}

void forged_stamps(const Manner& manner, const std::string& body, const Try& attempt) {
    Forger forger(manner, attempt);
    const Stamp& right = forger.stamp();
    for (const std::string& text : other_texts(manner)) {
        forger.send_signed("another text is signed", body, filled(text, body, right));
    }
    for (const std::string& id :
         Texts{"", "0", "msg_examplE", "MSG_EXAMPLE", "msg_example ", " msg_example", "msg_exampl",
               "msg_example2", "evt_example", "msg_example\0"s, "null"}) {
        if (manner.id_header.empty()) break;
        Stamp stamp = right;
        stamp.id = id;
        forger.send_signed("another id", body, forger.text_of(body), stamp);
        forger.send_signed("another id is signed", body, filled(manner.text, body, stamp));
        if (!id.empty()) continue;
        // An empty id is none, even if it is signed.
        const std::string mac = writings(manner, forger.signature(filled(manner.text, body, stamp))).front();
        forger.send_mac("an empty id, signed", body, mac, stamp);
        auto headers = headers_with(manner, value_with(manner, mac, right.time), right);
        headers.pop_back();
        forger.send("no id, and none is signed", body, headers);
    }
}

}  // namespace chathook::test
