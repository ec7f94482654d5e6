// How a request was signed: every way of signing that a vendor file can say, tried with a known secret; and
// the usual ways that none can say, so that they can be named. For a person at a command only: what is found
// would help a forger. Texts made here hold no secret and no signature. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chathook/request.hpp>
#include <chathook/secret.hpp>

#include "doctor/cause_search.hpp"
#include "learn/lesson.hpp"

namespace chathook::learn {

struct Evidence {
    const Request& request;
    std::span<const Secret> secrets;
    std::size_t public_from = 0;  // of `secrets`, from this one on: public keys, which are never tried as
                                  // secrets, or whoever knows one could have a forgery learnt. So are those
                                  // before it that are public keys in PEM or SPKI
    std::string_view public_url;  // may be empty
};

struct Learned {
    std::vector<Lesson> lessons;       // that explain the request equally well; at most lessons_max
    std::vector<std::string> remarks;  // what was seen if there is no lesson; sentences
    bool complete = true;              // false: the limit was reached, or there were too many headers
    std::uint64_t bytes_left = 0;      // of the limit
};

inline constexpr std::size_t lessons_max = 8;

// The search ends after hashing `bytes_max` bytes, some seconds, whatever the request holds.
Learned learn(const Evidence& evidence, std::uint64_t bytes_max = doctor::hashed_bytes_max);

}  // namespace chathook::learn
