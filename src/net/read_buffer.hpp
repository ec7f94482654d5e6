// The bytes that a connection has read but not yet consumed, and the memory for them, which is passed from
// connection to connection. Used on one thread only.
#pragma once

#include <boost/container/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace chathook::net {

// Buffers that no connection uses at the moment, for reuse by any of them: an idle connection holds none, and
// a busy one would otherwise allocate and free one for every request.
class SpareMemory {
public:
    // Not a std::vector, which would fill it with zeros first.
    using Memory = boost::container::vector<char>;

    static constexpr std::size_t most = 64;

    // `size` of each buffer in bytes.
    explicit SpareMemory(std::size_t size) noexcept : size_(size) {}

    // Returns a buffer with unspecified contents.
    Memory take() {
        if (spare_.empty()) return Memory(size_, boost::container::default_init);
        Memory memory = std::move(spare_.back());
        spare_.pop_back();
        return memory;
    }

    // A buffer that has grown is freed, not kept.
    void give(Memory memory) {
        if (memory.size() == size_ && spare_.size() < most) spare_.push_back(std::move(memory));
    }

    std::size_t spare() const noexcept { return spare_.size(); }

private:
    std::size_t size_;
    std::vector<Memory> spare_;
};

// A place is an offset from the start of the memory, valid until make_room() or rest().
class ReadBuffer {
public:
    explicit ReadBuffer(SpareMemory& spare) : spare_(spare), memory_(spare.take()) {}
    ~ReadBuffer() { spare_.give(std::move(memory_)); }
    ReadBuffer(const ReadBuffer&) = delete;
    ReadBuffer& operator=(const ReadBuffer&) = delete;

    // [begin, end) has been read and not yet consumed.
    std::size_t begin() const noexcept { return begin_; }
    std::size_t end() const noexcept { return end_; }
    bool empty() const noexcept { return begin_ == end_; }
    std::string_view received() const noexcept { return from(begin_); }
    std::string_view from(std::size_t place) const noexcept { return {memory_.data() + place, end_ - place}; }

    // The memory from a place on, whatever is in it; and the free memory behind everything received, to read
    // into.
    std::span<char> memory_from(std::size_t place) noexcept {
        return {memory_.data() + place, memory_.size() - place};
    }
    std::span<char> room() noexcept { return memory_from(end_); }

    void came(std::size_t bytes) noexcept { end_ += bytes; }         // bytes were read into room()
    void done_until(std::size_t place) noexcept { begin_ = place; }  // everything before `place` is consumed
    // Forgets what was received from `place` on
    void drop_from(std::size_t place) noexcept { end_ = place; }
    void clear() noexcept { begin_ = end_ = 0; }

    // Makes sure that room() is not empty, by growing if the buffer is full, but not beyond `most`.
    void make_room(std::size_t most) {
        if (memory_.empty()) memory_ = spare_.take();
        if (begin_ > 0) {
            std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (end_ == memory_.size()) {
            memory_.resize(std::min(2 * end_, most), boost::container::default_init);
        }
    }

    // Makes sure that `bytes` fit behind a place, which stays valid.
    void make_room_behind(std::size_t place, std::size_t bytes) {
        if (memory_.size() - place < bytes) memory_.resize(place + bytes, boost::container::default_init);
    }

    // Holds no memory until make_room(): there may be thousands of idle connections.
    void rest() {
        clear();
        spare_.give(std::exchange(memory_, {}));
    }

private:
    SpareMemory& spare_;
    SpareMemory::Memory memory_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace chathook::net
