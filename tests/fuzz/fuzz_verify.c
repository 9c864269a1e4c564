/* What a stranger hands us as proof: notes, checkpoints, key files, receipts, statements. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base.h"
#include "verify/note.h"
#include "verify/verify.h"

static void try_note(const char *text, size_t length)
{
    struct note note;
    if (note_parse(text, length, &note) == ERR_OK) {
        BUG_IF(note.text_length > length || note.signature_count > NOTE_SIGNATURES_MAX);
    }
    struct checkpoint checkpoint;
    if (checkpoint_parse(text, length, &checkpoint) == ERR_OK) {
        char written[CHECKPOINT_TEXT_MAX];
        struct checkpoint again;
        size_t written_length = checkpoint_format(&checkpoint, written);
        BUG_IF(checkpoint_parse(written, written_length, &again) != ERR_OK);
        BUG_IF(again.size != checkpoint.size || again.epoch != checkpoint.epoch ||
               !hash_equal(&again.root, &checkpoint.root));
    }
    struct note_key key;
    if (note_key_parse(text, length, &key) == ERR_OK) {
        char written[NOTE_KEY_TEXT_MAX];
        struct note_key again;
        size_t written_length = note_key_format(&key, written);
        BUG_IF(note_key_parse(written, written_length, &again) != ERR_OK ||
               !note_key_equal(&again, &key));
    }
}

static void try_document(const char *text, size_t length)
{
    static struct verify_keys keys; /* tidy: allow mutable-global: too large for a stack */
    keys.count = 0;
    (void)!verify_keys_parse(text, length, &keys);
    if (length == 0) {
        return; /* fmemopen of nothing fails */
    }
    char *copy = malloc(length);
    BUG_IF(copy == NULL);
    memcpy(copy, text, length);
    FILE *file = fmemopen(copy, length, "r");
    BUG_IF(file == NULL);
    struct verify_report report;
    keys.count = 0;
    enum err err = verify_file(file, &keys, NULL, &report);
    BUG_IF(err == ERR_OK && report.ok); /* nobody named a key: key_known cannot have passed */
    fclose(file);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_note((const char *)data, size);
    try_document((const char *)data, size);
    return 0;
}
