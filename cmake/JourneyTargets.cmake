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
      $<$<OR:$<CONFIG:Debug>,$<NOT:$<CXX_COMPILER_ID:GNU>>>:-Wnull-dereference>
      -Wdouble-promotion -Wimplicit-fallthrough)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # A designated initialiser that leaves the rest to the defaults is how options are written here.
      target_compile_options(${target} PRIVATE -Wno-missing-field-initializers)
      # What g++ 12 says of the standard library's own strings and vectors once it optimises is not so.
      target_compile_options(${target} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-Wno-restrict>)
    else()
      target_compile_options(${target} PRIVATE -Wno-missing-field-initializers -Wno-missing-braces)
    endif()
    if(JOURNEY_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()
  # JOURNEY_CHECK aborts where somebody is looking.
  target_compile_definitions(${target} PRIVATE "$<$<CONFIG:Debug>:JOURNEY_CHECKED>")
endfunction()
