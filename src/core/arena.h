/* arena.h — memory whose lifetime is a process, a connection, a request or a transaction attempt
 * (STYLE 10). Allocation never fails for the caller: out of memory, and passing the maximum given
 * at creation, are bugs of sizing and abort; bound input before it reaches an arena. */
#ifndef JN_CORE_ARENA_H
#define JN_CORE_ARENA_H

#include "core/base.h"

struct arena;

/* bytes_max bounds the sum of what is handed out. */
struct arena *arena_create(size_t bytes_max);
void arena_free(struct arena *arena); /* NULL is fine */
void arena_free_ptr(struct arena **arena);
void arena_reset(struct arena *arena); /* keeps the first block */
/* Zeroed, aligned to 16. */
void *arena_alloc(struct arena *arena, size_t bytes);
void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes_each);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) JN_PRINTF(2, 3);
size_t arena_bytes_used(const struct arena *arena);

#endif
