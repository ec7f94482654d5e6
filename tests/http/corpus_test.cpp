// The corpus of requests, over real sockets: an ambiguous request is refused and ends the connection, an
// unambiguous one is served. Also against Beast alone, to show that the corpus distinguishes a lenient parser
// from a strict one.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

#include "http/corpus.hpp"
#include "http/running_server.hpp"

using namespace chathook::http;
using namespace chathook::http::test;

namespace {

const std::string body = R"({"conversationId":"corpus"})";
const std::string second = post("the second request", "", "/second");

std::vector<CorpusCase> all_cases() {
    return Corpus("/webhooks/lynn", body).read(CHATHOOK_SOURCE_DIR "/tests/http/corpus");
}

// One refusal and then nothing: neither bytes sent along with the request nor later ones are answered.
void check_refused(const Running& running, const CorpusCase& one) {
    RawClient client = running.client();
    client.send(one.bytes + second);
    const Answer answer = client.read_answer();
    CHECK(answer.status == one.refuse);
    CHECK(answer.has("\r\nConnection: close\r\n"));
    client.send(second);
    client.end_sending();
    CHECK(client.read_to_end().empty());
}

void check_served(const Running& running, const CorpusCase& one) {
    RawClient client = running.client();
    client.send(one.bytes + second);
    const Answer answer = client.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.body == body);
    if (!one.ends) CHECK(client.read_answer().body == "the second request");
    client.end_sending();
    CHECK(client.read_to_end().empty());
}

bool bare_beast_accepts(const std::string& bytes) {
    namespace beast_http = boost::beast::http;
    beast_http::request_parser<beast_http::string_body> parser;
    parser.eager(true);
    boost::system::error_code error;
    std::size_t used = 0;
    while (!error && !parser.is_done() && used < bytes.size()) {
        const std::size_t taken =
            parser.put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
        if (taken == 0) break;
        used += taken;
    }
    return !error && parser.is_done();
}

}  // namespace

TEST_CASE("every ambiguous request of the corpus is refused, and nothing behind it is answered") {
    Running running;
    std::size_t refused = 0;
    for (const CorpusCase& one : all_cases()) {
        if (one.refuse == 0) continue;
        INFO(one.name);
        check_refused(running, one);
        ++refused;
    }
    CHECK(refused >= 200);
    CHECK(running.handler.handled == 0);
}

TEST_CASE("every unambiguous request of the corpus is served, and the connection continues") {
    Running running;
    std::size_t served = 0;
    for (const CorpusCase& one : all_cases()) {
        if (one.refuse != 0) continue;
        INFO(one.name);
        check_served(running, one);
        ++served;
    }
    CHECK(served >= 40);
    CHECK(running.handler.take_refusals().empty());
}

TEST_CASE("Beast alone accepts at least twenty requests of the corpus that must be refused") {
    std::size_t taken = 0;
    for (const CorpusCase& one : all_cases()) {
        if (one.refuse != 0 && bare_beast_accepts(one.bytes)) ++taken;
        if (one.refuse == 0) {
            INFO(one.name);
            CHECK(bare_beast_accepts(one.bytes));  // the cases to be served are valid
        }
    }
    WARN("Beast alone accepts " << taken << " of the requests that must be refused");
    CHECK(taken >= 20);
}

TEST_CASE("every case of the corpus has a unique name") {
    std::set<std::string> names;
    const auto cases = all_cases();
    for (const CorpusCase& one : cases) names.insert(one.name);
    CHECK(names.size() == cases.size());
}
