/* Symbol visibility and compiler attributes of the public API. */
#ifndef ONNXTREE_EXPORT_H
#define ONNXTREE_EXPORT_H

/* Marks what the library exports. */
#if defined(ONNXTREE_STATIC)
#  define ONNXTREE_API
#elif defined(_WIN32)
#  ifdef ONNXTREE_BUILDING
#    define ONNXTREE_API __declspec(dllexport)
#  else
#    define ONNXTREE_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define ONNXTREE_API __attribute__((visibility("default")))
#else
#  define ONNXTREE_API
#endif

/* Marks a function whose result must be looked at. */
#if defined(__GNUC__)
#  define ONNXTREE_NODISCARD __attribute__((warn_unused_result))
#else
#  define ONNXTREE_NODISCARD
#endif

#endif
