/* Version of the headers (compile time) and of the library (run time). The macros are the single source of the project's version. */
#ifndef ONNXTREE_VERSION_H
#define ONNXTREE_VERSION_H

#include <onnxtree/export.h>

#define ONNXTREE_VERSION_MAJOR 0        /* changes with every incompatible change, once it is not 0 */
#define ONNXTREE_VERSION_MINOR 1        /* new functions */
#define ONNXTREE_VERSION_PATCH 0        /* corrections */
#define ONNXTREE_VERSION_STRING "0.1.0" /* the three numbers as text */

/* Number of the binary interface: programs built against one number run with any library that reports the same. It is the SOVERSION. */
#define ONNXTREE_ABI_VERSION 0

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the library that is running, e.g. "0.1.0". Static storage; never NULL. Thread-safe. */
ONNXTREE_API const char *onnxtree_version(void);

/* ABI number of the library that is running; compare with ONNXTREE_ABI_VERSION. Thread-safe. */
ONNXTREE_API int onnxtree_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif
