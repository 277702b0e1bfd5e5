# What `cmake --install` puts in place.
include(GNUInstallDirs)
install(TARGETS ermopt ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
