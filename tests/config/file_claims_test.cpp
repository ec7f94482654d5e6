#include "config/file_claims.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>

#include <chathook/file_owner.hpp>

#include "config/fixture.hpp"

using namespace chathook;
using namespace chathook::config;
using namespace chathook::config::test;
using Problems = std::vector<std::string>;

namespace {

// A sink that claims the file at `path`, and warns if its name ends in "odd".
class WriterSink final : public chathook::Sink, public FileOwner {
public:
    WriterSink(std::string path, std::uint64_t rotated) : path_(std::move(path)), rotated_(rotated) {}
    std::vector<Outcome> deliver(std::span<const Delivery> batch, std::stop_token) override {
        return std::vector<Outcome>(batch.size());
    }
    OwnedFile file() const override { return {"path", path_, rotated_}; }
    void be_judged_by(Judge) override {}
    std::vector<SettingsError> warnings() const override {
        if (!path_.ends_with("odd")) return {};
        return {{"path", path_ + ": is odd"}};
    }

private:
    std::string path_;
    std::uint64_t rotated_;
};

constexpr std::array writer_options{
    OptionSpec{.key = "path", .kind = OptionKind::path, .required = true},
    OptionSpec{.key = "keep", .kind = OptionKind::count, .fallback = "0"},
    OptionSpec{.key = "trust.ca", .kind = OptionKind::path},
    OptionSpec{.key = "headers", .kind = OptionKind::headers},
    OptionSpec{.key = "key", .kind = OptionKind::secret},
};

std::variant<std::unique_ptr<chathook::Sink>, SettingsError> make_writer(const SinkSettings& settings) {
    return std::make_unique<WriterSink>(settings.text("path"), settings.number("keep"));
}

constexpr std::array writer_kinds{SinkKind{"writer", writer_options, {}, make_writer}};

// The problems of a configuration in `directory` with the sinks `one` (line 8) and `two` (line 9).
Problems problems_of_writers(const TemporaryDirectory& directory, const std::string& one,
                             const std::string& two) {
    const auto file = directory.write(
        "chathook.yaml", sources_text + "journal: {path: " + directory.path().string() +
                             "/journal}\nsinks:\n" + "  one: {type: writer, path: " + one +
                             "}\n  two: {type: writer, path: " + two + "}\nroutes: [{to: [one, two]}]\n");
    Problems said;
    for (const Problem& problem : load(file, {vendor_names, writer_kinds, find_vendor}).problems) {
        said.push_back(to_string("FILE", problem));
    }
    return said;
}

}  // namespace

TEST_CASE("two sinks must not write the same file, by any path") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    std::filesystem::create_symlink(directory.path(), directory.path() / "link");
    std::filesystem::create_directory(directory.path() / "below");
    for (const std::string& path : {here + "/events", here + "/./below/../events", here + "/link/events"}) {
        CHECK(problems_of_writers(directory, here + "/events", path) ==
              Problems{"FILE:9: sinks.two.path: '" + path +
                       "' is already the file of sink 'one' (line 8); give each sink a file of its own"});
    }
    CHECK(problems_of_writers(directory, here + "/events", here + "/events2").empty());
}

TEST_CASE("a sink must not write a rotated file of another one, nor the reverse") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    CHECK(problems_of_writers(directory, here + "/e, keep: 3", here + "/e.3") ==
          Problems{"FILE:9: sinks.two.path: '" + here +
                   "/e.3' is a name that sink 'one' (line 8) rotates its file to; give each sink a file of "
                   "its own"});
    CHECK(problems_of_writers(directory, here + "/e.3", here + "/e, keep: 3") ==
          Problems{
              "FILE:9: sinks.two.path: '" + here +
              "/e' would be rotated to the name of the file of sink 'one' (line 8); give each sink a file of "
              "its own"});
    CHECK(problems_of_writers(directory, here + "/e, keep: 3", here + "/e.4").empty());
}

TEST_CASE("a sink must not write in the journal's directory, nor to the configuration") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    CHECK(
        problems_of_writers(directory, here + "/journal/journal.sqlite-wal", here + "/chathook.yaml") ==
        Problems{
            "FILE:8: sinks.one.path: '" + here +
                "/journal/journal.sqlite-wal' lies in the directory of the journal; give each sink a file of "
                "its own",
            "FILE:9: sinks.two.path: '" + here +
                "/chathook.yaml' is already the file of the configuration; give each sink a file of its "
                "own"});
}

TEST_CASE("a sink must not write to the file of a secret or of another option") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    for (const char* name : {"lynn", "token", "signing", "header", "cred"}) {
        directory.write(name, "0123456789abcdef-" + std::string(name) + "\n");
    }
    directory.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
    std::filesystem::create_symlink(here + "/lynn", here + "/soft");
    std::filesystem::create_hard_link(here + "/token", here + "/hard.2");
    const Environment credentials("CREDENTIALS_DIRECTORY", here);

    // The problems of the sink `out`, in line 4, that writes to `path`.
    const auto said = [&](const std::string& path) {
        const auto file = directory.write(
            "chathook.yaml",
            "sources: {a: {vendor: lynn, path: /a, secrets: [{file: " + here +
                "/lynn}, credential:cred]}}\n" + "admin: {listen: '127.0.0.1:1', token: 'file:" + here +
                "/token'}\n" + "sinks:\n" + "  out: {type: writer, path: " + path + "}\n" +
                "  two: {type: writer, path: " + here + "/two, trust: {ca: " + here +
                "/ca.pem}, key: {file: " + here + "/signing}, headers: {Authorization: {file: " + here +
                "/header}}}\n" + "routes: [{to: [out, two]}]\n");
        std::string text;
        const Loaded loaded = load(file, {vendor_names, writer_kinds, find_vendor});
        for (const Problem& problem : loaded.problems) text += to_string("FILE", problem) + "\n";
        CHECK(loaded.config.has_value() == text.empty());
        return text;
    };
    const auto refused = [](const std::string& path, const std::string& why) {
        return "FILE:4: sinks.out.path: '" + path + "' " + why + "; give each sink a file of its own\n";
    };
    CHECK(said(here + "/own").empty());
    CHECK(said(here + "/lynn") ==
          refused(here + "/lynn", "is already the file of sources.a.secrets[0].file"));
    CHECK(said(here + "/./lynn") ==
          refused(here + "/./lynn", "is already the file of sources.a.secrets[0].file"));
    CHECK(said(here + "/soft") ==
          refused(here + "/soft", "is already the file of sources.a.secrets[0].file"));
    CHECK(said(here + "/cred") == refused(here + "/cred", "is already the file of sources.a.secrets[1]"));
    CHECK(said(here + "/hard, keep: 3") ==
          refused(here + "/hard", "is, under another name, a file of admin.token"));
    CHECK(said(here + "/hard, keep: 1").empty());
    CHECK(said(here + "/signing") == refused(here + "/signing", "is already the file of sinks.two.key.file"));
    CHECK(said(here + "/header") ==
          refused(here + "/header", "is already the file of sinks.two.headers.Authorization.file"));
    CHECK(said(here + "/ca.pem") == refused(here + "/ca.pem", "is already the file of sinks.two.trust.ca"));
}

TEST_CASE("a missing directory that is made for the journal at start-up gives no warning") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    const auto said = [&](const std::string& journal, const std::string& sink) {
        const auto file =
            directory.write("chathook.yaml", sources_text + "journal: {path: " + journal +
                                                 "}\nsinks: {one: {type: writer, path: " + sink +
                                                 "}}\nroutes: [{to: [one]}]\n");
        return load(file, {vendor_names, writer_kinds, find_vendor}).problems.size();
    };
    CHECK(said(here + "/state/journal", here + "/state/odd") == 0);
    CHECK(said(here + "/state/deep/journal", here + "/./state/odd") == 0);
    CHECK(said(here + "/state/journal", here + "/other/odd") == 1);
    CHECK(said(here + "/state/journal", here + "/state/below/odd") == 1);
    CHECK(said(here + "/journal", here + "/odd") == 1);  // that is there
}

TEST_CASE(
    "a sink's doubt about its own file is a warning, but is not reported if the file is another part's") {
    const TemporaryDirectory directory;
    const std::string here = directory.path().string();
    CHECK(
        problems_of_writers(directory, here + "/odd", here + "/journal/odd") ==
        Problems{"FILE:8: sinks.one.path: warning: " + here + "/odd: is odd",
                 "FILE:9: sinks.two.path: '" + here +
                     "/journal/odd' lies in the directory of the journal; give each sink a file of its own"});
}
