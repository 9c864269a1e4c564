/* The parser of the command line, and the documents made from its table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/cli.h"

static int run_nothing(const struct cli_args *args)
{
    (void)args;
    return CLI_OK;
}

static const struct cli_param options[] = {
    {.name = "steps", .value = "N", .kind = CLI_NUMBER, .min = 1, .max = 100, .initial = "10"},
    {.name = "file", .value = "FILE", .kind = CLI_FILE},
    {.name = "since", .value = "TIME", .kind = CLI_TIME},
    {.name = "seeds", .value = "FROM-TO", .kind = CLI_RANGE},
    {.name = "json", .kind = CLI_FLAG},
    {.name = NULL},
};
static const struct cli_param operands[] = {
    {.name = "format",
     .value = "FORMAT",
     .kind = CLI_CHOICE,
     .choices = "csv json",
     .required = true},
    {.name = "more", .value = "MORE", .kind = CLI_TEXT},
    {.name = NULL},
};
static const struct cli_command command = {
    .words = "try this", .options = options, .operands = operands, .run = run_nothing};

/* The problem's text is the caller's to free. */
static bool parse(const char *line, struct cli_args *ret, char **ret_problem)
{
    static char words[256]; /* values point into it */
    char *argv[16];
    int argc = 0;
    size_t size;
    FILE *problem = open_memstream(ret_problem, &size);
    snprintf(words, sizeof(words), "%s", line);
    for (char *rest = words, *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        argv[argc++] = word;
    }
    bool ok = cli_parse(&command, argc, argv, problem, ret);
    fclose(problem);
    return ok;
}

static void values_are_given_and_defaulted(void **state)
{
    struct cli_args args;
    char *problem;
    int64_t from, to;
    (void)state;
    assert_true(parse("csv --since=2026-01-31 --seeds 3-7 --json", &args, &problem));
    assert_string_equal(problem, "");
    free(problem);
    assert_int_equal(cli_number(&args, "steps"), 10);
    assert_null(cli_text(&args, "file"));
    assert_true(cli_flag(&args, "json"));
    assert_int_equal(cli_time(&args, "since", 0), 1769817600000000);
    assert_true(cli_range(&args, "seeds", &from, &to));
    assert_int_equal(from, 3);
    assert_int_equal(to, 7);
    assert_string_equal(cli_operand(&args, "format"), "csv");
    assert_null(cli_operand(&args, "more"));
}

static void dashes_end_the_options(void **state)
{
    struct cli_args args;
    char *problem;
    (void)state;
    assert_true(parse("json -- --file", &args, &problem));
    free(problem);
    assert_string_equal(cli_operand(&args, "more"), "--file");
}

static void problems_say_what_to_do(void **state)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"csv --stebs 4", "did you mean --steps?"},
        {"csv --quite-other", "see jinnang try this --help"},
        {"csv -x", "there is no option '--x'"},
        {"csv --steps", "--steps needs a value"},
        {"csv --steps 101", "a whole number from 1 to 100"},
        {"csv --steps 4x", "--steps cannot be '4x'"},
        {"csv --json=yes", "--json takes no value"},
        {"csv --since yesterday", "give a date"},
        {"csv --seeds 9-3", "the lower first"},
        {"csv --seeds 9", "the lower first"},
        {"cs", "give one of: csv json"},
        {"", "FORMAT is missing"},
        {"csv a b", "'b' is one word too many"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct cli_args args = {.command = NULL};
        char *problem;
        assert_false(parse(rows[i].line, &args, &problem));
        assert_null(args.command);
        if (strstr(problem, rows[i].says) == NULL || strstr(problem, "what to do: ") == NULL) {
            fail_msg("'%s' says: %s", rows[i].line, problem);
        }
        free(problem);
    }
}

static void every_row_of_the_table_is_complete(void **state)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *c = &commands[i];
        size_t options_seen = 0, operands_seen = 0;
        assert_non_null(c->run);
        assert_non_null(c->summary);
        assert_non_null(c->detail);
        for (const struct cli_param *p = c->options; p->name != NULL; p++, options_seen++) {
            assert_non_null(p->help);
            assert_true((p->kind == CLI_FLAG) == (p->value == NULL));
            assert_true((p->kind == CLI_CHOICE) == (p->choices != NULL));
        }
        for (const struct cli_param *p = c->operands; p != NULL && p->name != NULL; p++) {
            operands_seen++;
            assert_non_null(p->value);
            assert_non_null(p->help);
        }
        assert_true(options_seen <= CLI_PARAMS_MAX);
        assert_true(operands_seen <= CLI_OPERANDS_MAX);
    }
}

static char *print_to_text(void (*print)(FILE *out))
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    print(out);
    fclose(out);
    return text;
}

static void documents_name_every_command_and_option(void **state)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    char *bash = print_to_text(cli_print_bash);
    char *zsh = print_to_text(cli_print_zsh);
    char *usage = print_to_text(cli_print_usage);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_non_null(strstr(bash, commands[i].words));
        assert_non_null(strstr(zsh, commands[i].words));
        assert_non_null(strstr(usage, commands[i].words));
        for (const struct cli_param *p = commands[i].options; p->name != NULL; p++) {
            assert_non_null(strstr(bash, p->name));
            assert_non_null(strstr(zsh, p->name));
        }
    }
    free(bash);
    free(zsh);
    free(usage);
}

/* docs/man/jinnang.1 is what `jinnang completion man` prints. */
static void the_man_page_is_up_to_date(void **state)
{
    char *made = print_to_text(cli_print_man);
    const char *root = getenv("JN_SOURCE_ROOT");
    char path[512], stored[131072];
    (void)state;
    assert_non_null(root);
    snprintf(path, sizeof(path), "%s/docs/man/jinnang.1", root);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(stored, 1, sizeof(stored) - 1, file);
    stored[length] = '\0';
    fclose(file);
    if (strcmp(stored, made) != 0) {
        fail_msg("write it again: jinnang completion man > docs/man/jinnang.1");
    }
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_given_and_defaulted),
        cmocka_unit_test(dashes_end_the_options),
        cmocka_unit_test(problems_say_what_to_do),
        cmocka_unit_test(every_row_of_the_table_is_complete),
        cmocka_unit_test(documents_name_every_command_and_option),
        cmocka_unit_test(the_man_page_is_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
