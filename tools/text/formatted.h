/* Lets the compiler check the arguments of functions that take a printf format. */
#ifndef TOOLS_TEXT_FORMATTED_H
#define TOOLS_TEXT_FORMATTED_H

#if defined(__GNUC__)
#define FORMATTED(text, first) __attribute__((format(printf, text, first)))
#else
#define FORMATTED(text, first)
#endif

#endif
