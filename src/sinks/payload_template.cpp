#include "sinks/payload_template.hpp"

#include <cassert>
#include <utility>

#include "ecma/document.hpp"
#include "ecma/stringify.hpp"
#include "ecma/utf8.hpp"

namespace chathook::sinks {
namespace {

using Kind = SettingsTree::Kind;

std::string json_string(std::string_view text) {
    std::string json;
    ecma::append_quoted(json, text);
    return json;
}

[[noreturn]] void refuse(const SettingsTree& tree, std::string message) {
    throw SettingsError{{}, std::move(message), tree.line};
}

}  // namespace

std::variant<PayloadTemplate, SettingsError> PayloadTemplate::read(const SettingsTree& tree) {
    try {
        PayloadTemplate made;
        made.root_ = read_part(tree);
        return made;
    } catch (SettingsError& error) {
        return std::move(error);
    }
}

// Recurses as deeply as the configuration nests, which has a limit.
PayloadTemplate::Part PayloadTemplate::read_part(const SettingsTree& tree) {
    Part part;
    part.kind = tree.kind;
    switch (tree.kind) {
        case Kind::null: part.json = "null"; break;
        case Kind::boolean:
        case Kind::number: part.json = tree.text; break;
        case Kind::text: {
            auto read = TemplateText::read(tree.text);
            if (auto* mistake = std::get_if<std::string>(&read)) refuse(tree, std::move(*mistake));
            part.text.push_back(std::get<TemplateText>(std::move(read)));
            break;
        }
        case Kind::list: break;
        case Kind::mapping:
            for (std::size_t index = 0; index < tree.keys.size(); ++index) {
                const std::string& key = tree.keys[index];
                if (key.find("{{") != std::string::npos) {
                    refuse(tree.values[index], "a key cannot be a template; write it out");
                }
                if (!ecma::is_utf8(key)) refuse(tree.values[index], "this key is not UTF-8");
                part.keys.push_back(json_string(key));
            }
            break;
    }
    for (const SettingsTree& value : tree.values) part.parts.push_back(read_part(value));
    return part;
}

std::string PayloadTemplate::render(std::string_view event_json) {
    const JsonDocument::Pointer document = JsonDocument::parse(event_json);
    assert(document != nullptr);  // normalize/ wrote it
    std::size_t work = template_work_max;
    TemplateView view(document->root(), work);
    std::string out;
    if (write(root_, view, out)) return out;
    if (root_.kind == Kind::mapping) return "{}";
    return root_.kind == Kind::list ? "[]" : "null";
}

// Returns false, and writes nothing, for a part that is omitted.
bool PayloadTemplate::write(Part& part, TemplateView& view, std::string& out) {
    if (part.kind == Kind::list || part.kind == Kind::mapping) return write_container(part, view, out);
    if (!part.text.empty()) return write_text(part.text.front(), view, out);
    out += part.json;
    return true;
}

bool PayloadTemplate::write_text(TemplateText& text, TemplateView& view, std::string& out) {
    if (!text.only_tag()) {
        ecma::append_quoted(out, text.render(view));
        return true;
    }
    const Json value = view.find(*text.only_tag());
    if (!value) return false;
    if (value.kind() == Json::Kind::string) {
        ecma::append_quoted(out, value.text());
    } else {
        out += value.source();
    }
    if (out.size() > template_work_max) throw TemplateTooLarge();
    return true;
}

bool PayloadTemplate::write_container(Part& part, TemplateView& view, std::string& out) {
    const std::size_t before = out.size();
    const bool is_list = part.kind == Kind::list;
    bool written = part.parts.empty();
    out += is_list ? '[' : '{';
    for (std::size_t index = 0; index < part.parts.size(); ++index) {
        const std::size_t here = out.size();
        if (here > before + 1) out += ',';
        if (!is_list) out += part.keys[index] + ':';
        if (write(part.parts[index], view, out)) {
            written = true;
        } else {
            out.resize(here);
        }
    }
    out += is_list ? ']' : '}';
    if (!written) out.resize(before);
    return written;
}

}  // namespace chathook::sinks
