// A vendor that was read from a file: docs/vendor-files.md. Immutable once read; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/vendor.hpp"
#include "mapping/mapping.hpp"
#include "vendor_file/texts.hpp"
#include "yaml/findings.hpp"
#include "yaml/place.hpp"

namespace chathook::vendor_file {

inline constexpr std::size_t file_bytes_max = 256 << 10;
inline constexpr std::size_t samples_max = 200;

// Owns what its definition views.
class VendorFile final : public BodyReader {
public:
    // Reads the text of a file. Everything wrong is in the findings; the result counts only if there is no
    // error. Null if the text is no YAML.
    static std::unique_ptr<VendorFile> read(std::string name, std::string_view text,
                                            yaml::Findings& findings);

    const VendorDefinition& definition() const noexcept { return definition_; }

    // Sentences for people about what is not signed, and what contradicts.
    const std::vector<std::string>& notes() const noexcept { return notes_; }
    std::string_view docs() const noexcept { return docs_; }

    Normalized normalize(const Verified& verified) const override;

private:
    VendorFile() = default;
    void read(const yaml::Place& root);
    void read_samples(const yaml::Place& at);
    void read_notes(const yaml::Place& at);
    VendorAnswer read_answer(const yaml::Place& at, VendorAnswer answer, unsigned least, unsigned most);

    Texts texts_;
    VendorDefinition definition_;
    mapping::Mapping mapping_;
    std::vector<Sample> samples_;
    std::vector<Handshake> handshakes_;
    std::vector<std::string> notes_;
    std::string docs_;
};

}  // namespace chathook::vendor_file
