/* fuzz_driver.c — runs a fuzz target without libFuzzer: every kept input as it is, then mutations
 * of them from a seed, so that the suite finds the shallow faults with any compiler and finds the
 * same ones again. tools/fuzz builds the same targets with libFuzzer for the deep ones.
 *
 *   fuzz_x [-n MUTATIONS] [-s SEED] FILE|DIRECTORY... */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base.h"
#include "core/rng.h"
#include "core/str.h"
#include "fuzz.h"

#define INPUTS_MAX      4096
#define INPUT_BYTES_MAX ((size_t)256 * 1024)

struct input {
    uint8_t *data;
    size_t length;
};
struct inputs {
    struct input all[INPUTS_MAX];
    size_t count;
};

static void load_file(struct inputs *inputs, const char *path)
{
    FILE *file = fopen(path, "rb");
    BUG_IF(file == NULL || inputs->count == INPUTS_MAX);
    struct input *input = &inputs->all[inputs->count++];
    input->data = malloc(INPUT_BYTES_MAX);
    BUG_IF(input->data == NULL);
    input->length = fread(input->data, 1, INPUT_BYTES_MAX, file);
    BUG_IF(ferror(file) != 0);
    fclose(file);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of names, so that a seed means the same everywhere. */
static void load_directory(struct inputs *inputs, const char *path)
{
    static char *names[INPUTS_MAX];
    size_t count = 0;
    DIR *directory = opendir(path);
    BUG_IF(directory == NULL);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] != '.') {
            BUG_IF(count == INPUTS_MAX);
            names[count] = NULL;
            BUG_IF(asprintf(&names[count++], "%s/%s", path, entry->d_name) < 0);
        }
    }
    closedir(directory);
    qsort(names, count, sizeof(names[0]), compare_names);
    for (size_t i = 0; i < count; i++) {
        load_file(inputs, names[i]);
        free(names[i]);
    }
}

static void load(struct inputs *inputs, const char *path)
{
    struct stat about;
    BUG_IF(stat(path, &about) != 0);
    if (S_ISDIR(about.st_mode)) {
        load_directory(inputs, path);
    } else {
        load_file(inputs, path);
    }
}

/* Bytes that parsers trip over. */
static const char *const words[] = {"\"",
                                    "\\",
                                    "{",
                                    "}",
                                    "[",
                                    "]",
                                    ",",
                                    ":",
                                    "-",
                                    "0",
                                    "9",
                                    ".",
                                    "e",
                                    "\n",
                                    "\xff",
                                    "\xc3",
                                    "\x80",
                                    "%00",
                                    "null",
                                    "true",
                                    "9007199254740992",
                                    "18446744073709551616",
                                    "\\u0000",
                                    "\\ud800",
                                    "=",
                                    "+",
                                    "/",
                                    "~",
                                    "Z",
                                    "\xe2\x80\x94 "};

static void overwrite(struct rng *rng, struct input *at)
{
    if (at->length > 0) {
        at->data[rng_below(rng, at->length)] = (uint8_t)rng_next(rng);
    }
}

static void flip(struct rng *rng, struct input *at)
{
    if (at->length > 0) {
        at->data[rng_below(rng, at->length)] ^= (uint8_t)(1u << rng_below(rng, 8));
    }
}

static void delete_some(struct rng *rng, struct input *at)
{
    if (at->length > 0) {
        size_t from = rng_below(rng, at->length);
        size_t count = 1 + rng_below(rng, at->length - from);
        memmove(at->data + from, at->data + from + count, at->length - from - count);
        at->length -= count;
    }
}

static void insert(struct rng *rng, struct input *at, const void *data, size_t length)
{
    if (at->length + length <= INPUT_BYTES_MAX) {
        size_t from = rng_below(rng, at->length + 1);
        memmove(at->data + from + length, at->data + from, at->length - from);
        memcpy(at->data + from, data, length);
        at->length += length;
    }
}

static void mutate(struct rng *rng, const struct inputs *inputs, struct input *at)
{
    const struct input *other = &inputs->all[rng_below(rng, inputs->count)];
    switch (rng_below(rng, 6)) {
    case 0:
        overwrite(rng, at);
        break;
    case 1:
        flip(rng, at);
        break;
    case 2:
        delete_some(rng, at);
        break;
    case 3:
        at->length = rng_below(rng, at->length + 1);
        break;
    case 4: {
        const char *word = words[rng_below(rng, ARRAY_COUNT(words))];
        insert(rng, at, word, strlen(word));
        break;
    }
    case 5:
        if (other->length > 0) {
            size_t from = rng_below(rng, other->length);
            insert(rng, at, other->data + from, 1 + rng_below(rng, other->length - from));
        }
        break;
    }
}

static void run_mutations(const struct inputs *inputs, int64_t count, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed);
    struct input scratch = {.data = malloc(INPUT_BYTES_MAX)};
    BUG_IF(scratch.data == NULL);
    for (int64_t i = 0; i < count; i++) {
        const struct input *parent = &inputs->all[rng_below(&rng, inputs->count)];
        memcpy(scratch.data, parent->data, parent->length);
        scratch.length = parent->length;
        for (uint64_t n = 1 + rng_below(&rng, 6); n > 0; n--) {
            mutate(&rng, inputs, &scratch);
        }
        /* A copy of exactly this size, so that reading one byte beyond is seen. */
        uint8_t *exact = malloc(scratch.length == 0 ? 1 : scratch.length);
        BUG_IF(exact == NULL);
        memcpy(exact, scratch.data, scratch.length);
        (void)LLVMFuzzerTestOneInput(exact, scratch.length);
        free(exact);
    }
    free(scratch.data);
}

int main(int argc, char **argv)
{
    static struct inputs inputs;
    int64_t mutations = 0, seed = 1;
    for (int i = 1; i < argc; i++) {
        int64_t *number = str_equal(argv[i], "-n")   ? &mutations
                          : str_equal(argv[i], "-s") ? &seed
                                                     : NULL;
        if (number == NULL) {
            load(&inputs, argv[i]);
        } else {
            i++;
            BUG_IF(i == argc || !str_parse_i64(argv[i], strlen(argv[i]), number));
        }
    }
    BUG_IF(inputs.count == 0); /* a corpus that is not found must not pass */
    for (size_t i = 0; i < inputs.count; i++) {
        (void)LLVMFuzzerTestOneInput(inputs.all[i].data, inputs.all[i].length);
    }
    run_mutations(&inputs, mutations, (uint64_t)seed);
    for (size_t i = 0; i < inputs.count; i++) {
        free(inputs.all[i].data);
    }
    printf("%zu inputs and %lld mutations: 1 passed, 0 failed\n", inputs.count,
           (long long)mutations);
    return 0;
}
