/* notify_read.c — what people see of their messages, "it was not me", and codes. The contract is in
 * notify.h. */
#include "notify/notify_int.h"

#include <string.h>

#include "core/buf.h"
#include "q_notify.h"

_Static_assert(sizeof(struct q_notify_messages_before_row) ==
                   sizeof(struct q_notify_message_get_row),
               "the statements on messages have the same columns");
_Static_assert(sizeof(struct q_notify_messages_after_row) ==
                   sizeof(struct q_notify_message_get_row),
               "the statements on messages have the same columns");

struct reader {
    struct store_tx *tx;
    struct notify *notify;
    int64_t person_id;
    enum notify_language language;
    int32_t utc_offset_min;
    struct arena *arena;
};

static const char *kept(struct arena *arena, struct buf *buf)
{
    BUG_IF(!buf_ok(buf));
    const char *text =
        buf->length == 0 ? "" : arena_strndup(arena, (const char *)buf->data, buf->length);

    buf_clear(buf);
    return text;
}

static enum err write_out(const struct reader *reader, const struct q_notify_message_get_row *row,
                          struct notify_message *ret)
{
    struct notify_port *port = &reader->notify->port;
    struct store_blob params = {0};
    struct buf out;

    if (row->params_sealed.length > 0) {
        enum err err = port->open_params(port->ctx, reader->tx, reader->person_id, row->message_id,
                                         row->params_sealed, true, reader->arena, &params);
        if (err != ERR_OK) {
            return err;
        }
    }
    const struct notify_view view = {.topic = ret->topic,
                                     .language = reader->language,
                                     .utc_offset_min = reader->utc_offset_min,
                                     .params = params.data,
                                     .params_length = params.length};
    buf_init(&out, NOTIFY_RENDERED_MAX);
    notify_render_title(&view, &out);
    ret->title = kept(reader->arena, &out);
    if ((ret->topic->channels & NOTIFY_IN_APP) != 0) {
        notify_render_text(&view, &out);
        ret->text = kept(reader->arena, &out);
    }
    buf_done(&out);
    return ERR_OK;
}

static enum err message_of(const struct reader *reader, const struct q_notify_message_get_row *row,
                           struct notify_message *ret)
{
    char code[NOTIFY_CODE_TEXT_MAX];
    struct notify_message message = {
        .message_id = row->message_id,
        .seq = row->seq,
        .topic = notify_topic_find(row->topic.data, row->topic.length),
        .title = "",
        .text = "",
        .created_at_us = row->created_at_us,
        .read_at_us = row->read_at_us,
        .not_me_at_us = row->not_me_at_us,
    };

    notify_message_code(reader->notify, row->message_id, code);
    message.code = arena_strdup(reader->arena, code);
    if (message.topic != NULL) {
        enum err err = write_out(reader, row, &message);
        if (err != ERR_OK) {
            return err;
        }
    }
    *ret = message;
    return ERR_OK;
}

static enum err reader_init(struct reader *reader)
{
    struct notify_preferences preferences;
    enum err err = notify_preferences_get(reader->tx, reader->notify, reader->person_id, NULL,
                                          &preferences, NULL);

    if (err == ERR_OK) {
        reader->utc_offset_min = preferences.utc_offset_min;
    }
    return err;
}

/* Rows are copied first: opening one runs other statements, and on some errors must stop. */
struct rows {
    struct arena *arena;
    size_t count;
    struct q_notify_message_get_row rows[NOTIFY_LIST_MAX];
};

static void rows_take(struct rows *rows, const struct q_notify_message_get_row *row)
{
    struct q_notify_message_get_row *to = &rows->rows[rows->count++];
    void *params = arena_alloc(rows->arena, row->params_sealed.length + 1);

    BUG_IF(rows->count > NOTIFY_LIST_MAX);
    *to = *row;
    to->topic.data = arena_strndup(rows->arena, row->topic.data, row->topic.length);
    if (row->params_sealed.length > 0) {
        memcpy(params, row->params_sealed.data, row->params_sealed.length);
    }
    to->params_sealed.data = params;
}

static bool take_before(const struct q_notify_messages_before_row *row, void *arg)
{
    struct q_notify_message_get_row same;

    memcpy(&same, row, sizeof(same));
    rows_take(arg, &same);
    return true;
}

static bool take_after(const struct q_notify_messages_after_row *row, void *arg)
{
    struct q_notify_message_get_row same;

    memcpy(&same, row, sizeof(same));
    rows_take(arg, &same);
    return true;
}

enum err notify_list(struct store_tx *tx, struct notify *notify, const struct notify_page *page,
                     struct arena *arena, struct notify_message *ret, size_t *ret_count)
{
    struct reader reader = {tx, notify, page->person_id, page->language, 0, arena};
    struct rows *rows = arena_alloc(arena, sizeof(*rows));
    enum err err = reader_init(&reader);

    BUG_IF(page->count_max == 0 || page->count_max > NOTIFY_LIST_MAX);
    rows->arena = arena;
    if (err == ERR_OK && page->before_seq > 0) {
        err = q_notify_messages_before_each(
            tx,
            &(struct q_notify_messages_before_in){.person_id = page->person_id,
                                                  .before_seq = page->before_seq,
                                                  .limit_count = page->count_max},
            take_before, rows);
    } else if (err == ERR_OK) {
        err = q_notify_messages_after_each(
            tx,
            &(struct q_notify_messages_after_in){.person_id = page->person_id,
                                                 .after_seq = page->after_seq,
                                                 .limit_count = page->count_max},
            take_after, rows);
    }
    for (size_t i = 0; err == ERR_OK && i < rows->count; i++) {
        err = message_of(&reader, &rows->rows[i], &ret[i]);
    }
    if (err == ERR_OK) {
        *ret_count = rows->count;
    }
    return err;
}

static enum err get_row(struct store_tx *tx, int64_t person_id, int64_t message_id,
                        struct arena *arena, struct q_notify_message_get_row *ret)
{
    bool found = false;
    enum err err = q_notify_message_get(
        tx, &(struct q_notify_message_get_in){.person_id = person_id, .message_id = message_id},
        arena, ret, &found);

    return err == ERR_OK && !found ? ERR_MESSAGE_NOT_FOUND : err;
}

enum err notify_get(struct store_tx *tx, struct notify *notify, int64_t person_id,
                    int64_t message_id, enum notify_language language, struct arena *arena,
                    struct notify_message *ret)
{
    struct reader reader = {tx, notify, person_id, language, 0, arena};
    struct q_notify_message_get_row row;
    enum err err = get_row(tx, person_id, message_id, arena, &row);

    if (err == ERR_OK) {
        err = reader_init(&reader);
    }
    return err == ERR_OK ? message_of(&reader, &row, ret) : err;
}

enum err notify_counts(struct store_tx *tx, int64_t person_id, int64_t *ret_unread,
                       int64_t *ret_last_seq)
{
    struct q_notify_messages_counts_row row = {0};
    bool found = false;
    enum err err = q_notify_messages_counts(
        tx, &(struct q_notify_messages_counts_in){.person_id = person_id}, &row, &found);

    if (err == ERR_OK) {
        BUG_IF(!found);
        *ret_unread = row.unread_count;
        *ret_last_seq = row.last_seq;
    }
    return err;
}

enum err notify_mark_read(struct store_tx *tx, int64_t person_id, int64_t message_id)
{
    struct arena *arena = arena_create(NOTIFY_ARENA_BYTES);
    struct q_notify_message_get_row row;
    enum err err = get_row(tx, person_id, message_id, arena, &row);

    arena_free(arena);
    if (err != ERR_OK) {
        return err;
    }
    return q_notify_message_mark_read(
        tx,
        &(struct q_notify_message_mark_read_in){
            .person_id = person_id, .message_id = message_id, .now_us = store_tx_now_us(tx)},
        NULL);
}

enum err notify_mark_read_to(struct store_tx *tx, int64_t person_id, int64_t to_seq,
                             int64_t *ret_count)
{
    return q_notify_messages_mark_read_to(
        tx,
        &(struct q_notify_messages_mark_read_to_in){
            .person_id = person_id, .to_seq = to_seq, .now_us = store_tx_now_us(tx)},
        ret_count);
}

struct delivery_list {
    struct notify_delivery *deliveries;
    size_t count;
};

static bool take_delivery(const struct q_notify_deliveries_of_message_row *row, void *arg)
{
    struct delivery_list *list = arg;
    struct notify_delivery *to = &list->deliveries[list->count++];
    size_t length = row->problem.length;

    BUG_IF(list->count > NOTIFY_DELIVERIES_MAX);
    *to = (struct notify_delivery){.delivery_id = row->delivery_id,
                                   .contact_id = row->contact_id,
                                   .channel = (enum notify_channel)row->channel,
                                   .state = (enum notify_delivery_state)row->state,
                                   .attempts = row->attempts,
                                   .due_at_us = row->due_at_us,
                                   .give_up_at_us = row->give_up_at_us,
                                   .done_at_us = row->done_at_us};
    length = length < TRANSPORT_PROBLEM_MAX ? length : TRANSPORT_PROBLEM_MAX - 1;
    memcpy(to->problem, row->problem.data, length);
    return true;
}

enum err notify_deliveries(struct store_tx *tx, int64_t person_id, int64_t message_id,
                           struct notify_delivery *ret, size_t *ret_count)
{
    struct delivery_list list = {.deliveries = ret};
    enum err err =
        q_notify_deliveries_of_message_each(tx,
                                            &(struct q_notify_deliveries_of_message_in){
                                                .person_id = person_id, .message_id = message_id},
                                            take_delivery, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

/* ---- codes and "it was not me" ---- */

enum err notify_find_code(struct store_tx *tx, struct notify *notify, const char *text,
                          size_t length, struct notify_sent *ret)
{
    char code[NOTIFY_CODE_TEXT_MAX];
    struct q_notify_message_by_code_in in;
    struct q_notify_message_by_code_row row;
    struct arena *arena;
    bool found = false;

    if (!notify_code_read(text, length, code)) {
        return ERR_MESSAGE_CODE_UNKNOWN;
    }
    notify->port.code_index(notify->port.ctx, code, &in.code_index);
    arena = arena_create(NOTIFY_ARENA_BYTES);
    enum err err = q_notify_message_by_code(tx, &in, arena, &row, &found);
    if (err == ERR_OK && !found) {
        err = ERR_MESSAGE_CODE_UNKNOWN;
    }
    if (err == ERR_OK) {
        *ret = (struct notify_sent){.person_id = row.person_id,
                                    .message_id = row.message_id,
                                    .topic = notify_topic_find(row.topic.data, row.topic.length),
                                    .created_at_us = row.created_at_us};
    }
    arena_free(arena);
    return err;
}

enum err notify_not_me(struct store_tx *tx, int64_t person_id, int64_t message_id, bool *ret_first,
                       int64_t *ret_at_us)
{
    struct arena *arena = arena_create(NOTIFY_ARENA_BYTES);
    struct q_notify_message_get_row row;
    const struct notify_topic *topic = NULL;
    int64_t changed = 0;
    enum err err = get_row(tx, person_id, message_id, arena, &row);

    if (err == ERR_OK) {
        topic = notify_topic_find(row.topic.data, row.topic.length);
        if (topic == NULL || !topic->not_me) {
            err = ERR_MESSAGE_NOT_CONTESTABLE;
        }
    }
    arena_free(arena);
    if (err == ERR_OK) {
        err = q_notify_message_not_me(
            tx,
            &(struct q_notify_message_not_me_in){
                .person_id = person_id, .message_id = message_id, .now_us = store_tx_now_us(tx)},
            &changed);
    }
    if (err == ERR_OK) {
        *ret_first = changed == 1;
        *ret_at_us = changed == 1 ? store_tx_now_us(tx) : row.not_me_at_us;
    }
    return err;
}
