/* fuzz.h — what a fuzz target is: it must return 0 and hold its own assertions (BUG_IF) whatever
 * the bytes are. Named as libFuzzer wants it. */
#ifndef JN_TESTS_FUZZ_H
#define JN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
