#include "sinks/template_view.hpp"

#include <charconv>
#include <optional>

namespace chathook::sinks {
namespace {

std::optional<std::size_t> as_index(std::string_view part) {
    std::size_t index = 0;
    const auto end = part.data() + part.size();
    const auto read = std::from_chars(part.data(), end, index);
    if (part.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return index;
}

// Values for which a section is not shown. An empty text counts as missing.
bool is_nothing(Json value) {
    switch (value.kind()) {
        case Json::Kind::absent:
        case Json::Kind::null: return true;
        case Json::Kind::boolean: return value.source() == "false";
        case Json::Kind::string: return value.text().empty();
        case Json::Kind::array: return value.size() == 0;
        case Json::Kind::number:
        case Json::Kind::object: return false;
    }
    return true;
}

}  // namespace

std::string_view as_plain_text(Json value) noexcept {
    if (value.kind() == Json::Kind::string) return value.text();
    return value.kind() == Json::Kind::null ? std::string_view() : value.source();
}

void TemplateView::spend(std::size_t work) const {
    if (work > work_) throw TemplateTooLarge();
    work_ -= work;
}

Json TemplateView::follow(Json from, std::string_view path) const {
    Json value = from;
    while (value && !path.empty()) {
        const std::string_view part = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(part.size() + 1, path.size()));
        spend(1 + value.size());
        if (value.is_array()) {
            const auto index = as_index(part);
            Json element = index ? value.first() : Json();
            for (std::size_t at = 0; element && at < index; ++at) element = element.next();
            value = element;
        } else {
            value = value[part];
        }
    }
    return value;
}

Json TemplateView::find(std::string_view path) const {
    if (path == ".") return scopes_.back();
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (const Json value = follow(*scope, path)) return value;
    }
    return {};
}

void TemplateView::push(const Data* data) {
    const auto value = standing_for_.find(data);
    scopes_.push_back(value == standing_for_.end() ? Json() : value->second);
}

void TemplateView::pop() { scopes_.pop_back(); }

const TemplateView::Data* TemplateView::get(const std::string& name) const {
    if (name.front() != as_text) return section(find(name));
    const std::string_view path = std::string_view(name).substr(1);
    std::string_view text;
    if (path == line_feed_path) {
        text = "\n";
    } else if (path == carriage_return_path) {
        text = "\r";
    } else {
        text = as_plain_text(find(path));
    }
    spend(sizeof(Data) + text.size());
    return &made_.emplace_back(std::string(text));
}

// The library repeats a section for each element of a list, shows it once for true, and calls push() for its
// values.
const TemplateView::Data* TemplateView::section(Json value) const {
    spend(sizeof(Data) * (1 + (value.is_array() ? value.size() : 0)));
    if (!value.is_array() || is_nothing(value)) {
        const Data* made = &made_.emplace_back(!is_nothing(value));
        standing_for_.emplace(made, value);
        return made;
    }
    const Data* made =
        &made_.emplace_back(kainjow::mustache::list(value.size(), Data(Data::type::bool_true)));
    Json element = value.first();
    for (const Data& data : made->list_value()) {
        standing_for_.emplace(&data, element);
        element = element.next();
    }
    return made;
}

}  // namespace chathook::sinks
