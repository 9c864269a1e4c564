/* export_read.h — a person's data, read once for either form of the copy. */
#ifndef JN_API_EXPORT_READ_H
#define JN_API_EXPORT_READ_H

#include "api/api_app.h"
#include "identity/personal_data.h"

struct export_data {
    struct api_app *app;
    struct person_id person;
    struct arena *arena;
    int64_t made_at_us;
    struct personal_value *values;
    size_t count;
};
/* False: the problem was answered. */
JN_MUST_USE bool export_read(struct http_request *request, struct api_app *app,
                             struct export_data *ret);

#endif
