// A template's view of an event: names and paths such as data.contact.email, looked up in the event's JSON
// without copying it. One thread.
#pragma once

#include <kainjow/mustache.hpp>

#include <cstddef>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <chathook/json.hpp>

namespace chathook::sinks {

// Limit for bytes written and members visited for one event: nested lists multiply, and both may come from a
// sender.
inline constexpr std::size_t template_work_max = 16u << 20;

// Thrown when rendering exceeds template_work_max.
class TemplateTooLarge : public std::runtime_error {
public:
    TemplateTooLarge() : std::runtime_error("the event is too large for this template") {}
};

// A name with this prefix asks for the value as text; without it, for a section: whether the value is there,
// and what to repeat.
inline constexpr char as_text = '$';

// Line breaks of the template itself, as paths that no template can contain.
inline constexpr std::string_view line_feed_path = "$n";
inline constexpr std::string_view carriage_return_path = "$r";

class TemplateView final : public kainjow::mustache::basic_context<std::string> {
public:
    using Data = kainjow::mustache::data;

    // `work` is the remaining budget, shared by all texts of one template.
    TemplateView(Json event, std::size_t& work) : scopes_{event}, work_(work) {}

    // Looks up a path, in a section's value before the event. A numeric part of a path is a list's index,
    // from 0. Absent if there is none.
    Json find(std::string_view path) const;

    void push(const Data* data) override;
    void pop() override;
    const Data* get(const std::string& name) const override;
    const Data* get_partial(const std::string&) const override { return nullptr; }

private:
    void spend(std::size_t work) const;
    Json follow(Json from, std::string_view path) const;
    const Data* section(Json value) const;

    std::vector<Json> scopes_;  // innermost last
    std::size_t& work_;
    mutable std::deque<Data> made_;                               // values that get() returned
    mutable std::unordered_map<const Data*, Json> standing_for_;  // of a section's values
};

// A string's text, or any other value's JSON; empty if absent or null.
std::string_view as_plain_text(Json value) noexcept;

}  // namespace chathook::sinks
