// An element as what pointers are followed from: it and the levels around it. On the stack of one thread.
#pragma once

#include <array>
#include <cstddef>

#include "mapping/mapping.hpp"

namespace chathook::mapping {

class Levels {
public:
    explicit Levels(const Element& element) noexcept {
        levels_[0].here = element.here;
        for (std::size_t i = 0; i < element.depth; ++i) {
            levels_[i].around = &levels_[i + 1];
            levels_[i + 1].here = element.around[i];
        }
    }
    Levels(const Levels&) = delete;
    Levels& operator=(const Levels&) = delete;

    const Level& innermost() const noexcept { return levels_[0]; }

private:
    std::array<Level, each_steps_max + 1> levels_;
};

}  // namespace chathook::mapping
