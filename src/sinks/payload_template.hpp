// The operator's template for the body of a request: a JSON value whose texts are templates. Each text is
// rendered separately and then written as a JSON string, so whatever an event contains stays inside the text
// that its tag is in. Used by its sink's thread only.
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
    // Returns the template, or what is wrong with `tree`, with the line; the caller fills in the key.
    static std::variant<PayloadTemplate, SettingsError> read(const SettingsTree& tree);

    // Renders JSON for this CloudEvent. A text that consists of one tag becomes the value itself, whatever
    // its type; if there is no such value, its member or element is omitted, and so is a mapping or list that
    // loses everything. Throws TemplateTooLarge.
    std::string render(std::string_view event_json);

private:
    // A part of the body: a constant, a text, or a container.
    struct Part {
        SettingsTree::Kind kind = SettingsTree::Kind::null;
        std::string json;                // of a constant
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
