/* cli.c — parser and failure messages of the command line. The contract is in cli.h. */
#include "main/cli.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/str.h"

/* ---- finding near names ---- */

#define NAME_MAX_BYTES 40

/* Edits (insert, delete, replace) that lead from a to b; names longer than NAME_MAX_BYTES are far
 * from everything. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t row[NAME_MAX_BYTES + 1];
    if (a_length > NAME_MAX_BYTES || b_length > NAME_MAX_BYTES) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) {
                best = row[j] + 1;
            }
            if (row[j - 1] + 1 < best) {
                best = row[j - 1] + 1;
            }
            row[j] = best;
        }
    }
    return row[b_length];
}

struct nearest {
    const char *wanted;
    const char *name;
    size_t distance;
};

static void nearest_look(struct nearest *nearest, const char *name)
{
    size_t distance = edit_distance(nearest->wanted, name);
    size_t allowed = strlen(nearest->wanted) / 3 + 1;
    if (distance <= allowed && distance < nearest->distance) {
        nearest->distance = distance;
        nearest->name = name;
    }
}

/* ---- parsing ---- */

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    if (strlen(text) != sizeof(shape) - 1) {
        return false;
    }
    for (size_t i = 0; shape[i] != '\0'; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool parse_time(const char *text, int64_t *ret_at_us)
{
    char full[CLOCK_TEXT_MAX];
    if (!is_date(text)) {
        return clock_parse_rfc3339(text, strlen(text), ret_at_us);
    }
    int length = snprintf(full, sizeof(full), "%sT00:00:00Z", text);
    BUG_IF(length < 0 || (size_t)length >= sizeof(full));
    return clock_parse_rfc3339(full, (size_t)length, ret_at_us);
}

static bool parse_range(const char *text, int64_t *ret_from, int64_t *ret_to)
{
    const char *dash = strchr(text, '-');
    int64_t from, to;
    if (dash == NULL || !str_parse_i64(text, (size_t)(dash - text), &from) ||
        !str_parse_i64(dash + 1, strlen(dash + 1), &to) || from < 0 || to < from) {
        return false;
    }
    *ret_from = from;
    *ret_to = to;
    return true;
}

static bool is_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);
    for (const char *at = choices; length > 0 && (at = strstr(at, text)) != NULL; at++) {
        bool starts = at == choices || at[-1] == ' ';
        bool ends = at[length] == '\0' || at[length] == ' ';
        if (starts && ends && memchr(text, ' ', length) == NULL) {
            return true;
        }
    }
    return false;
}

static bool value_is_valid(const struct cli_param *param, const char *text)
{
    int64_t a, b;
    switch (param->kind) {
    case CLI_FLAG:
        return true;
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_DIR:
        return text[0] != '\0';
    case CLI_NUMBER:
        return str_parse_i64(text, strlen(text), &a) && a >= param->min && a <= param->max;
    case CLI_CHOICE:
        return is_choice(param->choices, text);
    case CLI_TIME:
        return parse_time(text, &a);
    case CLI_RANGE:
        return parse_range(text, &a, &b);
    }
    BUG_IF(true);
}

static void print_expected(const struct cli_param *param, FILE *out)
{
    switch (param->kind) {
    case CLI_NUMBER:
        fprintf(out, "give a whole number from %lld to %lld", (long long)param->min,
                (long long)param->max);
        return;
    case CLI_CHOICE:
        fprintf(out, "give one of: %s", param->choices);
        return;
    case CLI_TIME:
        fputs("give a date (2026-01-31) or a time with its zone (2026-01-31T08:00:00Z)", out);
        return;
    case CLI_RANGE:
        fputs("give two whole numbers, the lower first: 1-200", out);
        return;
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_DIR:
        fprintf(out, "give %s", param->value != NULL ? param->value : "no value");
        return;
    }
}

static bool check_value(const struct cli_command *command, const struct cli_param *param,
                        bool is_option, const char *text, FILE *problem)
{
    if (value_is_valid(param, text)) {
        return true;
    }
    fprintf(problem, "jinnang %s: %s%s cannot be '%s'\n", command->words, is_option ? "--" : "",
            is_option ? param->name : param->value, text);
    fputs("  what to do: ", problem);
    print_expected(param, problem);
    fputc('\n', problem);
    return false;
}

struct parsing {
    const struct cli_command *command;
    int argc;
    char **argv;
    int at;
    size_t operand_count;
    FILE *problem;
    struct cli_args *args;
};

static bool unknown_option(struct parsing *parsing, const char *name)
{
    struct nearest nearest = {.wanted = name, .distance = SIZE_MAX};
    for (const struct cli_param *p = parsing->command->options; p->name != NULL; p++) {
        nearest_look(&nearest, p->name);
    }
    fprintf(parsing->problem, "jinnang %s: there is no option '--%s'\n", parsing->command->words,
            name);
    if (nearest.name != NULL) {
        fprintf(parsing->problem, "  what to do: did you mean --%s?\n", nearest.name);
    } else {
        fprintf(parsing->problem, "  what to do: see jinnang %s --help\n", parsing->command->words);
    }
    return false;
}

/* argv[at] begins with two dashes and something more. */
static bool parse_option(struct parsing *parsing)
{
    const struct cli_command *command = parsing->command;
    const char *text = parsing->argv[parsing->at++] + 2;
    const char *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : strlen(text);
    size_t index = 0;
    while (command->options[index].name != NULL &&
           (strlen(command->options[index].name) != length ||
            memcmp(command->options[index].name, text, length) != 0)) {
        index++;
    }
    const struct cli_param *option = &command->options[index];
    if (option->name == NULL) {
        char name[NAME_MAX_BYTES + 1];
        snprintf(name, sizeof(name), "%.*s",
                 (int)(length > NAME_MAX_BYTES ? NAME_MAX_BYTES : length), text);
        return unknown_option(parsing, name);
    }
    BUG_IF(index >= CLI_PARAMS_MAX);
    const char *value = equals != NULL ? equals + 1 : NULL;
    if (option->kind == CLI_FLAG) {
        if (value != NULL) {
            fprintf(parsing->problem,
                    "jinnang %s: --%s takes no value\n  what to do: write --%s alone\n",
                    command->words, option->name, option->name);
            return false;
        }
        value = "";
    } else if (value == NULL) {
        if (parsing->at >= parsing->argc) {
            fprintf(parsing->problem,
                    "jinnang %s: --%s needs a value\n  what to do: ", command->words, option->name);
            print_expected(option, parsing->problem);
            fputc('\n', parsing->problem);
            return false;
        }
        value = parsing->argv[parsing->at++];
    }
    parsing->args->options[index] = value;
    return check_value(command, option, true, value, parsing->problem);
}

static bool parse_operand(struct parsing *parsing)
{
    const struct cli_param *operands = parsing->command->operands;
    const char *text = parsing->argv[parsing->at++];
    size_t known = 0;
    while (operands != NULL && operands[known].name != NULL) {
        known++;
    }
    if (parsing->operand_count >= known) {
        fprintf(parsing->problem, "jinnang %s: '%s' is one word too many\n",
                parsing->command->words, text);
        fprintf(parsing->problem, "  what to do: see jinnang %s --help\n", parsing->command->words);
        return false;
    }
    BUG_IF(known > CLI_OPERANDS_MAX);
    const struct cli_param *operand = &operands[parsing->operand_count];
    parsing->args->operands[parsing->operand_count++] = text;
    return check_value(parsing->command, operand, false, text, parsing->problem);
}

static bool check_operands(struct parsing *parsing)
{
    const struct cli_param *operands = parsing->command->operands;
    for (size_t i = parsing->operand_count; operands != NULL && operands[i].name != NULL; i++) {
        if (operands[i].required) {
            fprintf(parsing->problem,
                    "jinnang %s: %s is missing\n  what to do: ", parsing->command->words,
                    operands[i].value);
            print_expected(&operands[i], parsing->problem);
            fprintf(parsing->problem, "; see jinnang %s --help\n", parsing->command->words);
            return false;
        }
        parsing->args->operands[i] = operands[i].initial;
    }
    return true;
}

bool cli_parse(const struct cli_command *command, int argc, char **argv, FILE *problem,
               struct cli_args *ret)
{
    struct cli_args args = {.command = command};
    struct parsing parsing = {
        .command = command, .argc = argc, .argv = argv, .problem = problem, .args = &args};
    bool only_operands = false;
    while (parsing.at < argc) {
        const char *text = argv[parsing.at];
        bool ok;
        if (!only_operands && str_equal(text, "--")) {
            only_operands = true;
            parsing.at++;
            continue;
        }
        if (!only_operands && str_starts_with(text, "--")) {
            ok = parse_option(&parsing);
        } else if (!only_operands && text[0] == '-' && text[1] != '\0') {
            ok = unknown_option(&parsing, text + 1);
        } else {
            ok = parse_operand(&parsing);
        }
        if (!ok) {
            return false;
        }
    }
    if (!check_operands(&parsing)) {
        return false;
    }
    for (size_t i = 0; command->options[i].name != NULL; i++) {
        if (args.options[i] == NULL) {
            args.options[i] = command->options[i].initial;
        }
    }
    *ret = args;
    return true;
}

/* ---- what commands ask ---- */

static const char *find_value(const struct cli_args *args, const char *name, enum cli_kind kind)
{
    for (size_t i = 0; args->command->options[i].name != NULL; i++) {
        if (str_equal(args->command->options[i].name, name)) {
            BUG_IF(args->command->options[i].kind != kind && kind != CLI_TEXT);
            return args->options[i];
        }
    }
    BUG_IF(true);
}

bool cli_flag(const struct cli_args *args, const char *name)
{
    return find_value(args, name, CLI_FLAG) != NULL;
}

const char *cli_text(const struct cli_args *args, const char *name)
{
    return find_value(args, name, CLI_TEXT);
}

int64_t cli_number(const struct cli_args *args, const char *name)
{
    const char *text = find_value(args, name, CLI_NUMBER);
    int64_t value = 0;
    BUG_IF(text == NULL || !str_parse_i64(text, strlen(text), &value));
    return value;
}

int64_t cli_time(const struct cli_args *args, const char *name, int64_t absent)
{
    const char *text = find_value(args, name, CLI_TIME);
    int64_t at_us = absent;
    BUG_IF(text != NULL && !parse_time(text, &at_us));
    return at_us;
}

bool cli_range(const struct cli_args *args, const char *name, int64_t *ret_from, int64_t *ret_to)
{
    const char *text = find_value(args, name, CLI_RANGE);
    if (text == NULL) {
        return false;
    }
    BUG_IF(!parse_range(text, ret_from, ret_to));
    return true;
}

const char *cli_operand(const struct cli_args *args, const char *name)
{
    const struct cli_param *operands = args->command->operands;
    for (size_t i = 0; operands != NULL && operands[i].name != NULL; i++) {
        if (str_equal(operands[i].name, name)) {
            return args->operands[i];
        }
    }
    BUG_IF(true);
}

/* ---- failing ---- */

static bool wants_json(const struct cli_args *args)
{
    for (size_t i = 0; args->command->options[i].name != NULL; i++) {
        if (str_equal(args->command->options[i].name, "json")) {
            return args->options[i] != NULL;
        }
    }
    return false;
}

static int fail(const struct cli_args *args, const char *code, const char *what, const char *fix)
{
    if (wants_json(args)) {
        json_t *object =
            json_pack("{s:b, s:s, s:{s:s, s:s, s:s}}", "ok", 0, "command", args->command->words,
                      "error", "code", code, "title", what, "fix", fix);
        BUG_IF(object == NULL);
        json_dumpf(object, stdout, JSON_COMPACT);
        fputc('\n', stdout);
        json_decref(object);
    }
    fprintf(stderr, "jinnang %s: %s\n  what to do: %s\n", args->command->words, what, fix);
    return CLI_FAILED;
}

int cli_fail(const struct cli_args *args, enum err err, const char *doing)
{
    const struct err_info *info = err_info(err);
    char what[1024];
    snprintf(what, sizeof(what), "cannot %s: %s (%s)", doing, info->title_en, info->code);
    return fail(args, info->code, what, info->fix_en);
}

int cli_fail_text(const struct cli_args *args, const char *what, const char *fix)
{
    return fail(args, "command_failed", what, fix);
}

/* ---- progress ---- */

#define REDRAW_US INT64_C(100000)

void cli_progress_start(struct cli_progress *progress, const char *label)
{
    *progress = (struct cli_progress){.label = label, .on = isatty(STDERR_FILENO) == 1};
}

void cli_progress_step(struct cli_progress *progress, uint64_t done, uint64_t total)
{
    int64_t now_us = clock_monotonic_us();
    if (!progress->on || now_us - progress->drawn_at_us < REDRAW_US) {
        return;
    }
    progress->drawn_at_us = now_us;
    if (total > 0) {
        fprintf(stderr, "\r%s %llu of %llu (%llu%%) ", progress->label, (unsigned long long)done,
                (unsigned long long)total, (unsigned long long)(done * 100 / total));
    } else {
        fprintf(stderr, "\r%s %llu ", progress->label, (unsigned long long)done);
    }
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->on && progress->drawn_at_us > 0) {
        fputs("\r\033[K", stderr);
    }
    progress->on = false;
}

/* ---- finding the command ---- */

/* Words of the command that argv begins with; 0 if it does not. */
static int words_matched(const struct cli_command *command, int argc, char **argv)
{
    const char *at = command->words;
    int matched = 0;
    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        if (matched >= argc || strlen(argv[matched]) != length ||
            memcmp(argv[matched], at, length) != 0) {
            return 0;
        }
        matched++;
        at += length;
        at += *at == ' ';
    }
    return matched;
}

static const struct cli_command *find_command(int argc, char **argv, int *ret_words)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    const struct cli_command *found = NULL;
    *ret_words = 0;
    for (size_t i = 0; i < count; i++) {
        int words = words_matched(&commands[i], argc, argv);
        if (words > *ret_words) {
            *ret_words = words;
            found = &commands[i];
        }
    }
    return found;
}

static bool is_help(const char *text)
{
    return str_equal(text, "--help") || str_equal(text, "-h");
}

static int no_such_command(int argc, char **argv)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    char two[2 * NAME_MAX_BYTES];
    struct nearest nearest = {.wanted = argv[0], .distance = SIZE_MAX};
    bool is_prefix = false;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(argv[0]);
        nearest_look(&nearest, commands[i].words);
        is_prefix |=
            str_starts_with(commands[i].words, argv[0]) && commands[i].words[length] == ' ';
    }
    if (is_prefix) {
        fprintf(stderr, "jinnang %s: there are several, say which:\n", argv[0]);
        for (size_t i = 0; i < count; i++) {
            if (str_starts_with(commands[i].words, argv[0])) {
                fprintf(stderr, "  jinnang %-16s %s\n", commands[i].words, commands[i].summary);
            }
        }
        return argc > 1 && is_help(argv[1]) ? CLI_OK : CLI_USAGE;
    }
    if (argc > 1 && argv[1][0] != '-' && nearest.name == NULL) {
        snprintf(two, sizeof(two), "%.30s %.30s", argv[0], argv[1]);
        nearest.wanted = two;
        for (size_t i = 0; i < count; i++) {
            nearest_look(&nearest, commands[i].words);
        }
    }
    fprintf(stderr, "jinnang: there is no command '%s'\n", argv[0]);
    if (nearest.name != NULL) {
        fprintf(stderr, "  what to do: did you mean jinnang %s?\n", nearest.name);
    } else {
        fputs("  what to do: see jinnang --help for the list\n", stderr);
    }
    return CLI_USAGE;
}

static int help_for(int argc, char **argv)
{
    int words;
    if (argc == 0) {
        cli_print_usage(stdout);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(argc, argv, &words);
    if (command == NULL) {
        return no_such_command(argc, argv);
    }
    cli_print_help(command, stdout);
    return CLI_OK;
}

int cli_main(int argc, char **argv)
{
    struct cli_args args;
    int words;
    if (argc < 2) {
        cli_print_usage(stderr);
        return CLI_USAGE;
    }
    argc--;
    argv++;
    /* A reader that goes away is an error of the write, not the end of the program. */
    (void)signal(SIGPIPE, SIG_IGN);
    /* Whatever is written holds money, keys or books. */
    (void)umask(S_IRWXG | S_IRWXO);
    if (is_help(argv[0]) || str_equal(argv[0], "help")) {
        return help_for(argc - 1, argv + 1);
    }
    if (str_equal(argv[0], "--version")) {
        puts("jinnang " JN_VERSION);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(argc, argv, &words);
    if (command == NULL) {
        return no_such_command(argc, argv);
    }
    for (int i = words; i < argc && !str_equal(argv[i], "--"); i++) {
        if (is_help(argv[i])) {
            cli_print_help(command, stdout);
            return CLI_OK;
        }
    }
    if (!cli_parse(command, argc - words, argv + words, stderr, &args)) {
        return CLI_USAGE;
    }
    return command->run(&args);
}
