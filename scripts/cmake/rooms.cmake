# chathook_room(name SOURCES a.cpp b.cpp LINKS other_room library ...)
# A room is a static library that sees include/ and src/ and shares the one precompiled header. The headers in the
# precompiled set are a matter of build time only: every file includes what it uses, and tests/tidy_test checks that.
function(chathook_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS" ${ARGN})
    add_library(${name} STATIC ${ROOM_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC ${ROOM_LINKS} Boost::headers Threads::Threads)
    chathook_precompile(${name})
endfunction()

function(chathook_precompile target)
    target_link_libraries(${target} PRIVATE spdlog::spdlog nlohmann_json::nlohmann_json OpenSSL::SSL)
    target_precompile_headers(${target} REUSE_FROM precompiled)
endfunction()

# chathook_test(room SOURCES x_test.cpp ... LINKS room ... APART y_test.cpp ...)
# One test program a room; every TEST_CASE in it is named by a sentence. APART: those of the SOURCES that give a name to
# something else than another file of the room does, so that the two cannot be compiled as one.
function(chathook_test room)
    cmake_parse_arguments(TEST "" "" "SOURCES;LINKS;APART" ${ARGN})
    add_executable(${room}_test ${TEST_SOURCES})
    set_source_files_properties(${TEST_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${room}_test PRIVATE CHATHOOK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_link_libraries(${room}_test PRIVATE ${TEST_LINKS} catch_main)
    chathook_precompile(${room}_test)
    add_test(NAME ${room} COMMAND ${room}_test --order lex --warn NoAssertions)
    set_tests_properties(${room} PROPERTIES TIMEOUT 300)
endfunction()
