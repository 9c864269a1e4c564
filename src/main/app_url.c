/* app_url.c — which database a command means, and how to speak of it. The contract is in app.h. */
#include "main/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"

bool app_url(const struct cli_args *args, char ret[APP_URL_MAX])
{
    const char *url = cli_text(args, "db");
    const char *from_environment = getenv("JINNANG_DB");
    int length;
    if (url == NULL && from_environment != NULL && from_environment[0] != '\0') {
        url = from_environment;
    }
    if (url != NULL) {
        length = snprintf(ret, APP_URL_MAX, "%s", url);
    } else {
        length = snprintf(ret, APP_URL_MAX, "sqlite:%s/jinnang.db", cli_text(args, "data"));
    }
    if (length < 0 || length >= APP_URL_MAX) {
        (void)cli_fail_text(args, "the address of the database is too long",
                            "use a shorter path or URL");
        return false;
    }
    return true;
}

const char *app_sqlite_path(const char *url)
{
    static const char scheme[] = "sqlite:";
    return str_starts_with(url, scheme) ? url + sizeof(scheme) - 1 : NULL;
}

void app_url_for_people(const char *url, char ret[APP_URL_MAX])
{
    const char *host = strstr(url, "://");
    const char *at = host != NULL ? strrchr(url, '@') : NULL;
    const char *colon = at != NULL ? memchr(host + 3, ':', (size_t)(at - host - 3)) : NULL;
    if (colon == NULL) {
        snprintf(ret, APP_URL_MAX, "%s", url);
        return;
    }
    snprintf(ret, APP_URL_MAX, "%.*s%s", (int)(colon - url), url, at);
}

int app_open_failed(const struct cli_args *args, enum err err, const char *url)
{
    char shown[APP_URL_MAX], doing[APP_URL_MAX + 16];
    app_url_for_people(url, shown);
    snprintf(doing, sizeof(doing), "open %s", shown);
    return cli_fail(args, err, doing);
}
