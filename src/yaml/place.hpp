// One place of the file: a value with its line and its path, or the absence of a value. Code that reads a
// section asks its place for keys, and everything wrong is recorded in the Findings, so the reading code is a
// plain list of keys. Valid as long as the tree and the Findings. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chathook/settings.hpp>

#include "yaml/findings.hpp"
#include "yaml/tree.hpp"

namespace chathook::yaml {

class Place {
public:
    static Place root(const Node& node, Findings& findings) { return {&node, "", node.line, findings}; }

    bool present() const noexcept { return node_ != nullptr; }
    bool is_mapping() const noexcept { return present() && node_->kind == Node::Kind::mapping; }
    bool is_list() const noexcept { return present() && node_->kind == Node::Kind::sequence; }
    int line() const noexcept { return line_; }  // of the key; if absent, of the mapping around it
    const std::string& path() const noexcept { return path_; }
    Findings& findings() const noexcept { return *findings_; }

    void error(std::string message) const { findings_->error(line_, path_, std::move(message)); }
    void warning(std::string message) const { findings_->warning(line_, path_, std::move(message)); }

    // The place under `key`, which becomes a known key. Absent if this is not a mapping.
    Place operator[](std::string_view key) const;

    // The same for a key in a nested section: "rotate.size".
    Place find(std::string_view dotted_key) const;

    // The same, and declares the key with its documentation for the reference and the schema.
    Place key(std::string_view name, const KeyText& words) const;

    // Whether the file has this key here, whoever asks for it.
    bool holds(std::string_view key) const noexcept;

    // Records what is read here, for the schema. The readers below do so themselves.
    void asked(Asked what) const { findings_->asked.insert_or_assign(path_, std::move(what)); }

    // Like operator[] for a key whose value must be a mapping: anything else is an error and counts as
    // absent.
    Place section(std::string_view key) const;
    Place section(std::string_view key, const KeyText& words) const;

    // The names and places of a mapping whose names the user chooses. More than `most` is an error.
    std::vector<std::pair<std::string, Place>> entries(std::size_t most = many) const;

    // The items of a list, or a single value as a list of one. A mapping is not a list. More than `most` is
    // an error.
    std::vector<Place> items(std::size_t most = many) const;

    // The whole value with its lines, for an option that accepts any value. Absent: null.
    SettingsTree tree() const;

    // Whether the place is present. It is an error if it is absent while the mapping around it is present.
    bool required(std::string_view hint) const;

    // The same place; what is asked and found there goes into `findings`, which outlive it. For a part of the
    // file that has documentation and a schema of its own.
    Place heard_by(Findings& findings) const {
        Place place = *this;
        place.findings_ = &findings;
        return place;
    }

    // Reports an error for every key below this place that nobody asked for.
    void report_unknown_keys() const {
        if (present()) yaml::report_unknown_keys(*node_, path_, *findings_);
    }

    // The value as one text: equal for equal values, however they are laid out. Empty if absent.
    std::string canonical() const;

    // The same place, whose value something else requires: messages do not advise to leave the key out.
    Place needed() const {
        Place place = *this;
        place.needed_ = true;
        return place;
    }

    // The text of a single value; nullptr and an error for anything else. `expected` says what to write, as
    // in "a size such as 16KiB".
    const std::string* scalar(std::string_view expected) const;

    // Each of these leaves `value` unchanged if the place is absent or wrong; true if it was set.
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
    static constexpr std::uint64_t no_bound = std::numeric_limits<std::int64_t>::max();

private:
    Place(const Node* node, std::string path, int line, Findings& findings)
        : node_(node), path_(std::move(path)), line_(line), findings_(&findings) {}

    void declare(std::string_view name) const;

    // ", or leave the key out" where that would mend it; otherwise empty.
    std::string way_out() const;

    std::optional<std::chrono::milliseconds> duration_in_steps(std::chrono::milliseconds fallback,
                                                               std::chrono::milliseconds step,
                                                               std::chrono::milliseconds least,
                                                               std::chrono::milliseconds most) const;

    const Node* node_;
    std::string path_;
    int line_;
    bool missing_ = false;  // absent, although the mapping around it is present
    bool needed_ = false;
    Findings* findings_;
};

}  // namespace chathook::yaml
