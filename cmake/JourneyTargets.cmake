# journey_target(<target>): the compile settings that every target of this project shares. They are set per
# target, never globally, so that a parent project keeps its own.
function(journey_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE
      -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
      -Wcast-align -Wunused -Woverloaded-virtual
      $<$<NOT:$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wshadow>  # of sources compiled together, one's names are not the other's
      -Wdouble-promotion -Wimplicit-fallthrough)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # A designated initialiser that leaves the rest to the defaults is how options are written here.
      target_compile_options(${target} PRIVATE -Wno-missing-field-initializers)
      # What g++ 12 says of the standard library's own strings and vectors once it optimises is not so, which goes for
      # -Wnull-dereference, too.
      target_compile_options(${target} PRIVATE -Wno-restrict)
    else()
      target_compile_options(${target} PRIVATE -Wno-missing-field-initializers -Wno-missing-braces -Wnull-dereference)
    endif()
    if(JOURNEY_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()
  if(CMAKE_UNITY_BUILD)
    journey_group_sources(${target})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # A class of a source that is compiled with others may have members of a type that is the source's own.
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
  endif()
  # JOURNEY_CHECK aborts where somebody is looking.
  target_compile_definitions(${target} PRIVATE "$<$<CONFIG:Debug>:JOURNEY_CHECKED>")
endfunction()

# journey_group_sources(<target>): with CMAKE_UNITY_BUILD, which sources are compiled together: up to eight of one
# folder, in which names are unique, so that a new source elsewhere changes nothing. Those that draw are compiled each
# by itself: each has measures and templates of its own.
function(journey_group_sources target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources EXCLUDE REGEX "/(html|svg)_[^/]*$")
  list(SORT sources)
  set(before "")
  set(count 0)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    if(NOT folder STREQUAL before)
      set(before "${folder}")
      set(count 0)
    endif()
    math(EXPR part "${count} / 8")
    math(EXPR count "${count} + 1")
    cmake_path(GET folder FILENAME stage)
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${stage}_${part}")
  endforeach()
endfunction()
