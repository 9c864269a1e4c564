/* Notes, keys and checkpoints against the published examples of the formats: the note in the
 * documentation of Go's sumdb/note package, and the cosigned checkpoint in C2SP's tlog-cosignature.
 */
#include "../core/unit.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "verify/note.h"

#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_TEXT                                                                                 \
    "If you think cryptography is the answer to your problem,\n"                                   \
    "then you don't know what your problem is.\n"
#define PETER_SIGNATURE                                                                            \
    "\xe2\x80\x94 PeterNeumann "                                                                   \
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=" \
    "\n"

static void a_published_note_is_right(void **state)
{
    (void)state;
    static const char NOTE[] = PETER_TEXT "\n" PETER_SIGNATURE;
    static const char OTHER[] = "It is.\n" PETER_TEXT "\n" PETER_SIGNATURE;
    struct note_key key;
    struct note note;
    char text[NOTE_KEY_TEXT_MAX];
    assert_int_equal(note_key_parse(PETER_KEY, strlen(PETER_KEY), &key), ERR_OK);
    assert_string_equal(key.name, "PeterNeumann");
    note_key_format(&key, text);
    assert_string_equal(text, PETER_KEY);
    assert_int_equal(note_parse(NOTE, strlen(NOTE), &note), ERR_OK);
    assert_int_equal(note.text_length, strlen(PETER_TEXT));
    assert_int_equal(note.signature_count, 1);
    assert_int_equal(note_check(&note, &key, NULL), ERR_OK);
    assert_int_equal(note_parse(OTHER, strlen(OTHER), &note), ERR_OK);
    assert_int_equal(note_check(&note, &key, NULL), ERR_SIGNATURE_INVALID);
    key.name[0] = 'Q';
    assert_int_equal(note_check(&note, &key, NULL), ERR_KEY_UNKNOWN);
}

static void signing_gives_the_published_bytes(void **state)
{
    (void)state;
    /* The private key of the same documentation: its seed. */
    static const char SECRET[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    uint8_t blob[33];
    size_t length;
    struct note_signer signer;
    struct buf out;
    char text[NOTE_KEY_TEXT_MAX];
    assert_true(base64_decode(SECRET, strlen(SECRET), blob, sizeof(blob), &length));
    note_signer_from_seed("PeterNeumann", NOTE_KEY_ED25519, blob + 1, &signer);
    note_key_format(&signer.key, text);
    assert_string_equal(text, PETER_KEY);
    buf_init(&out, NOTE_BYTES_MAX);
    note_write(&signer, PETER_TEXT, strlen(PETER_TEXT), &out);
    assert_string_equal((const char *)out.data, PETER_TEXT "\n" PETER_SIGNATURE);
    buf_done(&out);
    note_signer_wipe(&signer);
}

static void a_published_checkpoint_is_read(void **state)
{
    (void)state;
    static const char NOTE[] =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\xe2\x80\x94 example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+"
        "xeMcTOAYQ8=\n"
        "\xe2\x80\x94 witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
        "mbIUBkBIfZ+qnA==\n";
    struct note note;
    struct checkpoint checkpoint;
    char text[CHECKPOINT_TEXT_MAX];
    assert_int_equal(note_parse(NOTE, strlen(NOTE), &note), ERR_OK);
    assert_int_equal(note.signature_count, 2);
    assert_int_equal(note.signatures[1].length, 72);
    assert_int_equal(checkpoint_parse(note.text, note.text_length, &checkpoint), ERR_OK);
    assert_string_equal(checkpoint.origin, "example.com/behind-the-sofa");
    assert_int_equal(checkpoint.size, 20852163);
    assert_int_equal(checkpoint.epoch, 0);
    assert_int_equal(checkpoint_format(&checkpoint, text), note.text_length);
    assert_memory_equal(text, note.text, note.text_length);
    checkpoint.epoch = 7;
    size_t length = checkpoint_format(&checkpoint, text);
    checkpoint.epoch = 0;
    assert_int_equal(checkpoint_parse(text, length, &checkpoint), ERR_OK);
    assert_int_equal(checkpoint.epoch, 7);
}

static void a_witness_signs_its_time(void **state)
{
    (void)state;
    static const char TEXT[] = "log.example\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    static const uint8_t seed[32] = {9};
    struct note_signer log, witness;
    struct buf out;
    struct note note;
    int64_t at_s = 0;
    note_signer_from_seed("log.example", NOTE_KEY_ED25519, seed, &log);
    note_signer_from_seed("w.example", NOTE_KEY_COSIGNATURE, seed, &witness);
    buf_init(&out, NOTE_BYTES_MAX);
    note_write(&log, TEXT, strlen(TEXT), &out);
    note_sign(&witness, TEXT, strlen(TEXT), 1700000000, &out);
    assert_int_equal(note_parse((const char *)out.data, out.length, &note), ERR_OK);
    assert_int_equal(note.signature_count, 2);
    assert_int_equal(note_check(&note, &log.key, NULL), ERR_OK);
    assert_int_equal(note_check(&note, &witness.key, &at_s), ERR_OK);
    assert_int_equal(at_s, 1700000000);
    note.signatures[1].bytes[7] ^= 1;
    assert_int_equal(note_check(&note, &witness.key, &at_s), ERR_SIGNATURE_INVALID);
    buf_done(&out);
}

static void malformed_input_is_refused(void **state)
{
    (void)state;
    static const char *const NOTES[] = {
        "",
        "a\n",
        "a\n\n",
        "a\n\nno signature\n",
        "a\n\n\xe2\x80\x94 x !!!!\n",
        "a\n\n\xe2\x80\x94 x AAAA\n",
        "a\n\n\xe2\x80\x94 x AAAAAAAA",
        "a\x01\n\n\xe2\x80\x94 x AAAAAAAA\n",
        "\xff\n\n\xe2\x80\x94 x AAAAAAAA\n",
    };
    static const char *const KEYS[] = {
        "",
        "x",
        "x+00000000+AQ==",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    static const char *const CHECKPOINTS[] = {
        "",
        "o\n",
        "o\n1\n",
        "o\n1\nAAAA\n",
        "o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nepoch 0\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nepoch 1\nepoch 1\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    };
    struct note note;
    struct note_key key;
    struct checkpoint checkpoint;
    for (size_t i = 0; i < ARRAY_COUNT(NOTES); i++) {
        assert_int_equal(note_parse(NOTES[i], strlen(NOTES[i]), &note), ERR_NOTE_MALFORMED);
    }
    for (size_t i = 0; i < ARRAY_COUNT(KEYS); i++) {
        assert_int_equal(note_key_parse(KEYS[i], strlen(KEYS[i]), &key), ERR_KEY_MALFORMED);
    }
    for (size_t i = 0; i < ARRAY_COUNT(CHECKPOINTS); i++) {
        assert_int_equal(checkpoint_parse(CHECKPOINTS[i], strlen(CHECKPOINTS[i]), &checkpoint),
                         ERR_CHECKPOINT_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_published_note_is_right),
        cmocka_unit_test(signing_gives_the_published_bytes),
        cmocka_unit_test(a_published_checkpoint_is_read),
        cmocka_unit_test(a_witness_signs_its_time),
        cmocka_unit_test(malformed_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
