// The user's own vendors: the files in `vendors_dir`, and what sources say of theirs. Used at start-up and on
// reload; one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/vendor.hpp>

#include "config/load.hpp"
#include "config/reading.hpp"

namespace chathook::config {

inline constexpr std::size_t vendor_files_max = 1000;
inline constexpr std::size_t vendor_name_bytes_max = 40;
inline constexpr std::size_t vendor_file_bytes_max = 256 << 10;

// The vendor of a source that says itself how it is signed, unless the source names it.
inline constexpr std::string_view unnamed_vendor = "custom";

// A file of vendors_dir while it is read.
struct OwnFile {
    std::filesystem::path path;
    std::optional<std::string> text = {};  // none if it cannot be used: the findings say why
    Findings findings = {};
    std::shared_ptr<const VendorDefinition> vendor = nullptr;

    std::string name() const { return path.stem().string(); }
};

// Those of this program and the user's, by name.
class Vendors {
public:
    explicit Vendors(const Known& known) : known_(known) {}

    // Reads every file NAME.yaml of the directory at `vendors_dir`. A file that somebody else than root and
    // this process's user may have written, or write, is an error: it says whose webhooks are believed.
    void read_directory(const Place& root);

    // Null if there is none, or it could not be read.
    std::shared_ptr<const VendorDefinition> find(const std::string& name) const;
    bool has(std::string_view name) const;
    const std::vector<std::string>& names() const;  // those of the directory first
    bool has_directory() const noexcept { return has_directory_; }

    // The directory could not be read, so that a name may be missing.
    bool lacks_some() const noexcept { return lacks_some_; }

    const Known& known() const noexcept { return known_; }
    const OwnVendors& own() const noexcept { return own_; }

private:
    OwnFile read_file(int directory, const std::filesystem::path& path) const;
    void take(const Place& at, OwnFile file);

    const Known& known_;
    bool lacks_some_ = false;
    bool has_directory_ = false;  // vendors_dir is set
    OwnVendors own_;
    mutable std::vector<std::string> names_;  // empty: to be listed; thousands of sources ask
};

// What would keep this file from being a vendor if it stood so in `vendors_dir`, whatever it says; empty:
// nothing.
std::string fault_of_own_vendor(const std::filesystem::path& file, const Known& known);

// Reads the vendor of a source: the one it names, with the source's own `map` if it has one, or the one that
// it describes by `verify`. Fills `vendor` and `definition`.
void read_source_vendor(const Place& at, const Vendors& vendors, Source& source);

}  // namespace chathook::config
