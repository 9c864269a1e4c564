/* verification_worker.c — see verification_worker.h. */
#include "main/verification_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/levels_json.h"
#include "channel/verifier.h"
#include "core/log.h"
#include "core/sha256.h"
#include "core/str.h"
#include "identity/signup.h"

struct verification_worker {
    struct verification_worker_config config;
    struct verifier *verifier; /* NULL: nobody can be asked */
};

/* ---- making ---- */

enum err verifier_key_read(const char *path, uint8_t ret[32])
{
    char line[2 * VERIFIER_KEY_BYTES + 2] = "";
    FILE *file = fopen(path, "re");
    struct stat about;
    bool good = false;

    if (file == NULL) {
        return ERR_VERIFIER_KEY_INVALID;
    }
    if (fstat(fileno(file), &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
        fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        good = hex_decode(line, strlen(line), ret, VERIFIER_KEY_BYTES);
    }
    (void)fclose(file);
    secret_wipe(line, sizeof(line));
    return good ? ERR_OK : ERR_VERIFIER_KEY_INVALID;
}

enum err verification_worker_create(const struct verification_worker_config *config,
                                    struct verification_worker **ret)
{
    struct verification_worker *worker;
    struct verifier *verifier = NULL;
    uint8_t key[VERIFIER_KEY_BYTES];
    enum err err = ERR_OK;

    if ((config->verifier_url == NULL) != (config->verifier_key_file == NULL)) {
        return ERR_CONFIG_INVALID;
    }
    if (config->verifier_url != NULL) {
        err = verifier_key_read(config->verifier_key_file, key);
        if (err == ERR_OK) {
            err = verifier_create(&(struct verifier_config){.url = config->verifier_url,
                                                            .key = key,
                                                            .ca_file = config->verifier_ca_file},
                                  &verifier);
        }
        secret_wipe(key, sizeof(key));
    }
    if (err != ERR_OK) {
        return err;
    }
    worker = calloc(1, sizeof(*worker));
    BUG_IF(worker == NULL);
    worker->config = *config;
    worker->verifier = verifier;
    *ret = worker;
    return ERR_OK;
}

void verification_worker_free(struct verification_worker *worker)
{
    if (worker != NULL) {
        verifier_free(worker->verifier);
        free(worker);
    }
}

/* ---- one question ---- */

struct asking {
    struct verification_worker *worker;
    int64_t id;
    struct verification_question question;
    bool mine;
    struct verification_answer answer;
    struct verification_effect effect;
    int64_t outbox_id;
    struct code_draft draft;
    bool without_code; /* too many were sent there: the person asks for it when it is time */
};

static enum err claim(struct store_tx *tx, void *arg)
{
    struct asking *asking = arg;

    return verification_claim(tx, asking->worker->config.vault, asking->id, &asking->question,
                              &asking->mine);
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void ask(struct asking *asking, struct verifier_answer *ret)
{
    static const char *const kinds[] = {[NATIONAL_ID_CN_RESIDENT] = "cn_resident",
                                        [NATIONAL_ID_PASSPORT] = "passport",
                                        [NATIONAL_ID_OTHER] = "national"};
    const struct verification_question *question = &asking->question;
    char id[ID_TEXT_MAX];

    id_format(ID_VERIFICATION_PREFIX, asking->id, id);
    verifier_ask(asking->worker->verifier,
                 &(struct verifier_question){.id = id,
                                             .check = (enum verifier_check)question->check,
                                             .name = question->name,
                                             .id_kind = kinds[question->id_kind],
                                             .id_number = question->id_number,
                                             .phone = or_null(question->phone),
                                             .card = or_null(question->card)},
                 ret);
    if (ret->problem != NULL) {
        LOG(LOG_WARN, "verifier_no_answer", LOG_TEXT("why", ret->problem), LOG_TEXT("id", id));
    }
}

/* A card whose bank said yes gets its code at once. */
static enum err after_card(struct store_tx *tx, struct asking *asking)
{
    const struct verification *now = &asking->effect.now;
    struct code_sent sent;

    if (now->state != VERIFICATION_PASSED || asking->without_code) {
        return ERR_OK;
    }
    return card_send_code(tx, asking->worker->config.vault, now->person, now->subject_id,
                          &asking->draft, asking->worker->config.is_sandbox, &sent);
}

static enum err take(struct store_tx *tx, void *arg)
{
    struct asking *asking = arg;
    const struct verification_worker_config *config = &asking->worker->config;
    const struct verification *now = &asking->effect.now;
    enum err err = verification_take_answer(tx, &asking->answer, &asking->effect);

    if (err != ERR_OK || !asking->effect.decided) {
        return err;
    }
    if (now->check == VERIFY_CARD) {
        return after_card(tx, asking);
    }
    if (now->check == VERIFY_NAME_ID && now->state == VERIFICATION_PASSED) {
        err = person_mark_steps(tx, now->person, SIGNUP_IDENTITY, 0);
    }
    if (err == ERR_OK && now->check == VERIFY_NAME_ID) {
        err = api_tell_verification(tx, config->vault, config->pack, &asking->effect,
                                    asking->outbox_id);
    }
    return err;
}

static enum err ask_one(struct verification_worker *worker, int64_t id)
{
    const struct verification_worker_config *config = &worker->config;
    struct asking asking = {.worker = worker, .id = id};
    struct verifier_answer answer = {.outcome = VERIFIER_OUTAGE};
    enum err err = store_write_sync(config->store, claim, &asking, 0);

    if (err == ERR_OK && asking.mine) {
        if (worker->verifier != NULL) {
            ask(&asking, &answer);
        }
        asking.answer = (struct verification_answer){
            .id = id,
            .outcome = (enum verification_outcome)answer.outcome,
            .field = (enum verification_fault)answer.field,
            .reference = answer.reference,
            .review_id = id_draw_one(config->ids),
            .follow_id = id_draw_one(config->ids),
            .review_due_us =
                policy_business_days_end_us(config->pack, clock_now_us(config->clock),
                                            config->pack->verification.review_business_days),
            .gives_up = worker->verifier == NULL,
        };
        asking.outbox_id = id_draw_one(config->ids);
        codes_draw(config->ids, &asking.draft);
        err = store_write_sync(config->store, take, &asking, 0);
        if (err == ERR_TOO_MANY_ATTEMPTS) {
            asking.without_code = true;
            err = store_write_sync(config->store, take, &asking, 0);
        }
    }
    secret_wipe(&asking.question, sizeof(asking.question));
    secret_wipe(&asking.draft, sizeof(asking.draft));
    return err;
}

/* ---- a run ---- */

struct due {
    int64_t now_us;
    int64_t ids[VERIFICATIONS_DUE_MAX];
    size_t count;
};

static enum err find_due(struct store_tx *tx, void *arg)
{
    struct due *due = arg;

    return verifications_due(tx, due->now_us, due->ids, &due->count);
}

enum err verification_worker_run(void *arg, bool *ret_more)
{
    struct verification_worker *worker = arg;
    struct due due = {.now_us = clock_now_us(worker->config.clock)};
    enum err err = store_read(worker->config.store, find_due, &due), first = err;

    for (size_t i = 0; err == ERR_OK && i < due.count; i++) {
        enum err one = ask_one(worker, due.ids[i]);

        first = first == ERR_OK ? one : first; /* one that fails does not hold up the others */
    }
    *ret_more = first == ERR_OK && due.count == VERIFICATIONS_DUE_MAX;
    return first;
}
