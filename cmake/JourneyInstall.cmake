# install: headers, libraries, the command, and what find_package and pkg-config need. Nothing in it names the
# prefix: an installed tree can be moved.
include(CMakePackageConfigHelpers)
set(journey_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/journey")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/journey" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h" PATTERN "io" EXCLUDE)
install(TARGETS journey EXPORT journeyTargets)
install(EXPORT journeyTargets NAMESPACE journey:: DESTINATION "${journey_config_dir}")
set(journey_find_modules "${PROJECT_SOURCE_DIR}/cmake/Findlibsodium.cmake")

if(TARGET journey_io)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/journey/io" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/journey"
          FILES_MATCHING PATTERN "*.h")
  install(TARGETS journey_io EXPORT journey-ioTargets)
  install(EXPORT journey-ioTargets NAMESPACE journey:: DESTINATION "${journey_config_dir}")
  list(APPEND journey_find_modules "${PROJECT_SOURCE_DIR}/cmake/Findlibcsv.cmake")
endif()

# The command, and a shared journey-io, find the shared libraries where they were installed beside them.
file(RELATIVE_PATH journey_bin_to_lib "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
if(TARGET journey_io)
  set_target_properties(journey_io PROPERTIES INSTALL_RPATH "$ORIGIN")
endif()
if(TARGET journey_cli)
  set_target_properties(journey_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${journey_bin_to_lib}")
  install(TARGETS journey_cli)
endif()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/journeyConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/journeyConfig.cmake" INSTALL_DESTINATION "${journey_config_dir}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/journeyConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/journeyConfig.cmake" "${PROJECT_BINARY_DIR}/journeyConfigVersion.cmake"
              ${journey_find_modules} DESTINATION "${journey_config_dir}")

# journey.pc and journey-io.pc. What an archive links has to be named to everyone who links the archive; a shared
# library needs its own dependencies only in Requires.private.
cmake_path(APPEND journey_pc_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND journey_pc_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
file(RELATIVE_PATH journey_pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" journey_pc_to_prefix "${journey_pc_to_prefix}")
set(journey_pc_requires "absl_inlined_vector absl_status absl_statusor")
set(journey_pc_private "absl_flat_hash_map absl_flat_hash_set absl_span fmt libsodium")
set(journey_io_pc_private "simdjson zlib")
if(BUILD_SHARED_LIBS)
  set(journey_pc_requires_private "${journey_pc_private}")
  set(journey_io_pc_requires_private "${journey_io_pc_private}")
  set(journey_pc_libs_private "-pthread")
  set(journey_io_pc_libs_private "-lcsv")
else()
  string(APPEND journey_pc_requires " ${journey_pc_private}")
  string(APPEND journey_io_pc_requires "${journey_io_pc_private}")
  set(journey_pc_libs "-pthread")
  set(journey_io_pc_libs "-lcsv")
endif()
set(journey_pc_names journey)
if(TARGET journey_io)
  list(APPEND journey_pc_names journey-io)
endif()
foreach(name IN LISTS journey_pc_names)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
