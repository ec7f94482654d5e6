#include "vendors/catalog.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "vendors/chatbase.hpp"
#include "vendors/knowrithm.hpp"
#include "vendors/lynn.hpp"
#include "vendors/newoaks.hpp"
#include "vendors/wonderchat.hpp"

namespace chathook::vendors {
namespace {

struct Entry {
    std::string_view name;
    const VendorFacts* facts;
    std::unique_ptr<Vendor> (*make)(VendorSettings);
};

// An explicit table, because the linker drops self-registering objects from a static library.
constexpr std::array catalog{
    Entry{"lynn", &lynn_facts, make_lynn},
    Entry{"chatbase", &chatbase_facts, make_chatbase},
    Entry{"newoaks", &newoaks_facts, make_newoaks},
    Entry{"knowrithm", &knowrithm_facts, make_knowrithm},
    Entry{"wonderchat", &wonderchat_facts, make_wonderchat},
};

constexpr auto names = [] {
    std::array<std::string_view, catalog.size()> all;
    std::ranges::transform(catalog, all.begin(), &Entry::name);
    return all;
}();

const Entry* find(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(catalog, name, &Entry::name);
    return found == catalog.end() ? nullptr : found;
}

}  // namespace

std::span<const std::string_view> vendor_names() noexcept { return names; }

std::unique_ptr<Vendor> make_vendor(std::string_view name, VendorSettings settings) {
    const Entry* entry = find(name);
    return entry == nullptr ? nullptr : entry->make(std::move(settings));
}

const VendorFacts* find_facts(std::string_view name) noexcept {
    const Entry* entry = find(name);
    return entry == nullptr ? nullptr : entry->facts;
}

}  // namespace chathook::vendors
