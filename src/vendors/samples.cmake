# chathook_embed_samples(room file...): turns samples/<vendor>/<name>.json into string literals that every vendor
# module can list, without the file's last line feed:
#   #include "vendors/sample_texts.hpp"  ->  chathook::vendors::samples::newoaks_lead
function(chathook_embed_samples room)
    string(CONCAT text "// Made from src/vendors/samples by samples.cmake. Literals; any thread.\n#pragma once\n\n"
             "#include <string_view>\n\nnamespace chathook::vendors::samples {\n")
    foreach(file ${ARGN})
        get_filename_component(vendor ${file} DIRECTORY)
        get_filename_component(vendor ${vendor} NAME)
        get_filename_component(name ${file} NAME)
        string(REGEX REPLACE "\\.json$" "" name ${name})
        string(MAKE_C_IDENTIFIER ${vendor}_${name} identifier)
        string(TOLOWER ${identifier} identifier)
        file(READ ${file} body)
        string(REGEX REPLACE "\n$" "" body "${body}")
        string(APPEND text "inline constexpr std::string_view ${identifier} =\n    R\"sample(${body})sample\";\n")
    endforeach()
    string(APPEND text "}  // namespace chathook::vendors::samples\n")
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/generated)
    file(GENERATE OUTPUT ${directory}/vendors/sample_texts.hpp CONTENT "${text}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
    target_include_directories(${room} PRIVATE ${directory})
endfunction()
