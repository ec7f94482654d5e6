// What a template sees of an event: names and paths such as data.contact.email, looked up in the event's JSON
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

// Bytes written and members looked at for one event: a list inside of a list grows as a product, and both
// lists may be a sender's.
inline constexpr std::size_t template_work_max = 16u << 20;

// Thrown when there is more to do than template_work_max.
class TemplateTooLarge : public std::runtime_error {
public:
    TemplateTooLarge() : std::runtime_error("the event is too large for this template") {}
};

// Before a name: the value is asked for as text. Without it, it is asked for as a section: whether it is
// there, and what to repeat.
inline constexpr char as_text = '$';

// Line breaks of the template itself, under paths that no template can name.
inline constexpr std::string_view line_feed_path = "$n";
inline constexpr std::string_view carriage_return_path = "$r";

class TemplateView final : public kainjow::mustache::basic_context<std::string> {
public:
    using Data = kainjow::mustache::data;

    // `work` counts down, over all texts of one template.
    TemplateView(Json event, std::size_t& work) : scopes_{event}, work_(work) {}

    // Within a section its value comes first, the event last. A part of a path that is a number counts a
    // list's elements from 0. Absent if there is none.
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
    mutable std::deque<Data> made_;                               // what get() handed out
    mutable std::unordered_map<const Data*, Json> standing_for_;  // of a section's values
};

// A string is itself, any other value its JSON; nothing for what is absent or null.
std::string_view as_plain_text(Json value) noexcept;

}  // namespace chathook::sinks
