// A test's own certificate authority and certificates that it signed, made by the openssl command. One
// thread.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "http/endpoints.hpp"
#include "net/tls.hpp"

namespace chathook::http::test {

class Certificates {
public:
    Certificates() {
        make_authority("ca");
        issue("server", "ca", "server", 2);
    }

    std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }

    // NAME.pem and NAME.key, whose subject is /CN=NAME.
    void make_authority(const std::string& name) const {
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout " +
            name + ".key -out " + name + ".pem -subj /CN=" + name);
    }

    // NAME.pem and NAME.key, whose subject is /CN=SUBJECT.
    void issue(const std::string& name, const std::string& authority, const std::string& subject,
               int days) const {
        run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + name +
            ".key -out request.pem -subj /CN=" + subject + " -addext subjectAltName=DNS:localhost");
        run("openssl x509 -req -in request.pem -CA " + authority + ".pem -CAkey " + authority +
            ".key -CAcreateserial -copy_extensions copyall -days " + std::to_string(days) + " -out " + name +
            ".pem");
    }

    net::TlsFiles files(const std::string& name, const std::string& client_ca = "") const {
        return {file(name + ".pem"), file(name + ".key"), client_ca.empty() ? "" : file(client_ca + ".pem")};
    }

    net::TlsContext load(const net::TlsFiles& files) const {
        return std::get<net::TlsContext>(net::load_tls(files));
    }

    // Runs it in the directory of the files.
    void run(const std::string& command) const {
        const std::string line = "cd " + directory_.path().string() + " && " + command + " >/dev/null 2>&1";
        if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: " + command);
    }

private:
    TempDirectory directory_;
};

}  // namespace chathook::http::test
