// A Node.js process that answers questions over pipes: the independent oracle for what JavaScript does. One
// list of byte strings goes out, one comes back; frames.mjs is the peer. One thread.
#pragma once

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chathook::test {

using ByteStrings = std::vector<std::string>;

class NodeOracle {
public:
    // `script` is relative to the project's root. Throws if node is not installed.
    explicit NodeOracle(const std::string& script) {
        std::signal(SIGPIPE, SIG_IGN);  // a dead node is a failed ask(), with its message above
        int questions[2], answers[2];
        if (pipe(questions) != 0 || pipe(answers) != 0) throw std::runtime_error("no pipe");
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, questions[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, answers[1], STDOUT_FILENO);
        for (const int end : {questions[0], questions[1], answers[0], answers[1]}) {
            posix_spawn_file_actions_addclose(&actions, end);
        }
        std::string path = std::string(CHATHOOK_SOURCE_DIR) + "/" + script;
        std::string program = "node";
        char* arguments[] = {program.data(), path.data(), nullptr};
        const int error = posix_spawnp(&process_, "node", &actions, nullptr, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
        close(questions[0]);
        close(answers[1]);
        out_ = questions[1];
        in_ = answers[0];
        if (error != 0) {
            close(out_);
            close(in_);
            throw std::runtime_error("these tests ask Node.js: install nodejs 18 or newer");
        }
    }

    ~NodeOracle() {
        close(out_);
        close(in_);
        waitpid(process_, nullptr, 0);
    }

    NodeOracle(const NodeOracle&) = delete;
    NodeOracle& operator=(const NodeOracle&) = delete;

    ByteStrings ask(const ByteStrings& questions) {
        std::string payload;
        for (const std::string& question : questions) append(payload, question);
        std::string frame;
        append(frame, payload);
        // The peer reads a whole frame before it answers, so neither end can block the other.
        write(frame);
        std::string answer = read(size_of(read(4)));
        ByteStrings answers;
        for (std::size_t at = 0; at < answer.size();) {
            const std::size_t size = size_of(std::string_view(answer).substr(at, 4));
            answers.push_back(answer.substr(at + 4, size));
            at += 4 + size;
        }
        return answers;
    }

private:
    static void append(std::string& out, std::string_view bytes) {
        for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(bytes.size() >> shift);
        out += bytes;
    }

    static std::size_t size_of(std::string_view bytes) {
        std::uint32_t size = 0;
        for (unsigned i = 0; i < 4; ++i) {
            size |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes.at(i))) << (8 * i);
        }
        return size;
    }

    // Both are retried after a signal: libFuzzer's timer sends them.
    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(out_, bytes.data(), bytes.size());
            if (written > 0)
                bytes.remove_prefix(static_cast<std::size_t>(written));
            else if (errno != EINTR)
                throw std::runtime_error("node stopped listening");
        }
    }

    std::string read(std::size_t size) const {
        std::string bytes(size, '\0');
        for (std::size_t at = 0; at < size;) {
            const ssize_t got = ::read(in_, bytes.data() + at, size - at);
            if (got > 0)
                at += static_cast<std::size_t>(got);
            else if (got == 0 || errno != EINTR)
                throw std::runtime_error("node stopped answering");
        }
        return bytes;
    }

    pid_t process_ = -1;
    int out_ = -1;
    int in_ = -1;
};

}  // namespace chathook::test
