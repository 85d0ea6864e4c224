/* Tells AddressSanitizer which bytes of an allocation nobody may touch. Other builds do nothing. */
#ifndef OT_BASE_POISON_H
#define OT_BASE_POISON_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OT_HAS_POISON 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define OT_HAS_POISON 1
#endif

#ifdef OT_HAS_POISON
#include <sanitizer/asan_interface.h>
#else
#define OT_HAS_POISON 0
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#endif
