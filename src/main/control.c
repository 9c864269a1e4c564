/* control.c — the control socket. The contract and the protocol are in control.h. */
#include "main/control.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/log.h"
#include "core/str.h"
#include "identity/vault.h"

#define SUFFIX         ".control"
#define LINE_MAX_BYTES 4200
#define CLIENT_WAIT_S  10
#define BACKLOG        4
#define CONTROL_MAGIC  0x4354524cu
#define SOCKET_MODE    0600
#define PATH_TEXT_MAX  4096

struct control {
    uint32_t magic;
    struct store *store;
    struct sealer *sealer;
    struct vault *vault;
    char path[PATH_TEXT_MAX];
    int listener, stop;
    pthread_t thread;
};

/* ---- both sides ---- */

/* sun_path holds 107 bytes only, so the directory is reached through its descriptor. Returns the
 * descriptor, which must stay open while *ret is used, or -1. */
static int socket_address(const char *path, struct sockaddr_un *ret)
{
    char directory[PATH_TEXT_MAX], name[PATH_TEXT_MAX];
    snprintf(directory, sizeof(directory), "%s", path);
    snprintf(name, sizeof(name), "%s", path);
    int fd = open(dirname(directory), O_DIRECTORY | O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length =
        snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", fd, basename(name));
    if (length < 0 || (size_t)length >= sizeof(ret->sun_path)) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool control_path(const char *database_path, char ret[PATH_TEXT_MAX])
{
    int length = snprintf(ret, PATH_TEXT_MAX, "%s" SUFFIX, database_path);
    return length > 0 && length < PATH_TEXT_MAX;
}

/* ---- writing a backup ---- */

static enum err sync_directory_of(const char *path)
{
    char copy[PATH_TEXT_MAX];
    snprintf(copy, sizeof(copy), "%s", path);
    int fd = open(dirname(copy), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ERR_IO_FAILED;
    }
    int failed = fsync(fd);
    close(fd);
    return failed != 0 ? ERR_IO_FAILED : ERR_OK;
}

enum err backup_write(struct store *store, const char *target, store_progress_fn progress,
                      void *arg)
{
    char part[PATH_TEXT_MAX];
    int length = snprintf(part, sizeof(part), "%s.part", target);
    if (length < 0 || (size_t)length >= sizeof(part)) {
        return ERR_IO_FAILED;
    }
    if (access(target, F_OK) == 0) {
        return ERR_FILE_EXISTS;
    }
    (void)unlink(part); /* left by a backup that was cut short */
    enum err err = store_backup(store, part, progress, arg);
    /* link and not rename: it refuses to replace a file that came up meanwhile. */
    if (err == ERR_OK && link(part, target) != 0) {
        err = errno == EEXIST ? ERR_FILE_EXISTS : ERR_IO_FAILED;
    }
    (void)unlink(part);
    return err == ERR_OK ? sync_directory_of(target) : err;
}

/* ---- server ---- */

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
    dprintf(*(int *)arg, "progress %" PRIu64 " %" PRIu64 "\n", done, total);
}

static bool peer_may(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

/* Reads up to the newline, which is cut off. False if it did not come in time. */
static bool read_line(int fd, char line[LINE_MAX_BYTES])
{
    size_t length = 0;
    while (length + 1 < LINE_MAX_BYTES) {
        ssize_t got = read(fd, line + length, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        if (line[length] == '\n') {
            line[length] = '\0';
            return true;
        }
        length++;
    }
    return false;
}

static enum err carry_out(struct control *control, const char *request, int fd)
{
    static const char backup[] = "backup ";
    enum err err = ERR_NOT_SUPPORTED;
    if (str_starts_with(request, backup) && request[sizeof(backup) - 1] == '/') {
        err = backup_write(control->store, request + sizeof(backup) - 1, show_progress, &fd);
        LOG(err == ERR_OK ? LOG_INFO : LOG_WARN, "backup", LOG_TEXT("code", err_code(err)));
    } else if (str_equal(request, "rotate-vault")) {
        int64_t version = 0;
        err = vault_rotate(control->vault, &version);
        LOG(err == ERR_OK ? LOG_INFO : LOG_WARN, "rotate_vault", LOG_TEXT("code", err_code(err)),
            LOG_NUMBER("version", version));
    } else if (str_equal(request, "rotate")) {
        err = sealer_rotate_key(control->sealer);
        LOG(err == ERR_OK ? LOG_INFO : LOG_WARN, "key_rotation", LOG_TEXT("code", err_code(err)));
    }
    return err;
}

static void answer(struct control *control, int fd)
{
    const struct timeval wait = {.tv_sec = CLIENT_WAIT_S};
    char line[LINE_MAX_BYTES];
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    if (!peer_may(fd) || !read_line(fd, line)) {
        return;
    }
    enum err err = carry_out(control, line, fd);
    if (err == ERR_OK) {
        dprintf(fd, "ok\n");
    } else {
        dprintf(fd, "error %s\n", err_code(err));
    }
}

static void *serve_control(void *arg)
{
    struct control *control = arg;
    OBJ_CHECK(control, CONTROL_MAGIC);
    for (;;) {
        struct pollfd fds[] = {{.fd = control->listener, .events = POLLIN},
                               {.fd = control->stop, .events = POLLIN}};
        if (poll(fds, ARRAY_COUNT(fds), -1) < 0) {
            continue; /* EINTR */
        }
        if (fds[1].revents != 0) {
            return NULL;
        }
        int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            answer(control, fd);
            close(fd);
        }
    }
}

static int listen_at(const char *path)
{
    struct sockaddr_un address;
    int directory = socket_address(path, &address);
    if (directory < 0) {
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)unlink(path);
    /* fchmod before bind is what the socket file gets, masked further by the umask. */
    if (fd < 0 || fchmod(fd, SOCKET_MODE) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, BACKLOG) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        fd = -1;
    }
    close(directory);
    return fd;
}

enum err control_start(const char *database_path, const struct control_parts *parts,
                       struct control **ret)
{
    struct control *control = calloc(1, sizeof(*control));
    BUG_IF(control == NULL);
    control->magic = CONTROL_MAGIC;
    control->store = parts->store;
    control->sealer = parts->sealer;
    control->vault = parts->vault;
    control->listener = control->stop = -1;
    if (!control_path(database_path, control->path)) {
        goto failed;
    }
    control->listener = listen_at(control->path);
    control->stop = eventfd(0, EFD_CLOEXEC);
    if (control->listener < 0 || control->stop < 0 ||
        pthread_create(&control->thread, NULL, serve_control, control) != 0) {
        goto failed;
    }
    *ret = control;
    return ERR_OK;
failed:
    if (control->listener >= 0) {
        close(control->listener);
    }
    if (control->stop >= 0) {
        close(control->stop);
    }
    free(control);
    return ERR_IO_FAILED;
}

void control_stop(struct control *control)
{
    if (control == NULL) {
        return;
    }
    OBJ_CHECK(control, CONTROL_MAGIC);
    int failed = eventfd_write(control->stop, 1);
    BUG_IF(failed != 0);
    pthread_join(control->thread, NULL);
    (void)unlink(control->path);
    close(control->listener);
    close(control->stop);
    control->magic = 0;
    free(control);
}

/* ---- client ---- */

static int connect_to(const char *database_path)
{
    struct sockaddr_un address;
    char path[PATH_TEXT_MAX];
    if (!control_path(database_path, path)) {
        return -1;
    }
    int directory = socket_address(path, &address);
    if (directory < 0) {
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        fd = -1;
    }
    close(directory);
    return fd;
}

static enum err ask(const char *database_path, const char *request, const char *operand,
                    store_progress_fn progress, void *arg)
{
    static const char error[] = "error ";
    char line[LINE_MAX_BYTES];
    enum err err = ERR_IO_FAILED; /* the server went away without a verdict */
    int fd = connect_to(database_path);
    if (fd < 0) {
        return ERR_FILE_NOT_FOUND;
    }
    if (dprintf(fd, "%s%s\n", request, operand) < 0) {
        close(fd);
        return ERR_IO_FAILED;
    }
    while (read_line(fd, line)) {
        uint64_t done, total;
        if (sscanf(line, "progress %" SCNu64 " %" SCNu64, &done, &total) == 2) {
            if (progress != NULL) {
                progress(arg, done, total);
            }
        } else if (str_equal(line, "ok")) {
            err = ERR_OK;
        } else if (str_starts_with(line, error) && !err_from_code(line + sizeof(error) - 1, &err)) {
            err = ERR_INTERNAL;
        }
    }
    close(fd);
    return err;
}

enum err control_backup(const char *database_path, const char *target, store_progress_fn progress,
                        void *arg)
{
    return ask(database_path, "backup ", target, progress, arg);
}

enum err control_rotate_vault(const char *database_path)
{
    return ask(database_path, "rotate-vault", "", NULL, NULL);
}

enum err control_rotate(const char *database_path)
{
    return ask(database_path, "rotate", "", NULL, NULL);
}
