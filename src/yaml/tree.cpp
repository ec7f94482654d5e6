#include "yaml/tree.hpp"

#include <string.h>  // explicit_bzero
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

#include "yaml/faults.hpp"
#include "yaml/findings.hpp"
#include "yaml/marks.hpp"

namespace chathook::yaml {

namespace {

// Well-formed YAML that a configuration does not allow.
struct Refused {
    int line;
    std::string message;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

// A container that is still being read.
struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor = 0;
    int column = 0;
    bool flow = false;  // in braces or brackets
    std::string path;
    bool has_key = false;  // for a mapping: the key was read, its value comes next
    std::string key;
    int key_line = 0;
    bool repeated = false;  // a duplicate key: its value is dropped
    std::map<std::string, int> lines;

    std::string child_path() const {
        if (node->kind == Node::Kind::sequence) return path + "[" + std::to_string(node->items.size()) + "]";
        return path.empty() ? shown_key(key) : path + "." + shown_key(key);
    }
};

class Builder : public YAML::EventHandler {
public:
    Builder(Findings& findings, const Lines& lines) : findings_(findings), lines_(lines) {}

    std::shared_ptr<const Node> root() const { return root_; }

    // The beginning of the key, value or container that was read last.
    const YAML::Mark& last_read() const { return last_read_; }

    // Fills in the positions of the innermost and the outermost open '{' or '['.
    void tell_flow(Fault& fault) const {
        for (const Open& open : stack_) {
            if (!open.flow) continue;
            fault.open_line = open.node->line;
            if (fault.flow_line > 0) continue;
            fault.flow_line = open.node->line;
            fault.flow_column = open.column;
        }
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            throw Refused{line_of(mark), "a second YAML document begins here; write all into one"};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_as_key(mark);
        auto node = std::make_shared<Node>(Node::Kind::null, line_of(mark));
        node->commented = !stack_.empty() && is_commented_out(lines_.at(stack_.back().key_line));
        place(std::move(node), anchor);
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
        last_read_ = mark;
        if (expects_key()) return take_key(line_of(mark), value);
        auto node = std::make_shared<Node>(Node::Kind::scalar, line_of(mark));
        node->quoted = tag == "!";
        node->text = value;
        place(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override {
        open(Node::Kind::sequence, mark, tag, anchor, style);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override {
        open(Node::Kind::mapping, mark, tag, anchor, style);
    }
    void OnMapEnd() override { close(); }

private:
    bool expects_key() const {
        return !stack_.empty() && stack_.back().node->kind == Node::Kind::mapping && !stack_.back().has_key;
    }

    void refuse_as_key(const YAML::Mark& mark) const {
        if (!expects_key()) return;
        if (has_bare_ipv6_address(lines_.at(line_of(mark))))
            throw Refused{line_of(mark), address_needs_quotes};
        throw Refused{line_of(mark),
                      "a key must be plain text; put quotes around a value that begins with '{', '[' or '?'"};
    }

    // yaml-cpp passes "?" for plain and "!" for quoted text without a tag.
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

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              YAML::EmitterStyle::value style) {
        refuse_as_key(mark);
        refuse_tag(mark, tag);
        if (stack_.size() >= depth_max) {
            throw Refused{line_of(mark), "nested deeper than " + std::to_string(depth_max) + " levels"};
        }
        Open next;
        next.node = std::make_shared<Node>(kind, line_of(mark));
        next.anchor = anchor;
        next.column = mark.column + 1;
        next.flow = style == YAML::EmitterStyle::Flow;
        last_read_ = mark;
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
    const Lines& lines_;
    YAML::Mark last_read_;
    std::shared_ptr<const Node> root_;
    std::vector<Open> stack_;
    std::map<YAML::anchor_t, std::shared_ptr<const Node>> anchors_;
    std::size_t values_ = 0;
    int documents_ = 0;
};

// The part of the parser's message after a colon is dropped: it may quote the file, and so a secret.
void report(const YAML::ParserException& failure, const Builder& builder, const Lines& lines,
            Findings& findings) {
    Fault fault;
    fault.what = std::string_view(failure.msg).substr(0, failure.msg.find(':'));
    fault.line = line_of(failure.mark);
    fault.column = failure.mark.column + 1;
    fault.read_line = line_of(builder.last_read());
    fault.read_column = builder.last_read().column + 1;
    builder.tell_flow(fault);
    Advice advice = advice_on(fault, lines);
    findings.error(advice.line, "", std::move(advice.message));
}

}  // namespace

Node::~Node() { explicit_bzero(text.data(), text.size()); }

std::shared_ptr<const Node> parse_yaml(std::string_view text, Findings& findings) {
    // yaml-cpp treats a quote that is unclosed at the end of the file as closed, unless it finds an
    // end-of-document marker inside the quote.
    std::istringstream in(std::string(text) + "\n...\n");
    const Lines lines(text);
    Builder builder(findings, lines);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.root();
    } catch (const Refused& refused) {
        findings.error(refused.line, "", refused.message);
    } catch (const YAML::ParserException& failure) {
        report(failure, builder, lines, findings);
    } catch (const YAML::Exception&) {
        findings.error(0, "", "not YAML");
    }
    return nullptr;
}

}  // namespace chathook::yaml
