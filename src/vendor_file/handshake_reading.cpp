#include "vendor_file/handshake_reading.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "support/ascii.hpp"
#include "vendor_file/rules_reading.hpp"

namespace chathook::vendor_file {
namespace {

using Echo = Handshake::Echo;
using verify::SchemeRules;
using verify::TextPart;
using yaml::Place;

constexpr std::string_view verify_token = "$verify_token";

std::span<const Handshake::Term> read_query(const Place& at, Texts& texts) {
    std::vector<Handshake::Term> terms;
    for (const auto& [name, place] : at.entries(query_terms_max)) {
        std::string text;
        if (!place.text(text)) continue;
        const bool is_token = text == verify_token;
        terms.push_back({texts.keep(name), is_token ? std::string_view() : texts.keep(text), is_token});
    }
    if (std::ranges::none_of(terms, &Handshake::Term::is_verify_token)) {
        at.error(
            "has no $verify_token, so anybody would be answered; write it for the parameter that holds the "
            "source's verify_token");
    }
    return texts.keep(std::move(terms));
}

// A GET is answered before anything is proved, so that nothing but its query may decide.
void read_get(const Place& at, Handshake& handshake, Texts& texts) {
    const Place query = at.section("query");
    if (query.required("write the parameters that a GET must have, one of them $verify_token")) {
        handshake.query = read_query(query, texts);
    }
    for (const char* key : {"pointer", "is", "present", "absent", "header"}) {
        const Place place = at[key];
        if (place.present()) place.error("has no meaning with method: GET, which nobody signs; remove it");
    }
}

// What must stand at the pointer: this text, or anything.
void read_expected(const Place& at, Handshake& handshake, Texts& texts) {
    const Place is = at["is"];
    const Place present = at["present"];
    if (present.present()) {
        handshake.present = true;
        if (present.boolean(handshake.present) && !handshake.present) {
            present.error("must be true; for a key that must not be there write absent: POINTER");
        }
        if (is.present()) is.error("stands beside present, which any text fits; keep one of them");
        return;
    }
    std::string text;
    if (is.required("write the text that stands there, or present: true if any may stand there") &&
        is.text(text)) {
        handshake.is = texts.keep(std::move(text));
    }
}

void read_absent(const Place& at, Handshake& handshake, Texts& texts) {
    if (!at.present()) return;
    std::vector<std::span<const std::string_view>> paths;
    const std::vector<Place> items = at.items(absent_max);
    for (const Place& item : items) paths.push_back(read_path(item, texts));
    if (items.empty() && at.is_list()) at.error("is empty; write at least one pointer, or leave the key out");
    handshake.absent = texts.keep(std::move(paths));
}

void read_proved(const Place& at, Handshake& handshake, Texts& texts) {
    const Place query = at["query"];
    const Place pointer = at["pointer"];
    const Place header = at["header"];
    if (query.present()) query.error("needs method: GET: the query of any other request is not signed");
    if (pointer.present()) {
        handshake.path = read_path(pointer, texts);
        read_expected(at, handshake, texts);
    } else {
        const Place is = at["is"], present = at["present"];
        if (is.present()) is.error("needs a pointer that says where in the body the text stands");
        if (present.present()) present.error("needs a pointer that says where in the body something stands");
        if (is.present() || present.present()) return;
    }
    read_absent(at["absent"], handshake, texts);
    if (header.present()) handshake.header = read_header_name(header, texts);
    if (!pointer.present()) {
        at.error(
            handshake.absent.empty() && header.present()
                ? "is told by a header alone: where that is signed every request has it, else anybody could "
                  "add "
                  "it, so events would be lost; write pointer and is, or pointer and present: true, beside it"
            : handshake.absent.empty()
                ? "fits every request, so every event would be lost; write pointer and is"
                : "fits everything that lacks these keys, also what is no JSON, so events would be lost; "
                  "write pointer and is, or pointer and present: true, beside it");
    }
}

void read_when(const Place& at, Handshake& handshake, Texts& texts) {
    const Place method = at["method"];
    std::string word;
    if (!method.present()) return read_proved(at, handshake, texts);
    handshake.is_get = true;
    if (method.text(word) && word != "GET") {
        method.error(
            "must be GET, the one method that is answered before the signature is proved; for any other "
            "request remove it");
    }
    read_get(at, handshake, texts);
}

// Whether no text of [A-Za-z0-9_-] can be what the vendor signs.
bool separates(const SchemeRules& rules) {
    return std::ranges::any_of(rules.text, [](const TextPart& part) {
        return part.kind == TextPart::Kind::literal && std::ranges::any_of(part.text, [](char c) {
                   return !is_alphanumeric(c) && c != '_' && c != '-';
               });
    });
}

void judge_hmac(const Place& at, const SchemeRules& rules, bool is_get) {
    if (is_get) {
        at.error("answers a GET, which nobody signs: anybody could have texts signed with the secret");
    } else if (rules.kind != verify::Kind::hmac || rules.algorithm != verify::Algorithm::sha256) {
        at.error("needs kind: hmac and algorithm: sha256");
    } else if (!separates(rules)) {
        at.error(
            "would be a signature: what it signs could be a webhook's text; verify.text has to have a "
            "character between its parts that is no letter, digit, '_' or '-', as in \"v0:{time}:{body}\"");
    }
}

void read_place(const Place& at, bool is_get, Echo& echo, Texts& texts) {
    const Place query = at["query"];
    const Place header = at["header"];
    const Place pointer = at["pointer"];
    if (query.present() + header.present() + pointer.present() != 1) {
        return at.error("must name one place: query, header or pointer");
    }
    std::string name;
    if (query.text(name)) {
        echo.from = Echo::From::query;
        echo.name = texts.keep(std::move(name));
        if (!is_get) query.error("is for method: GET: the query of any other request is not signed");
        return;
    }
    const Place& given = header.present() ? header : pointer;
    if (is_get && given.present()) given.error("is not read of a GET, which nobody signs; write query");
    if (header.present()) {
        echo.from = Echo::From::header;
        echo.name = read_header_name(header, texts);
    } else if (pointer.present()) {
        echo.path = read_path(pointer, texts);
    }
}

Echo read_echo(const Place& at, const SchemeRules& rules, bool is_get, Texts& texts) {
    Echo echo;
    const Place hmac = at["hmac_hex"];
    if (!at.is_mapping()) {
        at.error("must be a mapping: {query: NAME}, {pointer: P}, {header: NAME} or {hmac_hex: ...}");
        return echo;
    }
    echo.hmac_hex = hmac.present();
    if (!echo.hmac_hex) {
        read_place(at, is_get, echo, texts);
        return echo;
    }
    judge_hmac(hmac, rules, is_get);
    read_place(hmac, is_get, echo, texts);
    return echo;
}

void read_answer(const Place& at, const SchemeRules& rules, Handshake& handshake, Texts& texts) {
    const Place text = at["text"];
    const Place json = at.section("json");
    const Place accepted = at["accepted"];
    if (text.present() + json.present() + accepted.present() != 1) {
        return at.error("must be one of text, json and accepted");
    }
    std::vector<Echo> echoes;
    if (text.present()) {
        handshake.answer = Handshake::Answer::text;
        echoes.push_back(read_echo(text, rules, handshake.is_get, texts));
    } else if (json.present()) {
        handshake.answer = Handshake::Answer::json;
        for (const auto& [name, place] : json.entries(echoes_max)) {
            echoes.push_back(read_echo(place, rules, handshake.is_get, texts));
            echoes.back().member = texts.keep(name);
        }
        if (echoes.empty()) json.error("is empty; write a name and what is echoed");
    } else {
        bool yes = true;
        if (accepted.boolean(yes) && !yes)
            accepted.error("must be true; or write text or json in place of it");
    }
    handshake.echoes = texts.keep(std::move(echoes));
}

}  // namespace

std::vector<Handshake> read_handshakes(const Place& at, const SchemeRules& rules, Texts& texts) {
    std::vector<Handshake> handshakes;
    if (!at.present()) return handshakes;
    if (!at.is_list()) at.error("must be a list of {when: ..., answer: ...}");
    for (const Place& item : at.items(handshakes_max)) {
        Handshake handshake;
        const Place when = item.section("when");
        const Place answer = item.section("answer");
        if (when.required("write which request it is, as in {pointer: /type, is: ping}")) {
            read_when(when, handshake, texts);
        }
        if (answer.required("write text, json or accepted: true")) {
            read_answer(answer, rules, handshake, texts);
        }
        handshakes.push_back(handshake);
    }
    return handshakes;
}

}  // namespace chathook::vendor_file
