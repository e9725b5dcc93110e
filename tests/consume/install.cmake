# Installs BUILD, moves the tree to PREFIX, and runs the COMMAND in it, if there is one.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")
Relocate("${BUILD}" "${PREFIX}")
if(COMMAND)
  Run("${PREFIX}/${COMMAND}" --help)
endif()
