/* cmd_completion.c — prints a shell's completion, or the man page, from the command table. */
#include "main/commands.h"

#include "core/str.h"

int cmd_completion(const struct cli_args *args)
{
    const char *shell = cli_operand(args, "shell");
    if (str_equal(shell, "bash")) {
        cli_print_bash(stdout);
    } else if (str_equal(shell, "zsh")) {
        cli_print_zsh(stdout);
    } else {
        cli_print_man(stdout);
    }
    return CLI_OK;
}
