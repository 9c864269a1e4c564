/* locks_json.c — see locks_json.h. */
#include "api/locks_json.h"

static struct vault_place place_of(struct person_id person, const char *table, const char *column,
                                   struct lock_id id)
{
    return (struct vault_place){
        .person = person, .class = VAULT_MESSAGE, .table = table, .column = column, .row_id = id.v};
}

struct vault_place lock_told_place(struct person_id person, struct lock_id id)
{
    return place_of(person, "locks", "told_sealed", id);
}

struct vault_place lock_note_place(struct person_id person, struct lock_id id)
{
    return place_of(person, "locks", "note_sealed", id);
}

struct vault_place lock_objection_place(struct person_id person, struct lock_id id)
{
    return place_of(person, "lock_contests", "text_sealed", id);
}

struct vault_place lock_answer_place(struct person_id person, struct lock_id id)
{
    return place_of(person, "lock_contests", "answer_sealed", id);
}

struct opening {
    struct store_tx *tx;
    struct vault *vault;
    const struct lock_opening *how;
};

static enum err open_one(const struct opening *opening, struct vault_place place,
                         struct store_blob sealed, struct store_text *ret)
{
    if (sealed.length == 0) {
        return ERR_OK;
    }
    return opening->how->grant == NULL
               ? vault_unseal_text(opening->tx, opening->vault, &place, VAULT_FOR_SELF, sealed,
                                   opening->how->arena, ret)
               : access_unseal_text(opening->tx, opening->vault, opening->how->grant, &place,
                                    sealed, opening->how->arena, ret);
}

static enum err open_contest(const struct opening *opening, struct lock_view *view)
{
    struct person_id person = view->lock.person;
    struct lock_contest contest;
    enum err err = locks_contest_get(opening->tx, view->lock.id, &contest);

    if (err != ERR_OK) {
        return err;
    }
    view->answer_due_us = contest.due_at_us;
    view->answered_at_us = contest.answered_at_us;
    err = open_one(opening, lock_objection_place(person, view->lock.id),
                   (struct store_blob){contest.text_sealed, contest.text_length}, &view->objection);
    if (err == ERR_OK) {
        err = open_one(opening, lock_answer_place(person, view->lock.id),
                       (struct store_blob){contest.answer_sealed, contest.answer_length},
                       &view->answer);
    }
    return err;
}

enum err lock_view_open(struct store_tx *tx, struct api_app *app, const struct lock_opening *how,
                        struct lock_view *view)
{
    const struct opening opening = {.tx = tx, .vault = app->vault, .how = how};
    const struct lock *lock = &view->lock;
    enum err err = open_one(&opening, lock_told_place(lock->person, lock->id),
                            (struct store_blob){lock->told_sealed, lock->told_length}, &view->told);

    if (err == ERR_OK && how->grant != NULL) {
        err = open_one(&opening, lock_note_place(lock->person, lock->id),
                       (struct store_blob){lock->note_sealed, lock->note_length}, &view->note);
    }
    return err == ERR_OK && lock->contested_at_us != 0 ? open_contest(&opening, view) : err;
}

enum err lock_views_read(struct store_tx *tx, struct api_app *app, struct person_id person,
                         bool history, const struct lock_opening *how, struct lock_view *views,
                         size_t *ret_count)
{
    struct lock *locks = arena_alloc_array(how->arena, LOCKS_MAX, sizeof(*locks));
    size_t count = 0;
    enum err err = locks_list(tx, person, history, locks, &count);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        views[i] = (struct lock_view){.lock = locks[i]};
        err = lock_view_open(tx, app, how, &views[i]);
    }
    if (err == ERR_OK) {
        *ret_count = count;
    }
    return err;
}

static void add_text(struct json_out *out, const char *key, struct store_text text)
{
    if (text.data == NULL) {
        json_out_null(out, key);
    } else {
        json_out_bytes(out, key, text.data, text.length);
    }
}

void locks_json_lock(struct json_out *out, const char *key, const struct lock_view *view,
                     int64_t now_us)
{
    const struct lock *lock = &view->lock;
    const struct lock_rule *rule = lock_rule_of(lock->reason);
    bool holds = lock_holds(lock, now_us);
    int64_t ended_us = holds ? 0 : lock->lifted_at_us != 0 ? lock->lifted_at_us : lock->until_us;

    json_out_open(out, key);
    json_out_id(out, "id", ID_LOCK_PREFIX, lock->id.v);
    json_out_id(out, "person_id", ID_PERSON_PREFIX, lock->person.v);
    json_out_name(out, "reason", &api_lock_reason_names, lock->reason);
    json_out_text(out, "why", lock->why->code);
    json_out_text(out, "why_en", lock->why->text_en);
    json_out_text(out, "why_zh", lock->why->text_zh);
    add_text(out, "told", view->told);
    add_text(out, "note", view->note);
    json_out_flags(out, "effects", &api_lock_effect_names, lock->effects);
    json_out_name(out, "put_by", &api_lock_actor_names, lock->put_by);
    json_out_time(out, "since", lock->since_us);
    json_out_time(out, "until", lock->until_us);
    json_out_time(out, "review_at", lock->review_at_us);
    json_out_bool(out, "holds", holds);
    json_out_time(out, "ended_at", ended_us);
    json_out_bool(out, "you_can_lift", (rule->lift_by & LOCK_BY_PERSON) != 0);
    json_out_bool(out, "contestable", rule->contestable);
    json_out_time(out, "contested_at", lock->contested_at_us);
    add_text(out, "objection", view->objection);
    json_out_time(out, "answer_due_at", view->answer_due_us);
    json_out_time(out, "answered_at", view->answered_at_us);
    add_text(out, "answer", view->answer);
    json_out_bool(out, "lift_needs_two", rule->lift_needs_two);
    json_out_close(out);
}

void locks_json_list(struct json_out *out, const struct lock_view *views, size_t count,
                     int64_t now_us)
{
    uint32_t effects = 0;

    json_out_open_list(out, "locks");
    for (size_t i = 0; i < count; i++) {
        locks_json_lock(out, NULL, &views[i], now_us);
        effects |= lock_holds(&views[i].lock, now_us) ? views[i].lock.effects : 0;
    }
    json_out_close_list(out);
    json_out_flags(out, "effects", &api_lock_effect_names, effects);
    json_out_flags(out, "works", &api_lock_effect_names, LOCK_EFFECTS_ALL & ~effects);
}
