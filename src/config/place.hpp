// One place of the file: a value with its line and its path, or the absence of one. What reads a section asks
// its place for keys, and whatever does not fit is noted in the Findings, so the reading code is a straight
// list of keys. Valid as long as the tree and the Findings. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/settings.hpp>

#include "config/findings.hpp"
#include "config/yaml_tree.hpp"

namespace chathook::config {

class Place {
public:
    static Place root(const Node& node, Findings& findings) { return {&node, "", node.line, findings}; }

    bool present() const noexcept { return node_ != nullptr; }
    bool is_mapping() const noexcept { return present() && node_->kind == Node::Kind::mapping; }
    bool is_list() const noexcept { return present() && node_->kind == Node::Kind::sequence; }
    int line() const noexcept { return line_; }  // of the key; of the mapping around it when it is absent
    const std::string& path() const noexcept { return path_; }
    Findings& findings() const noexcept { return *findings_; }

    void error(std::string message) const { findings_->error(line_, path_, std::move(message)); }
    void warning(std::string message) const { findings_->warning(line_, path_, std::move(message)); }

    // The place under `key`; from now on the program knows the key. Absent where this is no mapping.
    Place operator[](std::string_view key) const;

    // Notes what is read here, for the schema. The readers below do so themselves.
    void asked(Asked what) const { findings_->asked.insert_or_assign(path_, std::move(what)); }

    // The same for a key whose value must be a mapping: anything else is an error and counts as absent.
    Place section(std::string_view key) const;

    // The names and places of a mapping whose names are free. More than `most` is an error.
    std::vector<std::pair<std::string, Place>> entries(std::size_t most = many) const;

    // The items of a list; where one value stands alone, that one. A mapping is no list. More than `most` is
    // an error.
    std::vector<Place> items(std::size_t most = many) const;

    // Whatever stands here, with its lines: for an option that takes any value. Absent: null.
    SettingsTree tree() const;

    // Whether it is there. An error where the mapping around it is there and it is not.
    bool required(std::string_view mend) const;

    // A single value's text, whatever it is; nullptr and an error for what is not one. `expected` says what
    // to write, as in "a size such as 16KiB".
    const std::string* scalar(std::string_view expected) const;

    // Each of these leaves `value` alone when the place is absent or wrong; true when it was set.
    bool text(std::string& value) const;  // not empty, no control characters
    bool path_name(std::filesystem::path& value) const;
    bool boolean(bool& value) const;
    bool count(std::uint64_t& value, std::uint64_t least, std::uint64_t most) const;
    bool size(std::uint64_t& value, std::uint64_t least, std::uint64_t most) const;
    bool choice(std::string& value, const std::vector<std::string>& choices) const;
    template <class Duration>
    bool duration(Duration& value, std::chrono::milliseconds least, std::chrono::milliseconds most) const {
        const auto read = duration_in_steps(value, Duration(1), least, most);
        if (read) value = std::chrono::duration_cast<Duration>(*read);
        return read.has_value();
    }

    static constexpr std::size_t many = 1000;  // sources, routes, names in a list

private:
    Place(const Node* node, std::string path, int line, Findings& findings)
        : node_(node), path_(std::move(path)), line_(line), findings_(&findings) {}

    std::optional<std::chrono::milliseconds> duration_in_steps(std::chrono::milliseconds fallback,
                                                               std::chrono::milliseconds step,
                                                               std::chrono::milliseconds least,
                                                               std::chrono::milliseconds most) const;

    const Node* node_;
    std::string path_;
    int line_;
    bool missing_ = false;  // absent, though the mapping around it is there
    Findings* findings_;
};

}  // namespace chathook::config
