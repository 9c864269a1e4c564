/* app_url.c — which database a command means, and how to speak of it. The contract is in app.h. */
#include "main/app.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"

#define DATA_DEFAULT "jinnang-data"

static bool put(char ret[APP_URL_MAX], const char *before, const char *text, const char *after)
{
    int length = snprintf(ret, APP_URL_MAX, "%s%s%s", before, text, after);
    return length >= 0 && length < APP_URL_MAX;
}

static bool put_directory_of(char ret[APP_URL_MAX], const char *path)
{
    char copy[APP_URL_MAX];
    return put(copy, path, "", "") && put(ret, dirname(copy), "", "");
}

bool app_place(const struct cli_args *args, struct app_place *ret)
{
    const char *url = cli_text(args, "db"), *data = cli_text(args, "data");
    const char *from_environment = getenv("JINNANG_DB");
    struct app_place place = {.is_default = false};
    bool fits;
    if (url == NULL && from_environment != NULL && from_environment[0] != '\0') {
        url = from_environment;
    }
    if (url == NULL) {
        const char *directory = data != NULL ? data : DATA_DEFAULT;
        place.is_default = true;
        fits = put(place.url, "sqlite:", directory, "/jinnang.db") &&
               put(place.data, directory, "", "");
    } else {
        const char *path = app_sqlite_path(url);
        fits = put(place.url, url, "", "");
        if (data == NULL && path != NULL) {
            fits = fits && put_directory_of(place.data, path);
        } else {
            fits = fits && put(place.data, data != NULL ? data : DATA_DEFAULT, "", "");
        }
    }
    if (!fits) {
        (void)cli_fail_text(args, "the address of the database is too long",
                            "use a shorter path or URL");
        return false;
    }
    *ret = place;
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
