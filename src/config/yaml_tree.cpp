#include "config/yaml_tree.hpp"

#include <string.h>  // explicit_bzero
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <map>
#include <sstream>
#include <utility>

#include "config/findings.hpp"

namespace chathook::config {

namespace {

// Well-formed YAML that a configuration has no use for.
struct Refused {
    int line;
    std::string message;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

// A container that is still being read.
struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor = 0;
    std::string path;
    bool has_key = false;  // of a mapping: the key is read, its value comes next
    std::string key;
    int key_line = 0;
    bool repeated = false;  // the key was there before: its value is dropped
    std::map<std::string, int> lines;

    std::string child_path() const {
        if (node->kind == Node::Kind::sequence) return path + "[" + std::to_string(node->items.size()) + "]";
        return path.empty() ? shown_key(key) : path + "." + shown_key(key);
    }
};

class Builder : public YAML::EventHandler {
public:
    explicit Builder(Findings& findings) : findings_(findings) {}

    std::shared_ptr<const Node> root() const { return root_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            throw Refused{line_of(mark), "a second YAML document begins here; write all into one"};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_as_key(mark);
        place(std::make_shared<Node>(Node::Kind::null, line_of(mark)), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_as_key(mark);
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end())
            throw Refused{line_of(mark), "an alias stands inside what it names, or names a key"};
        place(found->second, 0);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_tag(mark, tag);
        if (expects_key()) return take_key(line_of(mark), value);
        auto node = std::make_shared<Node>(Node::Kind::scalar, line_of(mark));
        node->quoted = tag == "!";
        node->text = value;
        place(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    bool expects_key() const {
        return !stack_.empty() && stack_.back().node->kind == Node::Kind::mapping && !stack_.back().has_key;
    }

    void refuse_as_key(const YAML::Mark& mark) const {
        if (expects_key()) throw Refused{line_of(mark), "a key must be plain text"};
    }

    // yaml-cpp says "?" for plain and "!" for quoted text that carries no tag.
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        throw Refused{line_of(mark),
                      "YAML tags (!...) are not supported; quote a value that begins with '!'"};
    }

    void take_key(int line, const std::string& key) {
        Open& mapping = stack_.back();
        mapping.has_key = true;
        mapping.key = key;
        mapping.key_line = line;
        const auto [first, is_new] = mapping.lines.emplace(key, line);
        mapping.repeated = !is_new;
        if (is_new) return;
        findings_.error(line, mapping.child_path(),
                        "duplicate key, first written in line " + std::to_string(first->second) +
                            "; keep one of the two");
    }

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        refuse_as_key(mark);
        refuse_tag(mark, tag);
        if (stack_.size() >= depth_max) {
            throw Refused{line_of(mark), "nested deeper than " + std::to_string(depth_max) + " levels"};
        }
        Open next;
        next.node = std::make_shared<Node>(kind, line_of(mark));
        next.anchor = anchor;
        if (!stack_.empty()) next.path = stack_.back().child_path();
        stack_.push_back(std::move(next));
    }

    void close() {
        Open done = std::move(stack_.back());
        stack_.pop_back();
        place(std::move(done.node), done.anchor);
    }

    void place(std::shared_ptr<const Node> node, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = node;
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = stack_.back();
        parent.node->weight += node->weight;
        if (++values_ > weight_max || parent.node->weight > weight_max) {
            throw Refused{node->line, "more than " + std::to_string(weight_max) +
                                          " values, aliases counted as often as they are used"};
        }
        if (parent.node->kind == Node::Kind::sequence) {
            parent.node->items.push_back(std::move(node));
            return;
        }
        if (!parent.repeated) parent.node->entries.push_back({parent.key, parent.key_line, std::move(node)});
        parent.has_key = false;
    }

    Findings& findings_;
    std::shared_ptr<const Node> root_;
    std::vector<Open> stack_;
    std::map<YAML::anchor_t, std::shared_ptr<const Node>> anchors_;
    std::size_t values_ = 0;
    int documents_ = 0;
};

// yaml-cpp's words with the mend, as far as one is known. Its text behind a colon is left out: it may quote
// the file, and so a secret.
std::string explain(const std::string& message) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> mends{{
        {"illegal map value",
         "a colon is missing in the line above, or a value that holds ': ' needs quotes"},
        {"end of map not found", "indent all keys of a mapping alike"},
        {"end of sequence not found", "indent all items of a list alike"},
        {"end of map flow not found", "a '}' or a comma is missing"},
        {"end of sequence flow not found", "a ']' or a comma is missing"},
        {"illegal flow end", "a '}' or ']' has no beginning"},
        {"illegal document indicator in scalar", "a quote is opened and never closed"},
        {"unknown token", "quote a value that begins with a special character"},
        {"unknown escape character", "in double quotes write \\\\ for a backslash"},
        {"bad file", "nested too deeply"},
    }};
    const std::string what = message.substr(0, message.find(':'));
    for (const auto& [words, mend] : mends) {
        if (what == words) return "not YAML: " + what + ": " + std::string(mend);
    }
    return "not YAML: " + what;
}

}  // namespace

Node::~Node() { explicit_bzero(text.data(), text.size()); }

std::shared_ptr<const Node> parse_yaml(std::string_view text, Findings& findings) {
    // yaml-cpp takes an unclosed quote at the end of the file for a closed one, unless it meets the end of
    // the document inside it.
    std::istringstream in(std::string(text) + "\n...\n");
    Builder builder(findings);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.root();
    } catch (const Refused& refused) {
        findings.error(refused.line, "", refused.message);
    } catch (const YAML::ParserException& failure) {
        findings.error(line_of(failure.mark), "", explain(failure.msg));
    } catch (const YAML::Exception&) {
        findings.error(0, "", "not YAML");
    }
    return nullptr;
}

}  // namespace chathook::config
