#include <memory>

#include "journal/fixture.hpp"
#include "store/engine.hpp"

namespace chathook::journal::test {

struct SqliteEngine {
    static std::unique_ptr<Journal> open(const JournalSettings& settings, JournalMetrics& metrics) {
        return open_journal(store::open_engine, settings, metrics, [](const std::string&) {});
    }
};

}  // namespace chathook::journal::test

#define JOURNAL_ENGINES chathook::journal::test::SqliteEngine
#include "journal/contract.hpp"
#include "journal/contract_again.hpp"
#include "journal/contract_crash.hpp"
#include "journal/contract_erasure.hpp"
#include "journal/contract_load.hpp"
#include "journal/contract_parcels.hpp"
#include "journal/contract_recall.hpp"
#include "journal/contract_retention.hpp"
#include "journal/contract_sources.hpp"
#include "journal/contract_tried.hpp"
