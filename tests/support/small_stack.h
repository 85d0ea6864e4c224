/* Runs a function in a thread whose stack has 64 KiB (1 MiB under sanitizers, whose frames are larger). */
#ifndef TESTS_SUPPORT_SMALL_STACK_H
#define TESTS_SUPPORT_SMALL_STACK_H

/* Exits when there is no thread. */
void with_small_stack(void *(*function)(void *context), void *context);

#endif
