/* Plays scenario files against a ledger on a database: run_ledger sqlite|postgres FILE... */
#include <stdio.h>
#include <stdlib.h>

#include "support/ledger_world.h"

#define TEXT_MAX 65536

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, TEXT_MAX);
    if (file == NULL || text == NULL || fread(text, 1, TEXT_MAX - 1, file) == 0) {
        perror(path);
        exit(1);
    }
    (void)fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    unsigned failures = 0, steps = 0;
    for (int i = 2; i < argc; i++) {
        struct store_world world;
        unsigned played = 0;
        char *text = read_file(argv[i]);
        store_world_init(&world, argv[1]);
        struct world face = store_world_face(&world);
        failures += scenario_play(argv[i], text, &face, &played);
        steps += played;
        store_world_done(&world);
        free(text);
    }
    if (steps == 0) {
        failures++;
    }
    printf("%u passed, %u failed\n", steps - (failures < steps ? failures : steps), failures);
    return failures == 0 ? 0 : 1;
}
