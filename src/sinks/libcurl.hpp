// The functions of libcurl, loaded when the first one is used: with the 27 libraries that it brings it
// takes 3.8 MiB of a daemon that may have no http sink. All that the program uses of it stands here. Any
// thread.
#pragma once

#include <stdexcept>
#include <string>

#include <curl/curl.h>

namespace chathook::sinks {

// The functions, without the curl_ of their names.
#define CHATHOOK_LIBCURL(function)                                                                          \
    function(easy_cleanup) function(easy_escape) function(easy_getinfo) function(easy_init)                 \
        function(easy_perform) function(easy_setopt) function(easy_strerror) function(free)                 \
            function(global_init) function(multi_add_handle) function(multi_cleanup)                        \
                function(multi_info_read) function(multi_init) function(multi_perform) function(multi_poll) \
                    function(multi_remove_handle) function(multi_wakeup) function(slist_append)             \
                        function(slist_free_all) function(url) function(url_cleanup) function(url_get)      \
                            function(url_set) function(url_strerror) function(version_info)

struct Libcurl {
#define CHATHOOK_POINTER(name) decltype(&::curl_##name) name = nullptr;
    CHATHOOK_LIBCURL(CHATHOOK_POINTER)
#undef CHATHOOK_POINTER
};

// The library is not there, or lacks a function. The message says which package to install.
class LibcurlMissing : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Loads the library of this file name and initialises it; throws LibcurlMissing. It stays until the process
// ends.
Libcurl load_libcurl(const std::string& name);

// The one of the system, which is loaded by the first call; throws LibcurlMissing, and tries again at the
// next call.
const Libcurl& libcurl();

}  // namespace chathook::sinks
