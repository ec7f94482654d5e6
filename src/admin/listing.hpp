// A list of the API, {"name":[rows]}, read a few rows at a time and written in the order of the journal. For
// the newest rows it first finds where they begin. Runs on the desk's thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "admin/long_answer.hpp"
#include "journal/ledgers.hpp"

namespace chathook::admin {

inline std::uint64_t& after_of(journal::Query& query) noexcept { return query.after_sequence; }
inline std::uint64_t& after_of(journal::RejectionQuery& query) noexcept { return query.after_number; }
inline std::uint64_t& before_of(journal::Query& query) noexcept { return query.before_sequence; }
inline std::uint64_t& before_of(journal::RejectionQuery& query) noexcept { return query.before_number; }
// Counting needs no events; a refused request's whole row is hardly larger than its number.
inline void read_places_only(journal::Query& query, bool only) noexcept { query.only_sequences = only; }
inline void read_places_only(journal::RejectionQuery&, bool) noexcept {}
inline std::uint64_t place_in(const journal::Reader::Row& row) noexcept { return row.sequence; }
inline std::uint64_t place_in(const journal::DeadLetter& letter) noexcept { return letter.sequence; }
inline std::uint64_t place_in(const journal::RecordedRejection& row) noexcept { return row.number; }

// `find` is the Reader's function for the query; `to_part` makes a part out of a row.
template <class Query, class Find, class ToPart>
class Listing {
public:
    Listing(std::string_view name, Query query, Find find, ToPart to_part)
        : open_("{\"" + std::string(name) + "\":["),
          query_(std::move(query)),
          left_(query_.limit),
          find_(std::move(find)),
          to_part_(std::move(to_part)) {}

    Result<Batch> operator()(journal::Reader& reader, std::size_t bytes_max) {
        if (query_.newest) return look_back(reader);
        Batch batch;
        if (left_ > 0) {
            query_.limit = left_;
            query_.bytes_max = bytes_max;
            const auto found = (reader.*find_)(query_);
            if (!found) return found.error();
            for (const auto& row : *found) {
                if (place_in(row) > last_) break;
                add(batch, to_part_(row));
            }
            left_ -= std::min(left_, found->size());
            after_of(query_) = found->passed;
            batch.more = found->more && found->passed < last_ && left_ > 0;
        }
        if (!batch.more)
            batch.parts.push_back({.before = std::exchange(open_, "") + "]}", .text = nullptr, .after = {}});
        return batch;
    }

private:
    // Counts from the newest backward; then the list begins with the last row that was counted.
    Result<Batch> look_back(journal::Reader& reader) {
        query_.limit = left_ - counted_;
        read_places_only(query_, true);
        const auto found = (reader.*find_)(query_);
        if (!found) return found.error();
        if (!found->empty()) {
            if (counted_ == 0) last_ = place_in(found->back());
            first_ = place_in(found->front());
            counted_ += found->size();
        }
        before_of(query_) = found->passed;
        if (!found->more || counted_ >= left_) {
            query_.newest = false;
            read_places_only(query_, false);
            left_ = counted_;
            if (counted_ > 0) after_of(query_) = first_ - 1;
        }
        return Batch{{}, true};
    }

    void add(Batch& batch, Part part) {
        part.before.insert(0, open_.empty() ? "," : std::exchange(open_, ""));
        batch.parts.push_back(std::move(part));
    }

    std::string open_;  // the opening of the list; empty once written
    Query query_;
    std::size_t left_;  // rows that may still come
    std::size_t counted_ = 0;
    std::uint64_t first_ = 0;
    std::uint64_t last_ = UINT64_MAX;
    Find find_;
    ToPart to_part_;
};

template <class Query, class Find, class ToPart>
ReadParts list(std::string_view name, Query query, Find find, ToPart to_part) {
    return Listing<Query, Find, ToPart>(name, std::move(query), std::move(find), std::move(to_part));
}

}  // namespace chathook::admin
