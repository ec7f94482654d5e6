# How every target is compiled: warnings are errors, ccache when it is there, sanitizers and hardening by preset.

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
                    -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees ghosts in coroutine frames and in inlined std::string, above all under the sanitizers.
    add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
                        -Wno-array-bounds -Wno-dangling-pointer -Wno-mismatched-new-delete)
    add_compile_options(-fcoroutines)
endif()

# Programs are compiled as libraries are, so that both can share the one precompiled header.
set(CMAKE_CXX_COMPILE_OPTIONS_PIE ${CMAKE_CXX_COMPILE_OPTIONS_PIC})

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
    endif()
endif()

# Files that are compiled together see each other's unnamed namespaces. So no two files of one room may give the same name
# to different things there; what a local name hides, and a coroutine's local type, are judged where files are alone.
if(CMAKE_UNITY_BUILD)
    add_compile_options(-Wno-shadow)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-subobject-linkage)
    endif()
endif()

if(CHATHOOK_SANITIZE)
    add_compile_options(-fsanitize=${CHATHOOK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${CHATHOOK_SANITIZE})
    if(CHATHOOK_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-tsan)  # Asio's fences; its scheduler synchronises by mutex besides
    endif()
endif()

if(CHATHOOK_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)  # so that libFuzzer sees which branches an input reaches
endif()

if(CHATHOOK_HARDENED)
    if(CHATHOOK_CORE_DUMPS)
        message(FATAL_ERROR "What is shipped keeps its memory to itself: CHATHOOK_CORE_DUMPS is for debugging builds")
    endif()
    add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
    add_compile_definitions(_FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
    add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
    # All of it ends up in programs, position independent as these are. What is compiled as for a shared library, which is
    # CMake's way with static ones, calls each function through a table and inlines none that another could stand in for.
    set(CMAKE_CXX_COMPILE_OPTIONS_PIC -fPIE)
    set(CMAKE_CXX_COMPILE_OPTIONS_PIE ${CMAKE_CXX_COMPILE_OPTIONS_PIC})
endif()

# One definition for the whole program: Asio and Beast are compiled once, in src/support/boost.cpp.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                        SPDLOG_COMPILED_LIB)
# Coroutine frames from the plain operator new, and a few more of them kept for the next request: glibc's aligned_alloc
# goes past its fast path, and nothing here is aligned to more than operator new gives.
add_compile_definitions(BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN
                        BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)
