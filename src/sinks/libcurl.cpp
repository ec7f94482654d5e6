#include "sinks/libcurl.hpp"

#include <dlfcn.h>

namespace chathook::sinks {
namespace {

// The name under which libcurl 7.16 and everything after it is installed.
constexpr const char* system_library = "libcurl.so.4";

[[noreturn]] void throw_missing(const std::string& why) {
    throw LibcurlMissing("libcurl cannot be used (" + why + "); install the package libcurl4");
}

std::string last_error() {
    const char* error = ::dlerror();
    return error == nullptr ? "unknown reason" : error;
}

}  // namespace

Libcurl load_libcurl(const std::string& name) {
    void* library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw_missing(last_error());
    Libcurl loaded;
    const auto find = [&](auto& function, const char* symbol) {
        void* found = ::dlsym(library, symbol);
        if (found == nullptr) throw_missing(last_error());
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(found);
    };
#define CHATHOOK_FIND(name) find(loaded.name, "curl_" #name);
    CHATHOOK_LIBCURL(CHATHOOK_FIND)
#undef CHATHOOK_FIND
    const CURLcode started = loaded.global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw_missing(loaded.easy_strerror(started));
    return loaded;
}

const Libcurl& libcurl() {
    static const Libcurl loaded = load_libcurl(system_library);
    return loaded;
}

}  // namespace chathook::sinks
