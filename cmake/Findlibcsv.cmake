# libcsv::libcsv. The library comes as a header and an archive, without a file for CMake or pkg-config.
if(TARGET libcsv::libcsv)
  set(libcsv_FOUND TRUE)
  return()
endif()
find_path(libcsv_INCLUDE_DIR csv.h)
find_library(libcsv_LIBRARY NAMES csv libcsv)
mark_as_advanced(libcsv_INCLUDE_DIR libcsv_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libcsv REQUIRED_VARS libcsv_LIBRARY libcsv_INCLUDE_DIR)
if(libcsv_FOUND)
  add_library(libcsv::libcsv UNKNOWN IMPORTED)
  set_target_properties(libcsv::libcsv PROPERTIES
    IMPORTED_LOCATION "${libcsv_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${libcsv_INCLUDE_DIR}")
endif()
