/* api_gauges.h — numbers that others keep (store, ledger, listener), shown at each scrape. Private
 * to api/. */
#ifndef JN_API_API_GAUGES_H
#define JN_API_API_GAUGES_H

#include "api/api_app.h"

/* Registers with app->metrics; before threads start. Never NULL. */
struct api_gauges *api_gauges_create(struct api_app *app);
/* From now on the listener's own numbers are shown too. */
void api_gauges_set_server(struct api_gauges *gauges, struct http_server *server);
void api_gauges_free(struct api_gauges *gauges); /* NULL is fine; nothing may scrape any more */

#endif
