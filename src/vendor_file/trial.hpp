// A vendor file held to its own proofs: its vectors, which are signed requests that others made, and its
// samples. Pure; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathook/reply.hpp"
#include "vendor_file/vector_reading.hpp"
#include "vendor_file/vendor_file.hpp"
#include "yaml/findings.hpp"

namespace chathook::vendor_file {

// What came of a vector or a sample. The pointers live as long as the file.
struct Outcome {
    std::string what;                // "vector https://example.com/docs", "sample escalated"
    int line = 0;                    // of the vector; 0 for a sample
    std::string problem;             // empty: as the file says
    const Sample* sample = nullptr;  // null for a vector
    std::optional<Reply> answer;     // to a sample that is a handshake
    std::string remark;              // on the answer; may be empty
};

struct Trial {
    std::unique_ptr<VendorFile> file;  // null if the text is no YAML
    std::vector<Outcome> outcomes;     // none if the findings have an error
};

// Reads the file and tries it. It is warned of what shows in the samples alone, and of a file without a
// vector.
Trial try_file(std::string name, std::string_view text, yaml::Findings& findings);

}  // namespace chathook::vendor_file
