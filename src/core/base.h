/* base.h — what every file may assume: fixed-width types, attributes, assertions, sizes.
 *
 * Assertions stay on in production (STYLE 7). BUG_IF(x) says the fault is ours: it prints where and
 * aborts; the database rolls back the open transaction. A peer's bad input is never a BUG_IF, it is
 * a returned `enum err`.
 *
 * Non-goals: portability beyond Linux with gcc or clang (gnu17). */
#ifndef JN_CORE_BASE_H
#define JN_CORE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JN_MUST_USE     __attribute__((warn_unused_result))
#define JN_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define JN_NORETURN     __attribute__((noreturn))
#define JN_CLEANUP(fn)  __attribute__((cleanup(fn)))
#define JN_LIKELY(x)    __builtin_expect(!!(x), 1)
#define JN_UNLIKELY(x)  __builtin_expect(!!(x), 0)

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Hands a pointer over: yields it and leaves NULL behind, so that the cleanup attribute of the
 * giver does nothing. */
#define TAKE_PTR(p)                                                                                \
    ({                                                                                             \
        __typeof__(p) *taken_from_ = &(p);                                                         \
        __typeof__(p) taken_ = *taken_from_;                                                       \
        *taken_from_ = NULL;                                                                       \
        taken_;                                                                                    \
    })

JN_NORETURN void bug_report(const char *file, int line, const char *func, const char *what);

/* The condition names the bug, not the expectation. Evaluated exactly once, in every build. */
#define BUG_IF(cond)                                                                               \
    do {                                                                                           \
        if (JN_UNLIKELY(cond)) {                                                                   \
            bug_report(__FILE__, __LINE__, __func__, #cond);                                       \
        }                                                                                          \
    } while (0)

/* A tagged object: the first member is `uint32_t magic`. OBJ_CHECK stops at once when a void
 * pointer turned out to be something else or was freed (STYLE 8). */
#define OBJ_CHECK(p, magic_value) BUG_IF((p) == NULL || (p)->magic != (magic_value))

#endif
