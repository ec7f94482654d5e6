#include "vendors/catalog.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <string>

#include "vendor_file/vendor_file.hpp"
#include "vendors/file_texts.hpp"
#include "yaml/findings.hpp"

namespace chathook::vendors {
namespace {

using vendor_file::VendorFile;

// A shipped file, read when it is first asked for: a command needs one of them or none.
struct Shipped {
    std::once_flag once;
    std::unique_ptr<VendorFile> file;
};

std::unique_ptr<VendorFile> read(std::string_view name, std::string_view text) {
    yaml::Findings findings;
    auto file = VendorFile::read(std::string(name), text, findings);
    if (file != nullptr && findings.errors() == 0) return file;
    std::string message = "a vendor file that this program was built with is wrong:";
    yaml::put_in_order(findings.problems);
    for (const yaml::Problem& problem : findings.problems) {
        message += '\n' + yaml::to_string(std::string(name) + ".yaml", problem);
    }
    throw std::logic_error(message);
}

}  // namespace

std::span<const std::string_view> vendor_names() noexcept {
    static const auto names = [] {
        std::array<std::string_view, file_texts.size()> all;
        std::ranges::transform(file_texts, all.begin(), [](const auto& file) { return file.first; });
        return all;
    }();
    return names;
}

const VendorDefinition* find_vendor(std::string_view name) {
    static std::array<Shipped, file_texts.size()> shipped;
    const auto* const found =
        std::ranges::find(file_texts, name, [](const auto& file) { return file.first; });
    if (found == file_texts.end()) return nullptr;
    Shipped& one = shipped[static_cast<std::size_t>(found - file_texts.begin())];
    std::call_once(one.once, [&] { one.file = read(found->first, found->second); });
    return &one.file->definition();
}

std::unique_ptr<verify::Vendor> make_vendor(std::string_view name, VendorSettings settings) {
    const VendorDefinition* definition = find_vendor(name);
    return definition == nullptr ? nullptr : std::make_unique<verify::Vendor>(*definition, settings);
}

}  // namespace chathook::vendors
