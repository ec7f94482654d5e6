// A vendor that was read from a file: docs/vendor-files.md. Immutable once read; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

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

    // Reads the keys of a vendor file that stand in a source of the configuration, `verify` among them.
    // Everything wrong is in the findings of `source`.
    static std::unique_ptr<VendorFile> read_within(std::string name, const yaml::Place& source);

    // This vendor with another `map` and, where that is present, another `identity`. It views what this owns.
    std::unique_ptr<VendorFile> with_map(const yaml::Place& map, const yaml::Place& identity) const;

    // The keys that may stand in a source.
    static constexpr std::array<std::string_view, 5> keys_within{"verify", "identity", "handshake", "answer",
                                                                 "map"};

    const VendorDefinition& definition() const noexcept { return definition_; }
    const mapping::Mapping& mapping() const noexcept { return mapping_; }

    Normalized normalize(const Verified& verified) const override;
    Parts split(const Verified& whole) const override;
    bool splits() const noexcept override { return !mapping_.each.empty(); }

private:
    VendorFile() = default;
    void read(const yaml::Place& root);
    void read_part(const yaml::Place& root);
    boost::container::small_vector<std::string_view, 2> headers_of(const Verified& verified) const;
    void inherit_identity(const mapping::Mapping& from);
    void finish(std::string_view text);
    void read_samples(const yaml::Place& at);
    bool read_types(const yaml::Place& at, Sample& sample);
    void read_notes(const yaml::Place& at);
    VendorAnswer read_answer(const yaml::Place& at, VendorAnswer answer, unsigned least, unsigned most);

    Texts texts_;
    VendorDefinition definition_;
    mapping::Mapping mapping_;
    std::vector<Sample> samples_;
    std::vector<std::string_view> types_;
    std::vector<Handshake> handshakes_;
    std::vector<std::string> notes_;
};

}  // namespace chathook::vendor_file
