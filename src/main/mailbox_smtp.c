/* mailbox_smtp.c — a receiving SMTP server for the sandbox (RFC 5321, the part that a relay needs).
 *
 * One thread accepts, one thread a connection, at most CONNECTIONS_MAX, each with time limits. A
 * mail is answered 250 only when it is in the list. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/str.h"
#include "main/mailbox.h"

#define CONNECTIONS_MAX 32
#define LINE_BYTES_MAX  2048
#define IDLE_S          60
#define STOP_POLL_US    20000

struct mailbox_smtp {
    struct mailbox *mailbox;
    int listener;
    uint16_t port;
    pthread_t acceptor;
    _Atomic bool stopping;
    pthread_mutex_t lock; /* guards fds */
    pthread_cond_t ended;
    int fds[CONNECTIONS_MAX]; /* -1: free */
};

struct talk {
    struct mailbox_smtp *smtp;
    FILE *in;
    int fd;
    size_t place; /* in smtp->fds */
    bool has_sender;
    bool has_recipient;
    char to[MAILBOX_TO_MAX + 1]; /* the last one; Jinnang sends to one at a time */
};

static bool say(const struct talk *talk, const char *line)
{
    size_t length = strlen(line);

    return send(talk->fd, line, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* What stands between < and >. */
static bool read_path(const char *line, char ret[MAILBOX_TO_MAX + 1])
{
    const char *open = strchr(line, '<'), *close = open == NULL ? NULL : strchr(open, '>');

    if (close == NULL || close - open - 1 > MAILBOX_TO_MAX) {
        return false;
    }
    memcpy(ret, open + 1, (size_t)(close - open) - 1);
    ret[close - open - 1] = '\0';
    return str_is_utf8(ret, strlen(ret));
}

/* Until the line with a single dot. False: too large or cut off. */
static bool read_data(const struct talk *talk, struct buf *mail)
{
    char line[LINE_BYTES_MAX];
    bool at_start = true;

    while (fgets(line, sizeof(line), talk->in) != NULL) {
        const char *from = line;

        if (at_start && (strcmp(line, ".\r\n") == 0 || strcmp(line, ".\n") == 0)) {
            return buf_ok(mail);
        }
        if (at_start && line[0] == '.') {
            from = line + 1;
        }
        buf_add_str(mail, from);
        at_start = strchr(line, '\n') != NULL;
    }
    return false;
}

static bool take_mail(struct talk *talk)
{
    struct mailbox_message *message;
    struct buf mail;
    bool ok;

    if (!talk->has_recipient) {
        return say(talk, "503 who is it for?\r\n");
    }
    if (!say(talk, "354 end with a dot\r\n")) {
        return false;
    }
    buf_init(&mail, MAILBOX_BYTES_MAX);
    ok = read_data(talk, &mail);
    if (ok) {
        message = calloc(1, sizeof(*message));
        BUG_IF(message == NULL);
        message->channel = MAILBOX_EMAIL;
        memcpy(message->to, talk->to, sizeof(message->to));
        mailbox_read_mail(mail.data == NULL ? "" : (const char *)mail.data, mail.length, message);
        (void)mailbox_add(talk->smtp->mailbox, message);
        free(message);
    }
    buf_done(&mail);
    talk->has_sender = talk->has_recipient = false;
    return ok ? say(talk, "250 kept\r\n") : say(talk, "552 too large\r\n");
}

static bool is_verb(const char *line, const char *verb)
{
    return strncasecmp(line, verb, strlen(verb)) == 0;
}

/* False: the conversation is over. */
static bool answer(struct talk *talk, const char *line)
{
    char path[MAILBOX_TO_MAX + 1];

    if (is_verb(line, "EHLO") || is_verb(line, "HELO")) {
        return say(talk,
                   is_verb(line, "EHLO") ? "250-sandbox\r\n250 8BITMIME\r\n" : "250 sandbox\r\n");
    }
    if (is_verb(line, "MAIL FROM:")) {
        talk->has_sender = read_path(line, path);
        talk->has_recipient = false;
        return say(talk, talk->has_sender ? "250 fine\r\n" : "501 no address\r\n");
    }
    if (is_verb(line, "RCPT TO:")) {
        if (!talk->has_sender) {
            return say(talk, "503 who is it from?\r\n");
        }
        talk->has_recipient = read_path(line, talk->to) && talk->to[0] != '\0';
        return say(talk, talk->has_recipient ? "250 fine\r\n" : "501 no address\r\n");
    }
    if (is_verb(line, "DATA")) {
        return take_mail(talk);
    }
    if (is_verb(line, "QUIT")) {
        (void)say(talk, "221 bye\r\n");
        return false;
    }
    if (is_verb(line, "RSET") || is_verb(line, "NOOP")) {
        talk->has_sender = talk->has_sender && is_verb(line, "NOOP");
        talk->has_recipient = talk->has_recipient && is_verb(line, "NOOP");
        return say(talk, "250 fine\r\n");
    }
    return say(talk, "500 what?\r\n");
}

/* Closed under the lock: whoever stops never shuts a descriptor that is somebody else's by now. */
static void leave(struct mailbox_smtp *smtp, size_t place, FILE *in)
{
    pthread_mutex_lock(&smtp->lock);
    (void)fclose(in);
    smtp->fds[place] = -1;
    pthread_cond_broadcast(&smtp->ended);
    pthread_mutex_unlock(&smtp->lock);
}

static void *converse(void *arg)
{
    struct talk *talk = arg;
    struct mailbox_smtp *smtp = talk->smtp;
    const struct timeval idle = {.tv_sec = IDLE_S};
    char line[LINE_BYTES_MAX];

    (void)setsockopt(talk->fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle));
    (void)setsockopt(talk->fd, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof(idle));
    if (say(talk, "220 sandbox mailbox\r\n")) {
        while (!atomic_load(&smtp->stopping) && fgets(line, sizeof(line), talk->in) != NULL &&
               answer(talk, line)) {
        }
    }
    leave(smtp, talk->place, talk->in);
    free(talk);
    return NULL;
}

/* CONNECTIONS_MAX: all places are taken. */
static size_t enter(struct mailbox_smtp *smtp, int fd)
{
    size_t place = 0;

    pthread_mutex_lock(&smtp->lock);
    while (place < CONNECTIONS_MAX && smtp->fds[place] >= 0) {
        place++;
    }
    if (place < CONNECTIONS_MAX) {
        smtp->fds[place] = fd;
    }
    pthread_mutex_unlock(&smtp->lock);
    return place;
}

static void begin(struct mailbox_smtp *smtp, int fd)
{
    size_t place = enter(smtp, fd);
    struct talk *talk;
    pthread_t thread;

    if (place == CONNECTIONS_MAX) {
        close(fd);
        return;
    }
    talk = calloc(1, sizeof(*talk));
    BUG_IF(talk == NULL);
    *talk = (struct talk){.smtp = smtp, .fd = fd, .place = place};
    talk->in = fdopen(fd, "r");
    BUG_IF(talk->in == NULL);
    if (pthread_create(&thread, NULL, converse, talk) != 0) {
        leave(smtp, place, talk->in);
        free(talk);
        return;
    }
    pthread_detach(thread);
}

static void *accept_all(void *arg)
{
    struct mailbox_smtp *smtp = arg;

    while (!atomic_load(&smtp->stopping)) {
        int fd = accept4(smtp->listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd >= 0) {
            begin(smtp, fd);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            usleep(STOP_POLL_US); /* stopping, or out of descriptors */
        }
    }
    return NULL;
}

static bool parse_address(const char *text, struct sockaddr_in *ret)
{
    const char *colon = strrchr(text, ':');
    char host[INET_ADDRSTRLEN] = "";
    uint32_t port;

    if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
        !str_parse_u32(colon + 1, strlen(colon + 1), &port) || port > UINT16_MAX) {
        return false;
    }
    memcpy(host, text, (size_t)(colon - text));
    *ret = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, host, &ret->sin_addr) == 1;
}

enum err mailbox_smtp_start(struct mailbox *mailbox, const char *listen_at,
                            struct mailbox_smtp **ret)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    struct mailbox_smtp *smtp;
    const int on = 1;

    if (!parse_address(listen_at, &address)) {
        return ERR_CONFIG_INVALID;
    }
    smtp = calloc(1, sizeof(*smtp));
    BUG_IF(smtp == NULL);
    smtp->mailbox = mailbox;
    pthread_mutex_init(&smtp->lock, NULL);
    pthread_cond_init(&smtp->ended, NULL);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        smtp->fds[i] = -1;
    }
    smtp->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (smtp->listener < 0 ||
        setsockopt(smtp->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(smtp->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(smtp->listener, CONNECTIONS_MAX) != 0 ||
        getsockname(smtp->listener, (struct sockaddr *)&address, &length) != 0) {
        if (smtp->listener >= 0) {
            close(smtp->listener);
        }
        free(smtp);
        return ERR_LISTEN_FAILED;
    }
    smtp->port = ntohs(address.sin_port);
    int failed = pthread_create(&smtp->acceptor, NULL, accept_all, smtp);
    BUG_IF(failed != 0);
    *ret = smtp;
    return ERR_OK;
}

uint16_t mailbox_smtp_port(const struct mailbox_smtp *smtp)
{
    return smtp->port;
}

void mailbox_smtp_stop(struct mailbox_smtp *smtp)
{
    if (smtp == NULL) {
        return;
    }
    atomic_store(&smtp->stopping, true);
    (void)shutdown(smtp->listener, SHUT_RDWR);
    pthread_join(smtp->acceptor, NULL);
    close(smtp->listener);
    pthread_mutex_lock(&smtp->lock);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        while (smtp->fds[i] >= 0) {
            (void)shutdown(smtp->fds[i], SHUT_RDWR);
            pthread_cond_wait(&smtp->ended, &smtp->lock);
        }
    }
    pthread_mutex_unlock(&smtp->lock);
    pthread_cond_destroy(&smtp->ended);
    pthread_mutex_destroy(&smtp->lock);
    free(smtp);
}
