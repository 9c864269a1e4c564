/* vault_master_file.c — master keys as files of the data directory.
 *
 * vault-<version>.key is one line, "jinnang-vault-master+<version>+<base64 of 32 bytes>". It is
 * written beside its name, synced, renamed and the directory synced, so that the key is on the disk
 * before the first row is wrapped by it. A key that others may read is refused.
 *
 * Keys in use stay in locked memory; there are two at most while the key is being rotated. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rng.h"
#include "core/str.h"
#include "identity/vault_int.h"

#define PATH_BYTES 1200
#define TEXT_BYTES 128
#define HELD_MAX   4
#define LINE_START "jinnang-vault-master+"

struct held_master {
    int64_t version; /* 0: free */
    uint8_t key[VAULT_KEY_BYTES];
};

struct file_master {
    char *data_dir;
    struct held_master *held; /* HELD_MAX, in locked memory */
    uint32_t next;            /* which is replaced next */
};

static void key_path(const struct file_master *file, int64_t version, const char *ending,
                     char ret[PATH_BYTES])
{
    int length =
        snprintf(ret, PATH_BYTES, "%s/vault-%" PRId64 ".key%s", file->data_dir, version, ending);

    BUG_IF(length < 0 || length >= PATH_BYTES);
}

/* ---- the file ---- */

static bool key_parse(const char *text, size_t length, int64_t version,
                      uint8_t ret[VAULT_KEY_BYTES])
{
    char start[64];
    size_t start_length, key_length = 0;

    start_length = (size_t)snprintf(start, sizeof(start), LINE_START "%" PRId64 "+", version);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    return length > start_length && memcmp(text, start, start_length) == 0 &&
           base64_decode(text + start_length, length - start_length, ret, VAULT_KEY_BYTES,
                         &key_length) &&
           key_length == VAULT_KEY_BYTES;
}

static enum err key_read(const struct file_master *file, int64_t version,
                         uint8_t ret[VAULT_KEY_BYTES])
{
    char path[PATH_BYTES], text[TEXT_BYTES];
    enum err err = ERR_VAULT_KEY_INVALID;
    struct stat status;
    ssize_t length;
    int fd;

    key_path(file, version, "", path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT ? ERR_VAULT_KEY_MISSING : ERR_VAULT_KEY_INVALID;
    }
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) == 0) {
        length = read(fd, text, sizeof(text));
        if (length > 0 && key_parse(text, (size_t)length, version, ret)) {
            err = ERR_OK;
        }
        secret_wipe(text, sizeof(text));
    }
    close(fd);
    return err;
}

static bool sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static enum err key_write(const struct file_master *file, int64_t version,
                          const uint8_t key[VAULT_KEY_BYTES])
{
    char path[PATH_BYTES], fresh[PATH_BYTES], encoded[48], text[TEXT_BYTES];
    bool good = false;
    int length, fd;

    key_path(file, version, "", path);
    key_path(file, version, ".new", fresh);
    base64_encode(key, VAULT_KEY_BYTES, encoded);
    length = snprintf(text, sizeof(text), LINE_START "%" PRId64 "+%s\n", version, encoded);
    (void)unlink(fresh);
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0) {
        good = write(fd, text, (size_t)length) == length && fsync(fd) == 0;
        good = close(fd) == 0 && good;
        /* link() refuses to replace a key that another process has just made. */
        good =
            good && (link(fresh, path) == 0 || errno == EEXIST) && sync_directory(file->data_dir);
        (void)unlink(fresh);
    }
    secret_wipe(encoded, sizeof(encoded));
    secret_wipe(text, sizeof(text));
    return good ? ERR_OK : ERR_IO_FAILED;
}

/* ---- the keeper ---- */

static enum err hold(struct file_master *file, int64_t version, const uint8_t **ret)
{
    struct held_master *held;
    enum err err;

    for (size_t i = 0; i < HELD_MAX; i++) {
        if (file->held[i].version == version) {
            *ret = file->held[i].key;
            return ERR_OK;
        }
    }
    held = &file->held[file->next];
    held->version = 0;
    err = key_read(file, version, held->key);
    if (err != ERR_OK) {
        secret_wipe(held->key, sizeof(held->key));
        return err;
    }
    held->version = version;
    file->next = (file->next + 1) % HELD_MAX;
    *ret = held->key;
    return ERR_OK;
}

static enum err file_create(void *state, int64_t version)
{
    struct file_master *file = state;
    uint8_t key[VAULT_KEY_BYTES];
    enum err err = key_read(file, version, key);

    if (err == ERR_VAULT_KEY_MISSING) {
        rng_secure(key, sizeof(key));
        err = key_write(file, version, key);
    }
    secret_wipe(key, sizeof(key));
    return err;
}

static enum err file_wrap(void *state, int64_t version, const void *data, size_t length,
                          const uint8_t key[VAULT_KEY_BYTES], uint8_t ret[VAULT_WRAPPED_BYTES])
{
    const uint8_t *master;
    enum err err = hold(state, version, &master);

    if (err == ERR_OK) {
        vault_gcm_seal(master, (struct store_blob){data, (uint32_t)length},
                       (struct store_blob){key, VAULT_KEY_BYTES}, ret);
    }
    return err;
}

static enum err file_unwrap(void *state, int64_t version, const void *data, size_t length,
                            const uint8_t wrapped[VAULT_WRAPPED_BYTES],
                            uint8_t ret[VAULT_KEY_BYTES])
{
    const uint8_t *master;
    enum err err = hold(state, version, &master);

    if (err == ERR_OK && !vault_gcm_open(master, (struct store_blob){data, (uint32_t)length},
                                         (struct store_blob){wrapped, VAULT_WRAPPED_BYTES}, ret)) {
        err = ERR_VAULT_KEY_INVALID;
    }
    return err;
}

/* The bytes are overwritten first; what the disk keeps elsewhere is beyond a program's reach. */
static enum err file_destroy(void *state, int64_t version)
{
    static const char zeros[TEXT_BYTES];
    struct file_master *file = state;
    char path[PATH_BYTES];
    int fd;

    for (size_t i = 0; i < HELD_MAX; i++) {
        if (file->held[i].version == version) {
            secret_wipe(&file->held[i], sizeof(file->held[i]));
        }
    }
    key_path(file, version, "", path);
    fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT ? ERR_OK : ERR_IO_FAILED;
    }
    bool good = write(fd, zeros, sizeof(zeros)) == (ssize_t)sizeof(zeros) && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    return unlink(path) == 0 && good && sync_directory(file->data_dir) ? ERR_OK : ERR_IO_FAILED;
}

static void file_close(void *state)
{
    struct file_master *file = state;

    sodium_free(file->held); /* wipes */
    free(file->data_dir);
    free(file);
}

enum err vault_master_file_open(const char *data_dir, struct vault_master **ret)
{
    struct vault_master *master = calloc(1, sizeof(*master));
    struct file_master *file = calloc(1, sizeof(*file));

    BUG_IF(master == NULL || file == NULL || strlen(data_dir) > PATH_BYTES - 64);
    BUG_IF(sodium_init() < 0);
    file->data_dir = strdup(data_dir);
    file->held = sodium_allocarray(HELD_MAX, sizeof(*file->held));
    BUG_IF(file->data_dir == NULL || file->held == NULL);
    memset(file->held, 0, HELD_MAX * sizeof(*file->held));
    *master = (struct vault_master){.state = file,
                                    .create = file_create,
                                    .wrap = file_wrap,
                                    .unwrap = file_unwrap,
                                    .destroy = file_destroy,
                                    .close = file_close};
    *ret = master;
    return ERR_OK;
}

void vault_master_close(struct vault_master *master)
{
    if (master != NULL) {
        master->close(master->state);
        free(master);
    }
}
