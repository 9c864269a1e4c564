/* arena.c — a chain of blocks, each twice the size of the one before up to BLOCK_BYTES_MAX. */
#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAGIC       UINT32_C(0x41524e41)
#define ALIGNMENT         ((size_t)16)
#define BLOCK_BYTES_FIRST ((size_t)4096)
#define BLOCK_BYTES_MAX   ((size_t)1 << 20)

struct block {
    struct block *next; /* older */
    size_t capacity;
    size_t used;
    _Alignas(16) uint8_t data[];
};

struct arena {
    uint32_t magic;
    size_t bytes_max;
    size_t bytes_used;
    struct block *newest;
    struct block *first;
};

static struct block *block_create(size_t capacity, struct block *next)
{
    struct block *block = malloc(sizeof(*block) + capacity);
    BUG_IF(block == NULL);
    block->next = next;
    block->capacity = capacity;
    block->used = 0;
    return block;
}

struct arena *arena_create(size_t bytes_max)
{
    BUG_IF(bytes_max == 0 || bytes_max > SIZE_MAX / 2);
    struct arena *arena = calloc(1, sizeof(*arena));
    BUG_IF(arena == NULL);
    arena->magic = ARENA_MAGIC;
    arena->bytes_max = bytes_max;
    arena->first = block_create(BLOCK_BYTES_FIRST, NULL);
    arena->newest = arena->first;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    OBJ_CHECK(arena, ARENA_MAGIC);
    struct block *block = arena->newest;
    while (block != NULL) {
        struct block *older = block->next;
        free(block);
        block = older;
    }
    arena->magic = 0;
    free(arena);
}

void arena_free_ptr(struct arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

void arena_reset(struct arena *arena)
{
    OBJ_CHECK(arena, ARENA_MAGIC);
    while (arena->newest != arena->first) {
        struct block *older = arena->newest->next;
        free(arena->newest);
        arena->newest = older;
    }
    arena->first->used = 0;
    arena->bytes_used = 0;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    OBJ_CHECK(arena, ARENA_MAGIC);
    BUG_IF(bytes > arena->bytes_max);
    size_t rounded = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (rounded == 0) {
        rounded = ALIGNMENT; /* each allocation has an address of its own */
    }
    BUG_IF(rounded > arena->bytes_max - arena->bytes_used);
    struct block *block = arena->newest;
    if (block->capacity - block->used < rounded) {
        size_t capacity = block->capacity * 2;
        if (capacity > BLOCK_BYTES_MAX) {
            capacity = BLOCK_BYTES_MAX;
        }
        if (capacity < rounded) {
            capacity = rounded;
        }
        block = block_create(capacity, block);
        arena->newest = block;
    }
    void *at = block->data + block->used;
    block->used += rounded;
    arena->bytes_used += rounded;
    return memset(at, 0, rounded);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes_each)
{
    size_t bytes;
    BUG_IF(__builtin_mul_overflow(count, bytes_each, &bytes));
    return arena_alloc(arena, bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    BUG_IF(length == SIZE_MAX);
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    BUG_IF(length < 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    va_start(arguments, format);
    int written = vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    BUG_IF(written != length);
    return text;
}

size_t arena_bytes_used(const struct arena *arena)
{
    OBJ_CHECK(arena, ARENA_MAGIC);
    return arena->bytes_used;
}
