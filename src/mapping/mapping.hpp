// How a vendor's bodies are read, as data, and the reader of it. mapping_file/ makes it of a vendor file.
// Immutable once made; any thread. Reading is pure and total, and allocates for messages, answers and
// identity alone.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <chathook/normalized.hpp>
#include <chathook/verified.hpp>

#include "mapping/pointer.hpp"
#include "mapping/vocabulary.hpp"
#include "mapping/words.hpp"

namespace chathook::mapping {

inline constexpr std::size_t pointers_max = 64;    // of a mapping
inline constexpr std::size_t messages_max = 1000;  // looked at in a list, unless its mapping says otherwise
inline constexpr std::size_t answers_max = 1000;   // looked at in a list
inline constexpr std::size_t searched_max = 1000;  // elements that a search looks at
inline constexpr std::size_t elements_max = 1000;  // events of a request
inline constexpr std::size_t each_steps_max = 4;   // lists in lists, from the body to an element

struct Value;

// The first that is not empty.
struct AnyOf {
    std::vector<Value> values;
};

struct Constant {
    std::string word;
};

// A word of ours for a word of theirs, text or number.
struct Table {
    std::vector<Value> at;  // the first that is not empty
    Words<std::string> words;
    std::string otherwise;  // empty: any other word is left out
};

// That the text or number there is this one, or the same as at another place.
struct Condition {
    Pointer at;
    std::string text;
    std::optional<Pointer> same = {};  // in place of `text`
};

// In a list, the first element that meets all conditions.
struct Search {
    Pointer in;
    std::vector<Condition> where;
    Pointer take;
};

// A word for a body of one shape.
struct ShapeCase {
    enum class Test : unsigned char {
        present,  // neither absent nor null nor empty
        text,     // a text that is not empty
        array,
        is,  // all conditions
    };
    Test test = Test::present;
    Pointer at;
    std::vector<Condition> is;
    std::string word;
};

// The word of the first case that holds. Every place that a case names is looked up, whichever holds, so that
// a key there that stands twice is always among the ambiguous ones.
struct Shape {
    std::vector<ShapeCase> cases;
};

// Of the request, not of the body: an index into Mapping::headers.
struct Header {
    std::size_t index = 0;
};

struct Value {
    std::variant<std::monostate, Pointer, AnyOf, Constant, Table, Search, Shape, Header> form;
};

struct MessageRule {
    // One message of every element of the list there, or of an object's values. None: one message.
    std::optional<Pointer> each;
    Value role;
    Value text;
    std::optional<Pointer> resources;
    std::size_t most = messages_max;  // elements of `each` that are looked at
};

struct AnswerRule {
    Pointer each;
    Value question;
    Value answer;
};

struct Assignment {
    const Target* target = nullptr;
    Value value;
};

// What several events, or one, have in common; read in this order.
struct Layer {
    std::vector<Assignment> set;
    std::optional<AnswerRule> answers;
    std::vector<MessageRule> messages;
};

struct EventRule {
    std::string type;
    std::vector<std::size_t> layers;         // of Mapping::layers, in the order in which they are read
    std::optional<std::size_t> messages_of;  // the layer whose messages count, one of these
    std::optional<Value> time;               // in place of the mapping's
    std::vector<const Target*> subject;      // the first that is not empty
};

// A part of what makes two deliveries the same event. All but `any` are missing where they are empty.
struct IdentityPart {
    enum class From : unsigned char {
        source,       // the source text of what is neither absent nor null nor empty
        text,         // the source text of a string
        id,           // the source text of a string or a number
        any,          // the source text of whatever is there, null as well
        signed_id,    // of the request
        signed_time,  // of the request
        header,       // of the request: an index into Mapping::headers
    };
    From from = From::source;
    Pointer at;
    std::size_t header = 0;

    bool is_in_body() const noexcept {
        return from == From::source || from == From::text || from == From::id || from == From::any;
    }
};

struct Mapping {
    // Paths from the body to the elements that are events of their own, from one list to the next. Empty: the
    // body is one event.
    std::vector<std::vector<Pointer>> each;

    std::vector<Pointer> look_first;  // looked up before everything else, for the order of ambiguous keys
    Value event;
    Kind event_kind = Kind::text;  // id: one of `events` is a number
    Value time;
    std::vector<IdentityPart> identity;  // empty: the whole body
    Words<EventRule> events;
    std::vector<Layer> layers;
    std::vector<std::string> headers;  // whose values the reader needs, see Signed

    // Pointers that leave the element, and how many levels up from it each goes.
    struct Outward {
        std::size_t levels_up = 0;
        Pointer pointer;
    };
    std::vector<Outward> outward;
};

// What a mapping can need of a request besides its body. Views.
struct Signed {
    std::string_view id = {};
    std::span<const std::string_view> headers = {};  // the values, in the order of Mapping::headers
};

// Reads the whole body as one event. With `each` that is unrecognized: its elements are the events. The
// result points into `verified`, `sent` and `mapping`.
Normalized read(const Mapping& mapping, const Verified& verified, const Signed& sent = {});

// An element under `each`, and from the innermost outward what it stands in, the body last.
struct Element {
    Json here;
    std::array<Json, each_steps_max> around = {};
    std::size_t depth = 0;  // of `around`
};

// The elements of a body that are events of their own.
struct Elements {
    std::vector<Element> all;  // in the order of the body; none of them stands in another one
    bool too_many = false;     // there are more than elements_max, and `all` is empty

    // In the levels around them a list stands that no path follows and no pointer looks into, or an item of a
    // list in which the paths found nothing, so that something of it would be in no event.
    bool leave_a_list = false;
};

// Where a path ends at what another one continues, only those elements count in which the longer one finds
// nothing. None without `each`.
Elements elements(const Mapping& mapping, Json root);

// Reads one of these elements.
Normalized read_element(const Mapping& mapping, const Element& element, const Verified& verified,
                        const Signed& sent = {});

}  // namespace chathook::mapping
