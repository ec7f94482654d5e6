#include "vendors/catalog.hpp"

#include <algorithm>
#include <array>

#include "vendors/chatbase.hpp"
#include "vendors/knowrithm.hpp"
#include "vendors/lynn.hpp"
#include "vendors/newoaks.hpp"
#include "vendors/wonderchat.hpp"

namespace chathook::vendors {
namespace {

// An explicit table, because the linker drops self-registering objects from a static library.
constexpr std::array<const VendorDefinition*, 5> catalog{&lynn, &chatbase, &newoaks, &knowrithm, &wonderchat};

}  // namespace

std::span<const std::string_view> vendor_names() noexcept {
    static const auto names = [] {
        std::array<std::string_view, catalog.size()> all;
        std::ranges::transform(catalog, all.begin(), &VendorDefinition::name);
        return all;
    }();
    return names;
}

const VendorDefinition* find_vendor(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(catalog, name, &VendorDefinition::name);
    return found == catalog.end() ? nullptr : *found;
}

std::unique_ptr<verify::Vendor> make_vendor(std::string_view name, VendorSettings settings) {
    const VendorDefinition* definition = find_vendor(name);
    return definition == nullptr ? nullptr : std::make_unique<verify::Vendor>(*definition, settings);
}

}  // namespace chathook::vendors
