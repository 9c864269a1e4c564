/* bug.c — the end of a program that found its own mistake: one line, then abort. Nothing is
 * allocated or locked here, because what broke may be the heap or a lock. */
#include "core/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void bug_report(const char *file, int line, const char *func, const char *what)
{
    char text[512];
    int length = snprintf(text, sizeof(text), "BUG %s:%d %s: %s\n", file, line, func, what);
    if (length > 0) {
        size_t bytes = (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1;
        ssize_t written = write(STDERR_FILENO, text, bytes);
        (void)written; /* there is nobody left to tell */
    }
    abort();
}
