/* api_quick_pay.h — quick pay as JSON, for its three endpoints. */
#ifndef JN_API_API_QUICK_PAY_H
#define JN_API_API_QUICK_PAY_H

#include "api/api_factors.h"

struct api_quick_pay_reading {
    struct api_app *app;
    struct person_id person;
    struct quick_pay quick;
};
/* A store_read_fn over a struct api_quick_pay_reading. */
enum err api_quick_pay_read(struct store_tx *tx, void *arg);
/* The object QuickPay. Limits are the person's own, or what is proposed. */
void api_quick_pay_json(struct buf *body, const struct api_app *app, const struct quick_pay *quick);

#endif
