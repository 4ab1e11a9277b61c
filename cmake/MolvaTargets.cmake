# The three kinds of target: a module of the server, a plugin, a test program.

# The headers that nearly every source includes, compiled once and shared by all modules.
add_library(molva_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_link_libraries(molva_pch PRIVATE molva_warnings fmt::fmt simdjson::simdjson absl::status absl::time)
target_include_directories(molva_pch PRIVATE ${CMAKE_SOURCE_DIR}/server)
# What the fuzzers look for new paths in.
add_library(molva_fuzzed INTERFACE)
if(MOLVA_FUZZERS)
  target_compile_options(molva_fuzzed INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_link_libraries(molva_pch PRIVATE molva_fuzzed)
target_precompile_headers(molva_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)

# molva_module(topic DEPS molva_model … LIBS fmt::fmt …): server/<name> as the static library
# molva_<name>, from every .cc below the folder. DEPS are modules of ours, LIBS third-party.
function(molva_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  foreach(excluded IN LISTS ARG_EXCLUDE)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${excluded})
  endforeach()
  if(sources)
    add_library(molva_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(molva_${name} PRIVATE molva_warnings molva_fuzzed)
    target_precompile_headers(molva_${name} REUSE_FROM molva_pch)
  else()
    add_library(molva_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(molva_${name} ${scope} ${CMAKE_SOURCE_DIR}/server)
  target_link_libraries(molva_${name} ${scope} ${ARG_DEPS} ${ARG_LIBS})
endfunction()

# molva_plugin(store_sqlite LIBS SQLite::SQLite3): plugins/<name> as the shared library
# <name>.so that exports one symbol.
function(molva_plugin name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(${name} MODULE ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/plugins/sdk/include ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE molva_warnings ${ARG_LIBS})
  # Weak std:: symbols would still be exported by hidden visibility alone.
  target_link_options(${name} PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/plugins/sdk/exports.map)
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/molva/plugins)
endfunction()

# molva_test(unit_topic DEPS molva_topic): a Catch2 program from every .cc of the folder,
# registered with CTest under its own name. ALONE: sources with names of their own that others of the
# folder use for something else.
function(molva_test name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;ALONE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/server)
  target_link_libraries(${name} PRIVATE molva_warnings molva_catch_main ${ARG_DEPS} ${ARG_LIBS})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
