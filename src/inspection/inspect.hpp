// Checks whether a journal that no daemon uses is intact: everything on disk is read and compared, nothing is
// changed. For `chathookd verify-journal`. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chathook/event.hpp>

#include "disk/wal_scan.hpp"
#include "format/runs.hpp"
#include "journal/progress.hpp"

namespace chathook::inspection {

struct Inspection {
    struct Sink {
        unsigned number = 0;
        std::string name;
        format::Runs settled;
        std::uint64_t waiting = 0;
        std::uint64_t again = 0;  // waiting for redelivery
        std::uint64_t dead = 0;
    };
    // The first sequences with a problem, and how many there are.
    struct Findings {
        std::uint64_t count = 0;
        std::vector<std::uint64_t> first;  // at most sequences_max
        void add(std::uint64_t sequence);
    };
    static constexpr std::size_t sequences_max = 20;

    disk::WalReport log;
    std::optional<std::string> log_missing;  // why answered events may be missing with the log
    std::vector<std::string> integrity;      // problems that SQLite or a check of progress found; empty: none
    std::uint64_t lines = 0;                 // of the ledger view
    std::uint64_t events = 0;
    std::uint64_t oldest = 0, newest = 0;  // sequences; 0: none
    std::uint64_t forgotten = 0;           // sequences that retention removed, as far as can be told
    Findings gaps;                         // missing sequences that retention would not have removed
    Findings missing;        // events without a record that a sink waits for, is to get again or gave up
    Findings bad_checksums;  // records with a wrong checksum
    Findings without_line;   // records without a line in the ledger
    // Of requests in which several events came, by the first event that each was stored with: what is stored
    // of them beside the events is not as it was written, or contradicts what else is stored.
    Findings bad_requests;
    std::uint64_t requests = 0;
    std::vector<Sink> sinks;
    std::uint64_t rejections = 0;

    bool damaged() const;
};

// One intact record, for comparison with what a sink received.
struct Recorded {
    std::uint64_t sequence = 0;
    journal::SinkSet delivered_to;
    const Event& event;
    const std::vector<Inspection::Sink>& sinks;
};
using Visitor = std::function<void(const Recorded&)>;

// Throws OpenError: 75 while a daemon holds the journal, 74 if it is not a journal or cannot be read.
//
// SQLite cannot read a log without creating an index beside it. So if there is a log, database and log are
// copied to a private directory under the temporary one (TMPDIR) and read there, and so is the database of an
// earlier format, which is upgraded there. Any other journal that was stopped has no log and is opened in
// place as an immutable file.
//
// `visit` is called for each intact record, in order of the sequences.
Inspection inspect(const std::filesystem::path& directory, const Visitor& visit = {});

}  // namespace chathook::inspection
