# chathook_embed_files(room file...): makes the vendor files parts of the program, as a table of {name, text}:
#   #include "vendors/file_texts.hpp"  ->  chathook::vendors::file_texts
function(chathook_embed_files room)
    string(CONCAT text "// Made from src/vendors/files by files.cmake. Literals; any thread.\n#pragma once\n\n"
             "#include <array>\n#include <string_view>\n#include <utility>\n\nnamespace chathook::vendors {\n\n")
    list(LENGTH ARGN count)
    string(APPEND text "inline constexpr std::array<std::pair<std::string_view, std::string_view>, ${count}> file_texts{{\n")
    foreach(file ${ARGN})
        get_filename_component(name ${file} NAME_WE)
        file(READ ${file} body)
        # One literal has at most 65,535 characters (C++ standard, annex B).
        string(APPEND text "    {\"${name}\", R\"vendorfile(${body})vendorfile\"},\n")
    endforeach()
    string(APPEND text "}};\n\n}  // namespace chathook::vendors\n")
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/generated)
    file(GENERATE OUTPUT ${directory}/vendors/file_texts.hpp CONTENT "${text}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
    target_include_directories(${room} PRIVATE ${directory})
endfunction()
