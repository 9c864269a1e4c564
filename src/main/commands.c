/* commands.c — the command table: names, options and help of everything `jinnang` can do. Parser,
 * --help, man page and completions read it; rows under one first word stand together. */
#include "main/commands.h"

#define END {.name = NULL}
#define OPTION_JSON                                                                                \
    {.name = "json", .kind = CLI_FLAG, .help = "print one JSON object on standard output"}

static const struct cli_param completion_options[] = {END};
static const struct cli_param completion_operands[] = {
    {.name = "shell",
     .value = "SHELL",
     .kind = CLI_CHOICE,
     .choices = "bash zsh man",
     .required = true,
     .help = "for which shell, or man for the manual page"},
    END,
};

static const struct cli_command commands[] = {
    {.words = "completion",
     .summary = "Print the completion for a shell, or the manual page",
     .detail = "For bash, put this line into ~/.bashrc: source <(jinnang completion bash)\n\n"
               "For zsh, write the output to a file named _jinnang in a directory of $fpath.",
     .options = completion_options,
     .operands = completion_operands,
     .run = cmd_completion},
};

const struct cli_command *cli_commands(size_t *ret_count)
{
    *ret_count = ARRAY_COUNT(commands);
    return commands;
}
