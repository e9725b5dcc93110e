# Configures, builds and runs the project CLIENT in WORK, from nothing. Its programs client_<one of CLIENTS> check
# themselves; PROGRAM has to print what the file EXPECTED holds. With REFUSED there is nothing to build: the
# configuration has to fail with a message that names it.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")
file(REMOVE_RECURSE "${WORK}")
string(REPLACE "|" ";" OPTIONS "${OPTIONS}")
string(REPLACE "|" ";" CLIENTS "${CLIENTS}")
set(configure "${CMAKE_COMMAND}" -S "${CLIENT}" -B "${WORK}" -G "${GENERATOR}" ${SETTINGS} ${OPTIONS}
    "-DWANT=${WANT}" "-DFLAGS=${FLAGS}" --no-warn-unused-cli)
if(REFUSED)
  execute_process(COMMAND ${configure} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0 OR NOT output MATCHES "journey.*${REFUSED}")
    message(FATAL_ERROR "not refused as it should be:\n${output}")
  endif()
  return()
endif()

if(NOT CLIENTS AND NOT PROGRAM)
  message(FATAL_ERROR "nothing to run")
endif()
Run(${configure})
Run("${CMAKE_COMMAND}" --build "${WORK}")
foreach(name IN LISTS CLIENTS)
  Run("${WORK}/client_${name}")
endforeach()
if(PROGRAM)
  Run(sh "${CMAKE_CURRENT_LIST_DIR}/../../examples/compare.sh" "${EXPECTED}" "${WORK}/${PROGRAM}")
endif()
