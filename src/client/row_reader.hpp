// Extracts the rows from a list of the admin API, {"events":[ROW,ROW]}, while it arrives: a list may have
// gigabytes, and printing needs only one row at a time. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace chathook::client {

class RowReader {
public:
    // `take` is called with each complete row, byte for byte.
    explicit RowReader(std::function<void(std::string_view row)> take) : take_(std::move(take)) {}

    void read(std::string_view piece);

    bool whole() const noexcept { return ended_; }  // the end of the list has arrived
    std::size_t rows() const noexcept { return rows_; }

private:
    static constexpr std::size_t row_depth = 3;  // within the answer, its list and the row

    void step(char c);

    std::function<void(std::string_view row)> take_;
    std::string row_;  // the received part of the current row
    std::size_t depth_ = 0;
    bool in_text_ = false;
    bool escaped_ = false;
    bool ended_ = false;
    std::size_t rows_ = 0;
};

}  // namespace chathook::client
