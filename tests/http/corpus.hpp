// The requests of tests/http/corpus as bytes. Each is named by the section or the rule that decides it, and
// is a plain webhook except for the parts that the case replaces: "line", "host", "add" (further fields),
// "frame" (what frames the body), "body", or the whole request with "bytes". A code point of the JSON is a
// byte. Without "refuse", the status, it must be served; "ends" says that the connection ends with the
// answer. The flow tests read the same files.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace chathook::http::test {

struct CorpusCase {
    std::string name;
    std::string bytes;
    unsigned refuse = 0;  // 0: served
    bool ends = false;
};

// "\u00e9" is the one byte 0xe9.
inline std::string bytes_of(const std::string& utf8) {
    std::string bytes;
    for (std::size_t at = 0; at < utf8.size(); ++at) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        if (lead < 0x80) {
            bytes += utf8[at];
            continue;
        }
        if (lead > 0xc3 || at + 1 == utf8.size()) throw std::runtime_error("no byte: " + utf8);
        bytes += static_cast<char>(((lead & 3) << 6) | (static_cast<unsigned char>(utf8[++at]) & 0x3f));
    }
    return bytes;
}

class Corpus {
public:
    Corpus(std::string path, std::string body) {
        char size[16];
        std::snprintf(size, sizeof size, "%zx", body.size());
        char upper[16];
        std::snprintf(upper, sizeof upper, "%zX", body.size());
        const std::string ending = "0\r\n\r\n";
        std::string bytewise;
        for (const char c : body) bytewise += std::string("1\r\n") + c + "\r\n";
        values_ = {{"path", std::move(path)},
                   {"host", "hooks.example.com"},
                   {"signature", "00"},
                   {"signed", "X-Lynn-Hmac-Sha256: 00"},
                   {"length", std::to_string(body.size())},
                   {"size", size},
                   {"SIZE", upper},
                   {"chunks", std::string(size) + "\r\n" + body + "\r\n" + ending},
                   {"bytewise", bytewise + ending}};
        values_["body"] = std::move(body);
    }

    std::vector<CorpusCase> read(const std::filesystem::path& directory) const {
        std::vector<CorpusCase> cases;
        for (const auto& entry : std::filesystem::directory_iterator(directory)) {
            std::ifstream file(entry.path());
            for (const auto& written : nlohmann::json::parse(file)) {
                cases.push_back({.name = written.at("name"),
                                 .bytes = expanded(bytes_of(written_bytes(written))),
                                 .refuse = written.value("refuse", 0u),
                                 .ends = written.value("ends", false)});
            }
        }
        return cases;
    }

private:
    static std::string written_bytes(const nlohmann::json& written) {
        if (written.contains("bytes")) return written.at("bytes");
        const auto lines = [&](const char* part, std::vector<std::string> usual) {
            std::string text;
            for (const std::string& line : written.value(part, usual)) text += line + "\r\n";
            return text;
        };
        return written.value("line", std::string("POST {path} HTTP/1.1")) + "\r\n" +
               lines("host", {"Host: {host}"}) + "{signed}\r\nContent-Type: application/json\r\n" +
               lines("add", {}) + lines("frame", {"Content-Length: {length}"}) + "\r\n" +
               written.value("body", std::string("{body}"));
    }

    // {name} becomes its value, {text*N} N times the text.
    std::string expanded(const std::string& text) const {
        std::string result;
        std::size_t at = 0;
        while (true) {
            const std::size_t open = text.find('{', at);
            result.append(text, at, open - at);
            if (open == std::string::npos) return result;
            const std::size_t close = text.find('}', open);
            const std::string inner = text.substr(open + 1, close - open - 1);
            const std::size_t star = inner.rfind('*');
            if (star == std::string::npos) {
                result += values_.at(inner);
            } else {
                for (unsigned long left = std::stoul(inner.substr(star + 1)); left > 0; --left) {
                    result.append(inner, 0, star);
                }
            }
            at = close + 1;
        }
    }

    std::map<std::string, std::string> values_;
};

}  // namespace chathook::http::test
