/* files.c — static files from memory.
 *
 * The directory is read once at start. A request's path is only ever compared with the names that
 * were found, so no spelling of it can leave the directory. For a.js the files a.js.br and a.js.gz
 * beside it are its precompressed forms and are not served under their own names.
 *
 * Caching: a name that carries a hash ("index-BX3k9_2a.js": eight or more characters of the
 * base64url alphabet between the last hyphen and the extension, with at least one digit or capital)
 * never changes and is immutable; everything else is revalidated by its ETag.
 *
 * A document that holds HTTP_NONCE_MARK gets a fresh nonce in its place with every answer, and a
 * policy that lets styles with that nonce in; it is never stored. */
#include "http/http_int.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/rng.h"
#include "core/sha256.h"
#include "core/str.h"

#define FILES_MAX      4096
#define DEPTH_MAX      8
#define PATH_TEXT_MAX  512
#define ETAG_TEXT_MAX  (2 + 32 + 3 + 1)
#define ENCODING_COUNT 3

enum encoding { IDENTITY = 0, GZIP = 1, BROTLI = 2 };

static const char *const encoding_names[ENCODING_COUNT] = {"identity", "gzip", "br"};
static const char *const encoding_suffixes[ENCODING_COUNT] = {"", ".gz", ".br"};

struct blob {
    uint8_t *data; /* NULL: this form does not exist */
    size_t length;
};

struct file {
    char *path; /* "/assets/index.js" */
    const char *content_type;
    struct blob forms[ENCODING_COUNT];
    char etag[ETAG_TEXT_MAX]; /* without quotes and suffix */
    bool immutable;
    bool wants_nonce;
};

struct http_files {
    struct file *files; /* sorted by path */
    size_t count;
    size_t bytes, bytes_max;
};

static const struct {
    const char *extension, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".yaml", "application/yaml"},
    {".md", "text/markdown; charset=utf-8"},
};

static const char *type_of(const char *path)
{
    const char *extension = strrchr(path, '.');

    for (size_t i = 0; extension != NULL && i < ARRAY_COUNT(types); i++) {
        if (strcmp(extension, types[i].extension) == 0) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

static bool carries_hash(const char *path)
{
    const char *name = strrchr(path, '/'), *dot = strrchr(path, '.'), *hyphen = NULL;
    bool mixed = false;

    for (const char *c = name; c != NULL && dot != NULL && c < dot; c++) {
        if (*c == '-' && dot - c > 8) {
            hyphen = c;
        }
    }
    for (const char *c = hyphen == NULL ? dot : hyphen + 1; c < dot; c++) {
        if (!((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
              *c == '_' || *c == '-')) {
            return false;
        }
        mixed = mixed || (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z');
    }
    return mixed;
}

/* ---- loading ---- */

static enum err read_file(struct http_files *files, int directory, const char *name,
                          struct blob *ret)
{
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    size_t used = 0;

    if (fd < 0) {
        return ERR_IO_FAILED;
    }
    if (fstat(fd, &status) != 0 || (size_t)status.st_size > files->bytes_max - files->bytes) {
        close(fd);
        return ERR_IO_FAILED;
    }
    ret->length = (size_t)status.st_size;
    ret->data = calloc(1, ret->length + 1);
    BUG_IF(ret->data == NULL);
    while (used < ret->length) {
        ssize_t n = read(fd, ret->data + used, ret->length - used);

        if (n <= 0) {
            close(fd);
            return ERR_IO_FAILED;
        }
        used += (size_t)n;
    }
    close(fd);
    files->bytes += used;
    return ERR_OK;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static struct file *find(const struct http_files *files, const char *path)
{
    struct file key = {.path = (char *)(uintptr_t)path};

    return bsearch(&key, files->files, files->count, sizeof(*files->files), compare_files);
}

static enum err add_file(struct http_files *files, int directory, const char *name,
                         const char *path)
{
    struct file *file;
    struct sha256_hash hash;
    enum err err;

    if (files->count == FILES_MAX) {
        return ERR_IO_FAILED;
    }
    file = &files->files[files->count];
    memset(file, 0, sizeof(*file));
    err = read_file(files, directory, name, &file->forms[IDENTITY]);
    if (err != ERR_OK) {
        free(file->forms[IDENTITY].data);
        return err;
    }
    file->path = strdup(path);
    BUG_IF(file->path == NULL);
    file->content_type = type_of(path);
    file->immutable = carries_hash(path);
    sha256(file->forms[IDENTITY].data, file->forms[IDENTITY].length, &hash);
    hex_encode(hash.bytes, 16, file->etag);
    file->wants_nonce = strncmp(file->content_type, "text/html", 9) == 0 &&
                        memmem(file->forms[IDENTITY].data, file->forms[IDENTITY].length,
                               HTTP_NONCE_MARK, sizeof(HTTP_NONCE_MARK) - 1) != NULL;
    files->count++;
    return ERR_OK;
}

/* Directories still to be read, so that depth on disk is not depth of the stack. */
struct walk {
    char paths[FILES_MAX / 16][PATH_TEXT_MAX]; /* relative to the root, "" or "/a/b" */
    size_t count;
};

static enum err walk_entry(struct http_files *files, struct walk *walk, int directory,
                           const char *parent, const struct dirent *entry)
{
    char path[PATH_TEXT_MAX];
    struct stat status;
    size_t depth = 0;

    BUG_IF(directory < 0);
    if (entry->d_name[0] == '.') {
        return ERR_OK;
    }
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", parent, entry->d_name) >= sizeof(path)) {
        return ERR_IO_FAILED;
    }
    if (fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return ERR_IO_FAILED;
    }
    for (const char *c = path; *c != '\0'; c++) {
        depth += *c == '/' ? 1 : 0;
    }
    if (S_ISDIR(status.st_mode)) {
        if (depth > DEPTH_MAX || walk->count == ARRAY_COUNT(walk->paths)) {
            return ERR_IO_FAILED;
        }
        memcpy(walk->paths[walk->count++], path, sizeof(path));
        return ERR_OK;
    }
    return S_ISREG(status.st_mode) ? add_file(files, directory, entry->d_name, path) : ERR_OK;
}

static enum err walk_directory(struct http_files *files, struct walk *walk, const char *root,
                               const char *parent)
{
    char full[2 * PATH_TEXT_MAX];
    DIR *directory;
    enum err err = ERR_OK;

    if ((size_t)snprintf(full, sizeof(full), "%s%s", root, parent) >= sizeof(full)) {
        return ERR_IO_FAILED;
    }
    directory = opendir(full);
    if (directory == NULL) {
        return ERR_IO_FAILED;
    }
    while (err == ERR_OK) {
        const struct dirent *entry = readdir(directory);

        if (entry == NULL) {
            break;
        }
        err = walk_entry(files, walk, dirfd(directory), parent, entry);
    }
    closedir(directory);
    return err;
}

/* Moves x.gz and x.br into x, where there is an x. */
static void pair_forms(struct http_files *files)
{
    size_t kept = 0;

    for (size_t i = 0; i < files->count; i++) {
        struct file *file = &files->files[i];
        size_t length = strlen(file->path);

        for (unsigned e = GZIP; e <= BROTLI; e++) {
            if (length > 3 && strcmp(file->path + length - 3, encoding_suffixes[e]) == 0) {
                char base[PATH_TEXT_MAX];
                struct file *of;

                memcpy(base, file->path, length - 3);
                base[length - 3] = '\0';
                of = find(files, base);
                if (of != NULL) {
                    of->forms[e] = file->forms[IDENTITY];
                    file->forms[IDENTITY].data = NULL;
                }
            }
        }
    }
    for (size_t i = 0; i < files->count; i++) {
        if (files->files[i].forms[IDENTITY].data == NULL) {
            free(files->files[i].path);
        } else {
            files->files[kept++] = files->files[i];
        }
    }
    files->count = kept;
}

enum err http_files_load(const char *directory, size_t bytes_max, struct http_files **ret)
{
    struct http_files *files = calloc(1, sizeof(*files));
    struct walk *walk = calloc(1, sizeof(*walk));
    enum err err = ERR_OK;

    BUG_IF(files == NULL || walk == NULL);
    files->files = calloc(FILES_MAX, sizeof(*files->files));
    BUG_IF(files->files == NULL);
    files->bytes_max = bytes_max;
    walk->count = 1; /* the root, "" */
    while (err == ERR_OK && walk->count > 0) {
        char parent[PATH_TEXT_MAX];

        memcpy(parent, walk->paths[--walk->count], sizeof(parent));
        err = walk_directory(files, walk, directory, parent);
    }
    free(walk);
    if (err != ERR_OK) {
        http_files_free(files);
        return err;
    }
    qsort(files->files, files->count, sizeof(*files->files), compare_files);
    pair_forms(files);
    *ret = files;
    return ERR_OK;
}

void http_files_free(struct http_files *files)
{
    if (files == NULL) {
        return;
    }
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].path);
        for (unsigned e = 0; e < ENCODING_COUNT; e++) {
            free(files->files[i].forms[e].data);
        }
    }
    free(files->files);
    free(files);
}

/* ---- answering ---- */

static enum encoding choose_encoding(const struct file *file, const struct http_request *request)
{
    const struct http_text *accept = &request->headers[HTTP_ACCEPT_ENCODING];
    enum encoding best = IDENTITY;
    int best_quality = 0;

    if (accept->data == NULL) {
        return IDENTITY;
    }
    for (unsigned e = BROTLI; e >= GZIP; e--) {
        int quality = parse_quality(accept->data, accept->length, encoding_names[e]);

        if (file->forms[e].data != NULL && quality > best_quality) {
            best = (enum encoding)e;
            best_quality = quality;
        }
    }
    return best;
}

static bool has_extension(const char *path)
{
    const char *name = strrchr(path, '/');

    return name != NULL && strchr(name, '.') != NULL;
}

/* The file of a path, or of the directory's index, or of the application the path lies in. */
static const struct file *find_for(const struct http_files *files,
                                   const struct http_request *request, const char *path)
{
    char name[PATH_TEXT_MAX];
    size_t length = strlen(path);
    const struct file *file = find(files, path);

    if (file != NULL || has_extension(path) || length + sizeof("/index.html") > sizeof(name) ||
        !http_accepts(request, "text/html")) {
        return file;
    }
    memcpy(name, path, length + 1);
    for (;;) {
        while (length > 0 && name[length - 1] == '/') {
            length--;
        }
        memcpy(name + length, "/index.html", sizeof("/index.html"));
        file = find(files, name);
        if (file != NULL || length == 0) {
            return file;
        }
        while (length > 0 && name[length - 1] != '/') {
            length--;
        }
    }
}

/* One of the list's tags is ours, weak comparison; or the list is "*". */
static bool etag_matches(const struct http_text *list, const char *etag)
{
    size_t length = strlen(etag);
    const char *at = list->data, *end = list->data + list->length;

    if (list->length == 1 && *at == '*') {
        return true;
    }
    while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        const char *stop = memchr(at + 1, '"', (size_t)(end - at - 1));

        if (stop == NULL) {
            return false;
        }
        if ((size_t)(stop - at - 1) == length && memcmp(at + 1, etag, length) == 0) {
            return true;
        }
        at = stop + 1;
    }
    return false;
}

static void answer_with_nonce(struct http_request *request, const struct file *file)
{
    struct exchange *exchange = exchange_of(request);
    const uint8_t *at = file->forms[IDENTITY].data, *end = at + file->forms[IDENTITY].length;
    size_t mark = sizeof(HTTP_NONCE_MARK) - 1;
    uint8_t random[HTTP_NONCE_BYTES];
    const uint8_t *next;

    rng_secure(random, sizeof(random));
    base64_encode(random, sizeof(random), exchange->nonce);
    buf_clear(request->out);
    while ((next = memmem(at, (size_t)(end - at), HTTP_NONCE_MARK, mark)) != NULL) {
        buf_add(request->out, at, (size_t)(next - at));
        buf_add_str(request->out, exchange->nonce);
        at = next + mark;
    }
    buf_add(request->out, at, (size_t)(end - at));
    http_set_header(request, "Cache-Control", "no-store");
    http_answer(request, 200, file->content_type);
}

bool http_files_answer(const struct http_files *files, struct http_request *request,
                       const char *path)
{
    struct exchange *exchange = exchange_of(request);
    const struct http_text *if_none_match = &request->headers[HTTP_IF_NONE_MATCH];
    const struct file *file;
    enum encoding encoding;
    const char *etag;

    if (request->method != HTTP_GET && request->method != HTTP_HEAD) {
        return false;
    }
    file = find_for(files, request, path);
    if (file == NULL) {
        return false;
    }
    if (file->wants_nonce) {
        answer_with_nonce(request, file);
        return true;
    }
    encoding = choose_encoding(file, request);
    etag = arena_printf(request->arena, "%s%s", file->etag,
                        encoding == IDENTITY ? "" : encoding_suffixes[encoding] + 1);
    http_set_header(request, "ETag", arena_printf(request->arena, "\"%s\"", etag));
    http_set_header(request, "Cache-Control",
                    file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    http_set_header(request, "Vary", "Accept-Encoding");
    if (if_none_match->data != NULL && etag_matches(if_none_match, etag)) {
        /* The type makes the policy headers those of the document: a browser replaces what it
         * stored by what a 304 says, and a stricter policy would block the page it kept. */
        http_answer(request, 304, file->content_type);
        return true;
    }
    if (encoding != IDENTITY) {
        http_set_header(request, "Content-Encoding", encoding_names[encoding]);
    }
    exchange->is_fixed = true;
    exchange->fixed_data = file->forms[encoding].data;
    exchange->fixed_length = file->forms[encoding].length;
    http_answer(request, 200, file->content_type);
    return true;
}
