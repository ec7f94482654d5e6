// A file sink's file in a directory of its own, and numbered events to write into it.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sinks/files.hpp"
#include "sinks/made_sink.hpp"
#include "support/deliveries.hpp"
#include "support/temp_directory.hpp"

namespace chathook::test {

struct FilePlace {
    SinkSettings settings() const {
        SinkSettings result = default_settings("file");
        result.set("path", path.string());
        return result;
    }
    std::unique_ptr<Sink> sink() const { return make_sink("file", settings()); }
    std::unique_ptr<Sink> rotating_sink(std::uint64_t size, std::uint64_t keep) const {
        SinkSettings rotating = settings();
        rotating.set("rotate.size", size);
        rotating.set("rotate.keep", keep);
        return make_sink("file", rotating);
    }
    std::filesystem::path numbered(unsigned number) const {
        return path.string() + "." + std::to_string(number);
    }

    // The files beside it with its name and ".torn-".
    std::vector<std::string> torn() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            if (entry.path().filename().string().starts_with(path.filename().string() + ".torn-")) {
                found.push_back(content_of(entry.path()));
            }
        }
        return found;
    }

    TempDirectory directory;
    std::filesystem::path path = directory.path() / "events.jsonl";
};

// The lines of the events `first` to `last`.
inline std::string numbered_lines(std::uint64_t first, std::uint64_t last) {
    return lines_of(numbered_deliveries(first, last));
}

inline void deliver_numbered(Sink& sink, std::uint64_t first, std::uint64_t last) {
    const auto batch = numbered_deliveries(first, last);
    REQUIRE(all_delivered(deliver(sink, batch), batch.size()));
}

// The reason why a delivery is to be retried.
inline std::string reason_of_failed_delivery(Sink& sink) {
    const auto outcomes = deliver(sink, numbered_deliveries(1, 3));
    REQUIRE(outcomes.size() == 1);
    REQUIRE(outcomes.front().kind == Outcome::Kind::retry);
    return outcomes.front().reason;
}

}  // namespace chathook::test
