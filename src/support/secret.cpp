#include <chathook/secret.hpp>

#include <string.h>  // explicit_bzero
#include <sys/mman.h>

#include <cstring>
#include <new>
#include <utility>

namespace chathook {

SecretBytes::SecretBytes(std::string_view bytes) {
    if (bytes.empty()) return;
    // The secret has pages of its own: locking and dump exclusion work per page, and neighbours on the heap
    // would be affected.
    void* pages = mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    // Best effort: RLIMIT_MEMLOCK may be nothing at all, and a secret in swap is better than no service.
    (void)mlock(pages, bytes.size());
    (void)madvise(pages, bytes.size(), MADV_DONTDUMP);
    data_ = static_cast<char*>(pages);
    size_ = bytes.size();
    std::memcpy(data_, bytes.data(), size_);
}

SecretBytes::~SecretBytes() { wipe(); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        wipe();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

bool operator==(const SecretBytes& a, const SecretBytes& b) noexcept {
    if (a.size_ != b.size_) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size_; ++i)
        difference = static_cast<unsigned char>(difference | (a.data_[i] ^ b.data_[i]));
    return difference == 0;
}

void SecretBytes::wipe() noexcept {
    if (data_ == nullptr) return;
    explicit_bzero(data_, size_);
    munmap(data_, size_);
    data_ = nullptr;
    size_ = 0;
}

}  // namespace chathook
