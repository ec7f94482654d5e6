#include "learn/templates.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

namespace chathook::learn {
namespace {

using verify::TextPart;
using Part = verify::TextPart::Kind;

constexpr std::array<std::string_view, 13> separators{".", ":", "",  "\n", "|", "_", ",",
                                                      "-", " ", ";", "&",  "+", "/"};
constexpr std::array<std::string_view, 4> versions{"v0", "v1", "v2", "v3"};

// A value stands in one text at most once; of each class there is one, of headers two.
enum class Class : unsigned char { time, header, address, method };
constexpr std::size_t classes = 4;
constexpr std::size_t headers_max = 2;

Class class_of(const SignedValue& value) noexcept {
    switch (value.kind) {
        case Part::time: return Class::time;
        case Part::url:
        case Part::literal: return Class::address;
        case Part::method: return Class::method;
        default: return Class::header;
    }
}

class Writer {
public:
    Writer(std::span<const SignedValue> values, std::size_t extras, Around around,
           const std::function<bool(const Template&)>& take)
        : extras_(extras), around_(around), take_(take) {
        for (const SignedValue& value : values) {
            of_class_.at(static_cast<std::size_t>(class_of(value))).push_back(&value);
        }
    }

    bool run() { return choose(0); }

private:
    // Chooses values of this class, of headers two at most, and of those behind it: with one first, then
    // without.
    bool choose(std::size_t at, std::size_t from = 0, std::size_t taken = 0) {
        if (chosen_.size() == extras_) return arrange();
        if (at == classes) return true;
        const auto& of_class = of_class_.at(at);
        const std::size_t most = at == static_cast<std::size_t>(Class::header) ? headers_max : 1;
        for (std::size_t i = from; i < of_class.size() && taken < most; ++i) {
            chosen_.push_back(of_class[i]);
            const bool goes_on = choose(at, i + 1, taken + 1);
            chosen_.pop_back();
            if (!goes_on) return false;
        }
        return choose(at + 1);
    }

    // Every order, the body last at first.
    bool arrange() {
        std::vector<std::size_t> order(chosen_.size() + (around_ == Around::nothing ? 0 : 1));
        std::iota(order.begin(), order.end(), std::size_t{0});
        do {
            for (const std::string_view separator : separators) {
                if (order.size() == 1 && separator != separators.front()) break;
                if (!write(order, separator)) return false;
            }
        } while (std::ranges::next_permutation(order).found);
        return true;
    }

    bool write(const std::vector<std::size_t>& order, std::string_view separator) {
        if (!write(order, separator, "")) return false;
        const bool versioned = order.size() > 1 && !separator.empty() && chosen_.size() <= 2;
        return !versioned || std::ranges::all_of(versions, [&](std::string_view version) {
            return write(order, separator, version);
        });
    }

    bool write(const std::vector<std::size_t>& order, std::string_view separator, std::string_view version) {
        Template made;
        made.extras = chosen_.size();
        if (!version.empty()) made.parts.push_back({Part::literal, version});
        for (const std::size_t at : order) {
            if (!made.parts.empty() && !separator.empty()) made.parts.push_back({Part::literal, separator});
            if (at == chosen_.size()) {
                made.parts.push_back({around_ == Around::form ? Part::form : Part::body});
            } else {
                add(made, *chosen_[at]);
            }
        }
        return take_(made);
    }

    static void add(Template& made, const SignedValue& value) {
        std::string_view text;
        // There is one {id}; a second one is a header like any other.
        const bool is_header = value.kind == Part::header || (value.kind == Part::id && made.id != nullptr);
        if (is_header) text = value.name;
        if (value.kind == Part::literal) text = value.text;
        made.parts.push_back({is_header ? Part::header : value.kind, text});
        if (value.kind == Part::time) made.time = &value;
        if (value.kind == Part::id && !is_header) made.id = &value;
    }

    std::size_t extras_;
    Around around_;
    const std::function<bool(const Template&)>& take_;
    std::array<std::vector<const SignedValue*>, classes> of_class_;
    std::vector<const SignedValue*> chosen_;
};

}  // namespace

std::string Template::text() const {
    std::string text;
    for (const TextPart& part : parts) {
        switch (part.kind) {
            case Part::literal: text += part.text; break;
            case Part::body: text += "{body}"; break;
            case Part::time: text += "{time}"; break;
            case Part::id: text += "{id}"; break;
            case Part::method: text += "{method}"; break;
            case Part::url: text += "{url}"; break;
            case Part::form: text += "{form}"; break;
            case Part::header: text.append("{header:").append(part.text) += '}'; break;
        }
    }
    return text;
}

verify::SchemeRules Template::rules() const {
    verify::SchemeRules rules;
    rules.text = parts;
    if (id != nullptr) rules.id_header = id->name;
    if (time != nullptr) {
        const bool in_pair = !time->pair_of.empty();
        rules.time = {.in = in_pair ? verify::TimeRules::In::pair : verify::TimeRules::In::header,
                      .name = time->name,
                      .unit = time->unit};
    }
    return rules;
}

verify::Claim Template::claim(const Request& request) const {
    verify::Claim claim;
    claim.request = &request;
    if (time != nullptr) claim.time_text = time->text;
    if (id != nullptr) claim.id = id->text;
    return claim;
}

bool for_each_template(std::span<const SignedValue> values, std::size_t extras, Around around,
                       const std::function<bool(const Template&)>& take) {
    return Writer(values, extras, around, take).run();
}

}  // namespace chathook::learn
