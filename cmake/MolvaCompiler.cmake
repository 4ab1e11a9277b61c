# The language level, the warnings and the speed-ups that hold for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Most of the time of a source goes into the headers it includes, so a dozen neighbours are compiled
# as one. A name of an anonymous namespace is therefore used once in a folder; sources of tests that
# share one are compiled alone (ALONE of molva_test). The preset dev compiles each source by itself.
set(CMAKE_UNITY_BUILD ${MOLVA_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

# Seen by code of ours only: generated code and third-party headers (SYSTEM) are not held to it.
add_library(molva_warnings INTERFACE)
target_compile_options(molva_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # It takes a source that is included into another for a header.
  target_compile_options(molva_warnings INTERFACE -Wno-subobject-linkage)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 uses what it deprecates itself (std::stable_sort).
  target_compile_options(molva_warnings INTERFACE -Wthread-safety -Wno-deprecated-declarations)
endif()

if(MOLVA_SANITIZE)
  add_compile_options(-fsanitize=${MOLVA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MOLVA_SANITIZE})
endif()

find_program(MOLVA_CCACHE ccache)
if(MOLVA_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${MOLVA_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${MOLVA_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endif()
find_program(MOLVA_MOLD mold)
find_program(MOLVA_LLD NAMES ld.lld ld.lld-19)
if(MOLVA_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(MOLVA_LLD)
  add_link_options(-fuse-ld=lld)
endif()

# g++ 12 sees overflows in moves and assignments of std::string where there are none, once it has
# inlined enough (GCC bugs 105329 and 105651). For the files of the calling folder that it misjudges.
function(molva_misjudged_by_gcc_12)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS
      "-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread")
  endif()
endfunction()
