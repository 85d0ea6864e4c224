# What `cmake --install` puts where, in three components: runtime (the shared library), development, command.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(onnxtree_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/onnxtree")
set(onnxtree_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(TARGETS onnxtree_static EXPORT onnxtree_static ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(EXPORT onnxtree_static NAMESPACE onnxtree:: FILE onnxtree-static.cmake DESTINATION "${onnxtree_cmake_dir}" COMPONENT development)
if(ONNXTREE_BUILD_SHARED)
  install(TARGETS onnxtree_shared EXPORT onnxtree_shared
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT development
          RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime)
  install(EXPORT onnxtree_shared NAMESPACE onnxtree:: FILE onnxtree-shared.cmake DESTINATION "${onnxtree_cmake_dir}" COMPONENT development)
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/onnxtree" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/onnxtree-config.cmake.in" "${PROJECT_BINARY_DIR}/onnxtree-config.cmake"
                              INSTALL_DESTINATION "${onnxtree_cmake_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/onnxtree-config-version.cmake" VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/onnxtree-config.cmake" "${PROJECT_BINARY_DIR}/onnxtree-config-version.cmake"
        DESTINATION "${onnxtree_cmake_dir}" COMPONENT development)

# Paths in the .pc file are relative to the file itself, so that an installed tree can be moved; absolute only where the user gave absolute ones.
file(RELATIVE_PATH pc_prefix "/prefix/${onnxtree_pc_dir}" "/prefix")
string(REGEX REPLACE "/$" "" pc_prefix "\${pcfiledir}/${pc_prefix}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
endif()
foreach(kind IN ITEMS LIB INCLUDE)
  set(pc_${kind}DIR "\${prefix}/${CMAKE_INSTALL_${kind}DIR}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}DIR}")
    set(pc_${kind}DIR "${CMAKE_INSTALL_${kind}DIR}")
  endif()
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/onnxtree.pc.in" "${PROJECT_BINARY_DIR}/onnxtree.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/onnxtree.pc" DESTINATION "${onnxtree_pc_dir}" COMPONENT development)

if(ONNXTREE_BUILD_COMMAND)
  install(TARGETS onnxtree_command RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT command)
  get_property(pages GLOBAL PROPERTY onnxtree_pages)
  get_property(completions GLOBAL PROPERTY onnxtree_completions)
  if(pages)
    list(GET completions 0 bash)
    list(GET completions 1 zsh)
    list(GET completions 2 fish)
    install(FILES ${pages} DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT command)
    install(FILES "${bash}" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME onnxtree COMPONENT command)
    install(FILES "${zsh}" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" RENAME _onnxtree COMPONENT command)
    install(FILES "${fish}" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" RENAME onnxtree.fish COMPONENT command)
  endif()
endif()
install(FILES "${PROJECT_SOURCE_DIR}/docs/man/libonnxtree.3" DESTINATION "${CMAKE_INSTALL_MANDIR}/man3" COMPONENT development)
