/* cmd_export.c — `jinnang export`: the books for hledger, a spreadsheet or another program. */
#include "main/commands.h"

#include <inttypes.h>

#include "main/app.h"
#include "main/export.h"

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
    cli_progress_step(arg, done, total);
}

static FILE *open_output(const struct cli_args *args, const char *path)
{
    char what[512];
    FILE *out = path == NULL ? stdout : fopen(path, "wxe");
    if (out == NULL) {
        snprintf(what, sizeof(what), "cannot write %s: %m", path);
        (void)cli_fail_text(args, what, "give --out a new file in a directory that exists");
    }
    return out;
}

static int export_open(const struct cli_args *args, struct app *app, FILE *out)
{
    struct cli_progress progress;
    uint64_t transfers = 0;
    uint32_t leaves;
    /* On PostgreSQL what was committed last may not have its place in the log yet. */
    enum err err = ledger_seal_pending(app->ledger, &leaves);
    if (err != ERR_OK) {
        return cli_fail(args, err, "seal the log");
    }
    cli_progress_start(&progress, "exporting, log entry");
    const struct export_request request = {
        .store = app->store,
        .ledger = app->ledger,
        .format = export_format_find(cli_operand(args, "format")),
        .from_us = cli_time(args, "from", 0),
        .until_us = cli_time(args, "until", INT64_MAX),
        .out = out,
        .progress = show_progress,
        .progress_arg = &progress,
    };
    err = export_run(&request, &transfers);
    cli_progress_end(&progress);
    if (err != ERR_OK) {
        return cli_fail(args, err, "export the books");
    }
    if (out != stdout) {
        fprintf(stderr, "%" PRIu64 " transfers written to %s\n", transfers, cli_text(args, "out"));
    }
    return CLI_OK;
}

int cmd_export(const struct cli_args *args)
{
    struct app_place place;
    struct app *app;
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    enum err err = app_open(&(struct app_config){.url = place.url, .reader_count = 1}, &app);
    if (err != ERR_OK) {
        return app_open_failed(args, err, place.url);
    }
    const char *path = cli_text(args, "out");
    FILE *out = open_output(args, path);
    int status = out != NULL ? export_open(args, app, out) : CLI_FAILED;
    if (out != NULL && path != NULL && fclose(out) != 0 && status == CLI_OK) {
        status = cli_fail(args, ERR_IO_FAILED, "finish the file");
    }
    app_close(app);
    return status;
}
