# Tests that are shell scripts: they look at the source tree, the built archive and the installed library.
add_test(NAME layers COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/layers.sh ${PROJECT_SOURCE_DIR})
add_test(NAME size COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/size.sh ${PROJECT_SOURCE_DIR})

# Sanitizers and coverage put their own variables and calls into the archive.
if(NOT ERMOPT_SANITIZE AND NOT CMAKE_C_FLAGS MATCHES "--coverage")
  add_test(NAME symbols COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/symbols.sh $<TARGET_FILE:ermopt>)
  if(CMAKE_C_COMPILER_ID MATCHES Clang)
    set(cxx clang++)
  else()
    set(cxx c++)
  endif()
  add_test(NAME install COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/install_test.sh
    ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${CMAKE_C_COMPILER} ${cxx})
endif()

# The table of solvers in the docs is what the library says.
add_executable(coverage coverage.c)
target_link_libraries(coverage PRIVATE test_support)
add_test(NAME coverage_table COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/coverage.sh $<TARGET_FILE:coverage>
  ${PROJECT_SOURCE_DIR}/docs/coverage.md)
