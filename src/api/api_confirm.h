/* api_confirm.h — giving a factor to a confirmation: what POST /v1/confirmations/{id}/… share.
 *
 * struct api_confirm is the first member of each handler's own struct. */
#ifndef JN_API_API_CONFIRM_H
#define JN_API_API_CONFIRM_H

#include "api/api_factors.h"

struct api_confirm {
    struct confirmation_key key;
    enum factor factor;
    struct confirmation confirmation;
    struct factor_counts counts;
    enum err verdict; /* of the factor */
    struct factor_pause pause;
    int64_t outbox_id; /* drawn */
};
void api_confirm_begin(struct http_request *request, struct api_app *app, struct confirmation_id id,
                       enum factor factor, struct api_confirm *ret);
/* First in the transaction: the confirmation is open and takes this factor. */
JN_MUST_USE enum err api_confirm_open(struct store_tx *tx, struct api_app *app,
                                      struct api_confirm *confirm);
/* Last: gives the factor when the verdict is ERR_OK, tells of a pause that began otherwise. */
JN_MUST_USE enum err api_confirm_settle(struct store_tx *tx, struct api_app *app,
                                        struct api_confirm *confirm);
/* The confirmation as it is now, or the verdict. An api_answer_fn. */
void api_confirm_answer(struct http_request *request, struct api_app *app, void *arg);
/* An api_refuse_fn: a pause with its end. */
bool api_confirm_refuse(struct http_request *request, struct api_app *app, void *arg,
                        enum err outcome);

#endif
