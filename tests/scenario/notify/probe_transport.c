/* probe_transport.c — sends what standard input says through a transport, for test_transports.py.
 *
 *   probe_transport smtp URL TIMEOUT_MS AUTH_FILE|- CA_FILE|-
 *   probe_transport sms URL TIMEOUT_MS KEY_FILE CA_FILE|-
 *
 * A line "ID<tab>TO<tab>SUBJECT<tab>TEXT" in, a line "OUTCOME PROBLEM" out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/str.h"
#include "notify/transport.h"

static const char *outcome_name(enum transport_outcome outcome)
{
    switch (outcome) {
    case TRANSPORT_SENT:
        return "sent";
    case TRANSPORT_NOT_SENT:
        return "not_sent";
    case TRANSPORT_UNKNOWN:
        return "unknown";
    case TRANSPORT_REFUSED:
        return "refused";
    }
    return "?";
}

static const char *or_null(const char *text)
{
    return strcmp(text, "-") == 0 ? NULL : text;
}

static enum err open_transport(char **argv, int64_t timeout_ms, struct transport *ret)
{
    if (strcmp(argv[1], "smtp") == 0) {
        return transport_smtp_open(&(struct smtp_config){.url = argv[2],
                                                         .from_address = "noreply@wallet.test",
                                                         .from_name = "锦囊",
                                                         .auth_file = or_null(argv[4]),
                                                         .ca_file = or_null(argv[5]),
                                                         .timeout_ms = timeout_ms},
                                   ret);
    }
    return transport_sms_open(&(struct sms_config){.url = argv[2],
                                                   .key_file = argv[4],
                                                   .ca_file = or_null(argv[5]),
                                                   .timeout_ms = timeout_ms},
                              ret);
}

int main(int argc, char **argv)
{
    struct transport transport;
    char line[8192];
    int64_t timeout_ms;

    if (argc != 6 || !str_parse_i64(argv[3], strlen(argv[3]), &timeout_ms)) {
        return 2;
    }
    enum err err = open_transport(argv, timeout_ms, &transport);
    if (err != ERR_OK) {
        printf("%s\n", err_code(err));
        return 1;
    }
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char *rest = line, problem[TRANSPORT_PROBLEM_MAX] = "";
        line[strcspn(line, "\n")] = '\0';
        const char *id = strsep(&rest, "\t"), *to = strsep(&rest, "\t");
        const char *subject = strsep(&rest, "\t"), *text = rest;
        enum transport_outcome outcome =
            transport.send(transport.ctx,
                           &(struct transport_message){.id = id,
                                                       .to = to,
                                                       .subject = subject,
                                                       .text = text,
                                                       .language = "zh-CN",
                                                       .at_us = INT64_C(1795377860000000)},
                           problem);
        printf("%s %s\n", outcome_name(outcome), problem);
        fflush(stdout);
    }
    transport.free(transport.ctx);
    return 0;
}
