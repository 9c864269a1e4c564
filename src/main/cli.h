/* cli.h — the command line as data: one table of commands, one parser, one way to fail.
 *
 * Purpose: every command, its options and operands are described once, in commands.c. The parser,
 * --help, the man page and the shell completions all read that table, so they cannot disagree.
 *
 * Exit statuses: 0 done; 1 it failed, or what was checked does not hold; 2 the command line was
 * wrong. With --json exactly one JSON object goes to standard output, also for a failure.
 *
 * Invariants: a value that reaches a command has passed its option's kind and range. Nothing here
 * keeps state between calls. */
#ifndef JN_MAIN_CLI_H
#define JN_MAIN_CLI_H

#include <stdio.h>

#include "core/base.h"
#include "core/err.h"

enum cli_exit { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

enum cli_kind {
    CLI_FLAG = 0,   /* no value */
    CLI_TEXT = 1,   /* anything but the empty string */
    CLI_NUMBER = 2, /* a whole number within min..max */
    CLI_FILE = 3,
    CLI_DIR = 4,
    CLI_CHOICE = 5, /* one of `choices`, separated by single spaces */
    CLI_TIME = 6,   /* RFC 3339, or a bare date meaning its first moment in UTC */
    CLI_RANGE = 7,  /* FROM-TO, two whole numbers, FROM <= TO */
};

/* An option, or an operand when it stands in cli_command.operands. */
struct cli_param {
    const char *name;  /* without the dashes */
    const char *value; /* what stands for the value in the help: "FILE"; NULL for a flag */
    const char *help;  /* one sentence, no full stop */
    const char *choices;
    const char *initial; /* the value when absent; NULL: none */
    int64_t min, max;    /* CLI_NUMBER */
    enum cli_kind kind;
    bool required; /* operands: may not be left out */
};

#define CLI_PARAMS_MAX   40
#define CLI_OPERANDS_MAX 3

struct cli_args;

struct cli_command {
    const char *words;   /* "backup", "keys rotate" */
    const char *summary; /* one line for the list of commands */
    const char *detail;  /* paragraphs separated by blank lines; for --help and the man page */
    const struct cli_param *options; /* ended by an entry without a name */
    const struct cli_param *operands;
    /* Returns an exit status. */
    int (*run)(const struct cli_args *args);
};

struct cli_args {
    const struct cli_command *command;
    const char *options[CLI_PARAMS_MAX]; /* as in command->options; NULL: absent, no initial */
    const char *operands[CLI_OPERANDS_MAX];
};

/* The table. *ret_count is set; static memory. */
const struct cli_command *cli_commands(size_t *ret_count);

/* Looks argv up in the table, parses, runs the command; the whole of main(). Messages for people
 * go to standard error, asked-for help to standard output. */
int cli_main(int argc, char **argv);

/* Parses argv[0..argc) (options and operands after the command's words). On failure one line about
 * what is wrong and one about what to do is written to `problem`; *ret is untouched. */
JN_MUST_USE bool cli_parse(const struct cli_command *command, int argc, char **argv, FILE *problem,
                           struct cli_args *ret);

/* ---- for commands; asking for a name the table does not have is a bug ---- */

bool cli_flag(const struct cli_args *args, const char *name);
/* NULL when absent. */
const char *cli_text(const struct cli_args *args, const char *name);
/* The option must be present or have an initial value. */
int64_t cli_number(const struct cli_args *args, const char *name);
/* Microseconds since 1970; `absent` when it was not given. */
int64_t cli_time(const struct cli_args *args, const char *name, int64_t absent);
/* False when absent. */
bool cli_range(const struct cli_args *args, const char *name, int64_t *ret_from, int64_t *ret_to);
const char *cli_operand(const struct cli_args *args, const char *name);

/* Says that the command failed, with the error's title and what to do; with --json as an object on
 * standard output. `doing` is what was being tried: "open sqlite:a.db". Returns CLI_FAILED. */
int cli_fail(const struct cli_args *args, enum err err, const char *doing);
/* The same for what is not in the registry: `what` happened, `fix` is what to do next. */
int cli_fail_text(const struct cli_args *args, const char *what, const char *fix);

/* ---- documents made from the table ---- */

void cli_print_usage(FILE *out);
void cli_print_help(const struct cli_command *command, FILE *out);
void cli_print_man(FILE *out);
void cli_print_bash(FILE *out);
void cli_print_zsh(FILE *out);

/* ---- progress of long work ---- */

/* A line on standard error that is redrawn at most ten times a second, and only on a terminal. */
struct cli_progress {
    const char *label;
    int64_t drawn_at_us;
    bool on;
};
void cli_progress_start(struct cli_progress *progress, const char *label);
void cli_progress_step(struct cli_progress *progress, uint64_t done, uint64_t total);
void cli_progress_end(struct cli_progress *progress); /* wipes the line */

#endif
