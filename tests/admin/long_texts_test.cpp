#include "admin/long_texts.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "admin/office.hpp"

namespace chathook {

namespace {

using admin::LongText;
using admin::LongTexts;

const std::string three_mebibytes = '"' + std::string(3 << 20, 'x') + '"';

// The texts of a journal with a number of events that have this data.
struct Kept {
    Kept(int events, const std::string& data) {
        for (int i = 0; i < events; ++i) office.commit("lead.created", {}, data);
    }
    std::shared_ptr<LongText> keep(std::uint64_t sequence) {
        journal::Query query;
        query.after_sequence = sequence - 1;
        query.limit = 1;
        const auto event = reader->find(query).value().front().event;
        return texts.keep(LongText::Of::event, sequence, admin::json_of(event));
    }
    std::shared_ptr<const std::string> bytes_of(LongText& text) {
        return texts.bytes_of(text, *reader).value();
    }

    test::Office office;
    LongTexts texts{*office.journal};
    std::shared_ptr<journal::Reader> reader = texts.reader();
};

}  // namespace

TEST_CASE("the texts of all answers stay within their limit, and are read again when needed", "[admin]") {
    Kept on(4, three_mebibytes);
    std::vector<std::shared_ptr<LongText>> all;
    for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) all.push_back(on.keep(sequence));
    CHECK(on.texts.bytes() > 6u << 20);
    CHECK(on.texts.bytes() <= LongTexts::bytes_max);
    for (const auto& text : all) {
        const auto bytes = on.bytes_of(*text);
        REQUIRE(bytes != nullptr);
        CHECK(bytes->size() > 3u << 20);
        CHECK(bytes->find(three_mebibytes) != std::string::npos);
    }
    CHECK(on.texts.bytes() <= LongTexts::bytes_max);
    all.clear();
    CHECK(on.texts.bytes() == 0);
}

TEST_CASE("answers that write the same event share its text", "[admin]") {
    Kept on(1, three_mebibytes);
    const auto one = on.keep(1);
    const auto other = on.keep(1);
    CHECK(one == other);
    CHECK(on.texts.bytes() < 4u << 20);
}

TEST_CASE("an event larger than the limit for all texts is kept while it is written", "[admin]") {
    Kept on(1, '"' + std::string(LongTexts::bytes_max, 'x') + '"');
    auto text = on.keep(1);
    CHECK(on.texts.bytes() > LongTexts::bytes_max);
    CHECK(on.bytes_of(*text) != nullptr);
    text.reset();
    CHECK(on.texts.bytes() == 0);
}

TEST_CASE("erased data is not answered from memory", "[admin]") {
    Kept on(1, three_mebibytes);
    const auto text = on.keep(1);
    REQUIRE(on.office.journal->erase({1}, {}).value().events == 1);
    on.texts.forget();
    CHECK(on.texts.bytes() == 0);
    CHECK(on.bytes_of(*text) == nullptr);
}

TEST_CASE("all answers in progress share one view of the journal", "[admin]") {
    Kept on(0, "");
    CHECK(on.texts.reader() == on.reader);
    on.texts.drop(on.reader);
    CHECK(on.texts.reader() != on.reader);
}

}  // namespace chathook
