/* The version of the library. CMake reads it from here. */
#ifndef ERMOPT_VERSION_H
#define ERMOPT_VERSION_H

#define ERM_VERSION_MAJOR 0
#define ERM_VERSION_MINOR 1
#define ERM_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": the version of the library that was linked, to be compared with the header's. */
const char *erm_version(void);

#ifdef __cplusplus
}
#endif

#endif
