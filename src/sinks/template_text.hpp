// One text of a payload template: Mustache over an event. Mustache's grammar is parsed here, so that what is
// not supported is refused at start-up instead of being rendered as nothing. One thread.
#pragma once

#include <kainjow/mustache.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sinks/template_view.hpp"

namespace chathook::sinks {

class TemplateText {
public:
    // Returns the template, or what is wrong with `text`, and the fix.
    static std::variant<TemplateText, std::string> read(std::string_view text);

    // The path of the tag, if the text consists of one tag and nothing else.
    const std::optional<std::string>& only_tag() const noexcept { return only_tag_; }

    // May throw TemplateTooLarge. Not marked const, because the library's is not.
    std::string render(TemplateView& view) { return mustache_.render(view); }

private:
    TemplateText(const std::string& normal_text, std::optional<std::string> only_tag)
        : mustache_(normal_text), only_tag_(std::move(only_tag)) {}

    kainjow::mustache::mustache mustache_;
    std::optional<std::string> only_tag_;
};

}  // namespace chathook::sinks
