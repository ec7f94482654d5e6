// Whether a journal that no daemon uses is whole: everything on disk is read and compared, nothing is
// changed. For `chathookd verify-journal`. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <chathook/event.hpp>

#include "journal/ledgers.hpp"
#include "journal/wal_scan.hpp"

namespace chathook::journal {

struct Inspection {
    struct Sink {
        unsigned number = 0;
        std::string name;
        std::uint64_t cursor = 0;
        std::uint64_t waiting = 0;
        std::uint64_t again = 0;  // to be delivered once more
        std::uint64_t dead = 0;
    };
    // Some of the sequences that something is wrong with, and how many there are.
    struct Findings {
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first;  // at most sequences_max
        void add(std::uint64_t sequence);
    };
    static constexpr std::size_t sequences_max = 20;

    WalReport log;
    std::vector<std::string> integrity;  // what SQLite finds wrong; empty: nothing
    std::uint64_t lines = 0;             // of the ledger
    std::uint64_t events = 0;
    std::uint64_t oldest = 0, newest = 0;  // sequences; 0: none
    std::uint64_t forgotten = 0;           // sequences that retention took out, as far as can be told
    Findings gaps;           // sequences that are missing though retention would not have taken them
    Findings missing;        // events without a record that a sink waits for, gets again or gave up
    Findings bad_checksums;  // records that are not as they were written
    Findings without_line;   // records that stand in no ledger line
    std::vector<Sink> sinks;
    std::uint64_t rejections = 0;

    bool damaged() const;
};

// One whole record, for whoever compares it with what a sink got.
struct Recorded {
    std::uint64_t sequence = 0;
    SinkSet delivered_to = 0;
    const Event& event;
    const std::vector<Inspection::Sink>& sinks;
};
using Visitor = std::function<void(const Recorded&)>;

// Throws OpenError: 75 while a daemon holds the journal, 74 when it is none or cannot be read.
//
// SQLite cannot read a log without making an index beside it. So where there is a log, database and log are
// copied to a directory of its own under the temporary one (TMPDIR) and read there; a journal that was
// stopped has none, and is opened in place as a file that does not change.
//
// `visit` is called for each whole record, in order of the sequences.
Inspection inspect(const std::filesystem::path& directory, const Visitor& visit = {});

}  // namespace chathook::journal
