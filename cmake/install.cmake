# What `cmake --install` puts in place: the archive, the headers, descriptions of both for CMake and for pkg-config, and the programs
# with their manual pages and their completion in bash.
# A static archive does not carry what it needs, so the descriptions name it: OpenMP, OpenBLAS, LAPACKE, zlib, liblzma, libm.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(ermopt_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ermopt)

install(TARGETS ermopt EXPORT ermoptTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# find_package(ermopt), target ermopt::ermopt
install(EXPORT ermoptTargets NAMESPACE ermopt:: DESTINATION ${ermopt_cmake_dir})
configure_package_config_file(cmake/ermoptConfig.cmake.in ermoptConfig.cmake INSTALL_DESTINATION ${ermopt_cmake_dir})
write_basic_package_version_file(ermoptConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ermoptConfig.cmake ${PROJECT_BINARY_DIR}/ermoptConfigVersion.cmake
  DESTINATION ${ermopt_cmake_dir})

# pkg-config --static --libs ermopt. The libraries stand in Libs.private as they were found, not as Requires.private: that would
# pull in what these need to be linked statically themselves, such as libgfortran.
file(RELATIVE_PATH ermopt_prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(ermopt_private_libs ${OPENBLAS_LDFLAGS} ${LAPACKE_LIBRARY})
if(ZLIB_FOUND)
  list(APPEND ermopt_private_libs -lz)
endif()
if(LIBLZMA_FOUND)
  list(APPEND ermopt_private_libs -llzma)
endif()
if(BZIP2_FOUND)
  list(APPEND ermopt_private_libs -lbz2)
endif()
if(ZSTD_FOUND)
  list(APPEND ermopt_private_libs ${ZSTD_LDFLAGS})
endif()
if("gomp" IN_LIST OpenMP_C_LIB_NAMES)
  list(APPEND ermopt_private_libs -lgomp)
else()
  list(APPEND ermopt_private_libs ${OpenMP_C_LIBRARIES})
endif()
list(JOIN ermopt_private_libs " " ermopt_private_libs)
configure_file(cmake/ermopt.pc.in ermopt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ermopt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(ERMOPT_BUILD_EXAMPLES)
  install(TARGETS ${ermopt_programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  foreach(program ${ermopt_programs}) # bash looks for a file of the program's name
    install(FILES examples/completion/ermopt.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
    install(FILES docs/man/${program}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  endforeach()
endif()
