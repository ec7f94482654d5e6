// The body of a request as the operator drew it: a JSON value whose texts are templates. Each text is
// rendered alone and then written as a JSON string, so whatever an event holds stays inside the text where
// its tag stands. Used by its sink's thread only.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <chathook/settings.hpp>

#include "sinks/template_text.hpp"

namespace chathook::sinks {

class PayloadTemplate {
public:
    // Or what is wrong with `tree`, with the line; the key is left to the caller.
    static std::variant<PayloadTemplate, SettingsError> read(const SettingsTree& tree);

    // JSON for this CloudEvent. A text that is one tag alone becomes the value itself, whatever its type;
    // where there is no such value, the member or element it is for is left out, and so is a mapping or a
    // list that loses all it had. Throws TemplateTooLarge.
    std::string render(std::string_view event_json);

private:
    // A part of the body: a value as it stands, a text, or a container.
    struct Part {
        SettingsTree::Kind kind = SettingsTree::Kind::null;
        std::string json;                // of what never changes
        std::vector<TemplateText> text;  // one or none
        std::vector<std::string> keys;   // of a mapping: quoted
        std::vector<Part> parts;
    };

    PayloadTemplate() = default;
    static Part read_part(const SettingsTree& tree);
    static bool write(Part& part, TemplateView& view, std::string& out);
    static bool write_text(TemplateText& text, TemplateView& view, std::string& out);
    static bool write_container(Part& part, TemplateView& view, std::string& out);

    Part root_;
};

}  // namespace chathook::sinks
