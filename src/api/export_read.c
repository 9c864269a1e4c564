/* export_read.c — see export_read.h. */
#include "api/export_read.h"

static enum err read_data(struct store_tx *tx, void *arg)
{
    struct export_data *data = arg;

    return personal_data_read(tx, data->app->vault, data->person, data->arena, &data->values,
                              &data->count);
}

bool export_read(struct http_request *request, struct api_app *app, struct export_data *ret)
{
    *ret = (struct export_data){.app = app,
                                .person = api_caller_of(request)->person,
                                .arena = request->arena,
                                .made_at_us = clock_now_us(app->clock)};
    return api_read(request, app, read_data, ret);
}
