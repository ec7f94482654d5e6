#include "vendors/catalog.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mapping/vocabulary.hpp"
#include "vendor_file/vendor_file.hpp"
#include "vendors/file_texts.hpp"
#include "verify/digest.hpp"
#include "verify/encoding.hpp"
#include "verify/key_form.hpp"
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

std::shared_ptr<const VendorDefinition> definition_in(std::unique_ptr<const VendorFile> read) {
    if (read == nullptr) return nullptr;
    const std::shared_ptr<const VendorFile> file = std::move(read);
    return {file, &file->definition()};
}

// The vendors of files that are in use, by what they were made of: a reload finds most files unchanged, and
// to read a file takes half a millisecond.
class InUse {
public:
    std::shared_ptr<const VendorDefinition> find(const verify::Sha256& digest) {
        const std::lock_guard lock(mutex_);
        const auto found = vendors_.find(digest);
        return found == vendors_.end() ? nullptr : found->second.lock();
    }

    void add(const verify::Sha256& digest, const std::shared_ptr<const VendorDefinition>& vendor) {
        const std::lock_guard lock(mutex_);
        if (vendors_.size() >= clean_from) {
            std::erase_if(vendors_, [](const auto& one) { return one.second.expired(); });
        }
        vendors_[digest] = vendor;
    }

private:
    static constexpr std::size_t clean_from = 1024;

    std::mutex mutex_;
    std::map<verify::Sha256, std::weak_ptr<const VendorDefinition>> vendors_;
};

}  // namespace

std::span<const std::string_view> vendor_names() noexcept {
    static const auto names = [] {
        std::array<std::string_view, file_texts.size()> all;
        std::ranges::transform(file_texts, all.begin(), [](const auto& file) { return file.first; });
        return all;
    }();
    return names;
}

std::span<const std::string_view> event_types() noexcept {
    static const std::vector<std::string_view> types = [] {
        std::vector<std::string_view> all(mapping::types().begin(), mapping::types().end());
        all.emplace_back("unrecognized");
        return all;
    }();
    return types;
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

std::shared_ptr<const VendorDefinition> read_vendor(std::string name, std::string_view text,
                                                    yaml::Findings& findings) {
    static InUse in_use;
    verify::ListHash hash;
    hash.add(name);
    hash.add(text);
    const verify::Sha256 digest = hash.finish();
    if (auto vendor = in_use.find(digest)) return vendor;
    const std::size_t problems = findings.problems.size();
    auto vendor = definition_in(VendorFile::read(std::move(name), text, findings));
    // What is wrong is told each time.
    if (vendor != nullptr && findings.problems.size() == problems) in_use.add(digest, vendor);
    return vendor;
}

std::shared_ptr<const VendorDefinition> read_vendor_within(std::string name, const yaml::Place& source) {
    return definition_in(VendorFile::read_within(std::move(name), source));
}

std::shared_ptr<const VendorDefinition> with_map(std::shared_ptr<const VendorDefinition> vendor,
                                                 const yaml::Place& map, const yaml::Place& identity) {
    const auto* const file = dynamic_cast<const VendorFile*>(vendor->reader);
    if (file == nullptr) return vendor;
    // The new one views texts of the former.
    struct Both {
        std::shared_ptr<const VendorDefinition> former;
        std::unique_ptr<const VendorFile> file;
    };
    const auto both = std::make_shared<Both>(std::move(vendor), file->with_map(map, identity));
    return {both, &both->file->definition()};
}

std::string fault_of_secret(const VendorDefinition& vendor, std::string_view secret) {
    return verify::key_bytes(vendor.rules, secret).fault;
}

std::string catalog_fingerprint() {
    verify::ListHash hash;
    for (const auto& [name, text] : file_texts) {
        hash.add(name);
        hash.add(text);
    }
    constexpr std::size_t shown_bytes = 8;
    const verify::Sha256 digest = hash.finish();
    return verify::encode_hex(std::span(digest).first(shown_bytes));
}

std::unique_ptr<verify::Vendor> make_vendor(std::string_view name, VendorSettings settings) {
    const VendorDefinition* definition = find_vendor(name);
    return definition == nullptr ? nullptr : std::make_unique<verify::Vendor>(*definition, settings);
}

}  // namespace chathook::vendors
