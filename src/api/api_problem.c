/* api_problem.c — what a handler answers when it is done: JSON, or an RFC 9457 problem. */
#include "api/api.h"

#include <string.h>

#define MEMBERS_BYTES_MAX 4096

static void add_member(struct buf *members, const char *key, const char *text)
{
    if (text == NULL || text[0] == 0) {
        return;
    }
    buf_printf(members, ",\"%s\":", key);
    http_json_string(members, text, strlen(text));
}

/* When to come back, and how many tries remain. */
static void add_numbers(struct http_request *request, struct buf *members,
                        const struct api_problem *problem)
{
    if (problem->retry_at_us != 0) {
        int64_t wait_us = problem->retry_at_us - problem->now_us;
        int64_t wait_s = wait_us <= 0 ? 1 : (wait_us + 999999) / 1000000;
        char text[CLOCK_TEXT_MAX];

        clock_format_rfc3339(problem->retry_at_us, text);
        add_member(members, "retry_at", text);
        http_set_header(request, "Retry-After",
                        arena_printf(request->arena, "%lld", (long long)wait_s));
    }
    if (problem->has_tries_left) {
        buf_printf(members, ",\"tries_left\":%u", problem->tries_left);
    }
}

/* Operations that may move money: their problems always say whether it moved. */
static bool may_move_money(const struct http_request *request)
{
    static const char prefix[] = "ledger_transfers_";
    return request->route != NULL && request->method != HTTP_GET && request->method != HTTP_HEAD &&
           strncmp(api_op_of(request)->name, prefix, sizeof(prefix) - 1) == 0;
}

enum http_verdict api_answer_problem(struct http_request *request, struct api_problem problem)
{
    static const char *const charged[] = {NULL, "false", "true", "unknown"};
    struct buf members;
    if (problem.charged == API_CHARGED_UNSAID && may_move_money(request)) {
        problem.charged = API_CHARGED_FALSE; /* refused before anything was tried */
    }
    buf_init(&members, MEMBERS_BYTES_MAX);
    add_member(&members, "detail", problem.detail);
    add_member(&members, "field", problem.field);
    add_member(&members, "charged", charged[problem.charged]);
    add_numbers(request, &members, &problem);
    if (!buf_ok(&members)) { /* details are ours and short; a field may quote what was sent */
        buf_clear(&members);
        add_member(&members, "charged", charged[problem.charged]);
    }
    bool any = members.length > 0;
    http_answer_problem(request, problem.err, any ? (const char *)members.data : NULL);
    buf_done(&members);
    return HTTP_ANSWERED;
}

enum http_verdict api_answer_json(struct http_request *request, int status)
{
    BUG_IF(status < 200 || status > 299);
    http_answer(request, status, "application/json");
    return HTTP_ANSWERED;
}
