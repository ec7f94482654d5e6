#include <chathook/json.hpp>

#include <cstring>

#include "ecma/document.hpp"
#include "ecma/tape.hpp"

// The accessors of Json, on the tape. Json is a friend of JsonDocument; the free functions here take its
// parts as arguments.
namespace chathook {
namespace {

std::string_view decoded(const ecma::Node& node, const ecma::Tape& tape, std::string_view text) noexcept {
    if (node.escaped) return std::string_view(tape.arena).substr(node.end, node.count);
    return text.substr(node.at + 1u, node.size - 2u);
}

// Whether the decoded text of a key is this one. Keys differ in size or in their first character more often
// than not, so these are compared first.
bool is_named(const ecma::Node& node, std::string_view name, const ecma::Tape& tape,
              std::string_view text) noexcept {
    const std::size_t size = node.escaped ? node.count : node.size - 2u;
    if (size != name.size()) return false;
    const char* const key = node.escaped ? tape.arena.data() + node.end : text.data() + node.at + 1;
    return size == 0 || (*key == name.front() && std::memcmp(key, name.data(), size) == 0);
}

// The node after this value and everything in it.
std::uint32_t after(const ecma::Node& node, std::uint32_t index) noexcept {
    return is_container(node) ? node.end : index + 1;
}

}  // namespace

Json::Kind Json::kind() const noexcept {
    return document_ == nullptr ? Kind::absent : document_->tape_.nodes[index_].kind;
}

Json Json::operator[](std::string_view key) const noexcept {
    if (document_ == nullptr) return {};
    const ecma::Tape& tape = document_->tape_;
    const ecma::Node* const nodes = tape.nodes.data();
    if (nodes[index_].kind != Kind::object || nodes[index_].count == 0) return {};
    std::uint32_t found = 0;  // 0: not found, as node 0 is the root and never a member
    bool repeated = false;
    for (std::uint32_t at = index_ + 2;; at = after(nodes[at], at) + 1) {
        if (is_named(nodes[at - 1], key, tape, document_->text_)) {
            repeated = found != 0;
            found = at;
        }
        if (nodes[at].last) break;
    }
    if (found == 0) return {};
    const Json member(document_, found, repeated_);
    if (repeated && repeated_ != nullptr) repeated_->note(*this, member.key());
    return member;
}

std::string_view Json::text() const noexcept {
    if (kind() != Kind::string) return {};
    return decoded(document_->tape_.nodes[index_], document_->tape_, document_->text_);
}

std::string_view Json::id() const noexcept { return kind() == Kind::number ? source() : text(); }

std::string_view Json::source() const noexcept {
    if (document_ == nullptr) return {};
    const ecma::Node& node = document_->tape_.nodes[index_];
    return document_->text_.substr(node.at, node.size);
}

std::size_t Json::size() const noexcept {
    if (document_ == nullptr) return 0;
    const ecma::Node& node = document_->tape_.nodes[index_];
    return is_container(node) ? node.count : 0;
}

Json Json::first() const noexcept {
    if (size() == 0) return {};
    return {document_, index_ + (is_object() ? 2 : 1), repeated_};
}

Json Json::next() const noexcept {
    if (document_ == nullptr) return {};
    const ecma::Node& node = document_->tape_.nodes[index_];
    if (node.last || index_ == 0) return {};
    return {document_, after(node, index_) + (node.member ? 1 : 0), repeated_};
}

std::string_view Json::key() const noexcept {
    if (document_ == nullptr || !document_->tape_.nodes[index_].member) return {};
    return decoded(document_->tape_.nodes[index_ - 1], document_->tape_, document_->text_);
}

}  // namespace chathook
