/* cli_doc.c — help, man page and completions, all read from the command table (cli.h).
 *
 * Invariant: nothing here names a command or an option; a new row in the table is documented and
 * completed without a change here. */
#include "main/cli.h"

#include <string.h>

#include "core/str.h"

#define HELP_COLUMN 26

static void print_operands(const struct cli_command *command, FILE *out)
{
    for (const struct cli_param *p = command->operands; p != NULL && p->name != NULL; p++) {
        fprintf(out, p->required ? " %s" : " [%s]", p->value);
    }
}

void cli_print_usage(FILE *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    fputs("Jinnang: a wallet whose ledger can be proved.\n\nUse: jinnang COMMAND [OPTIONS]\n\n",
          out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "  %-18s %s\n", commands[i].words, commands[i].summary);
    }
    fputs("\nEach command explains itself: jinnang COMMAND --help\n"
          "First steps: jinnang init --sandbox, then jinnang serve\n",
          out);
}

#define HELP_WIDTH     80
#define PARAM_TEXT_MAX 512

/* Paragraphs broken between words; a line break in the text stays one. The first line begins at
 * `indent` already. */
static void print_wrapped(const char *text, size_t indent, FILE *out)
{
    size_t column = indent;
    while (*text != '\0') {
        size_t word = strcspn(text, " \n");
        if (column > indent && column + 1 + word > HELP_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        fprintf(out, "%s%.*s", column > indent ? " " : "", (int)word, text);
        column += word + (column > indent);
        text += word;
        if (*text == '\n') {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

static void print_params(const struct cli_param *params, bool are_options, FILE *out)
{
    for (const struct cli_param *p = params; p != NULL && p->name != NULL; p++) {
        char text[PARAM_TEXT_MAX];
        int width = are_options ? fprintf(out, "  --%s%s%s", p->name, p->value != NULL ? " " : "",
                                          p->value != NULL ? p->value : "")
                                : fprintf(out, "  %s", p->value);
        snprintf(text, sizeof(text), "%s%s%s%s%s%s", p->help, p->choices != NULL ? ": " : "",
                 p->choices != NULL ? p->choices : "", p->initial != NULL ? " (default " : "",
                 p->initial != NULL ? p->initial : "", p->initial != NULL ? ")" : "");
        fprintf(out, "%*s", width < HELP_COLUMN ? HELP_COLUMN - width : 2, "");
        print_wrapped(text, HELP_COLUMN, out);
    }
}

void cli_print_help(const struct cli_command *command, FILE *out)
{
    fprintf(out, "%s.\n\nUse: jinnang %s", command->summary, command->words);
    print_operands(command, out);
    fputs(" [OPTIONS]\n", out);
    if (command->operands != NULL && command->operands[0].name != NULL) {
        fputc('\n', out);
        print_params(command->operands, false, out);
    }
    fputs("\nOptions:\n", out);
    print_params(command->options, true, out);
    fprintf(out, "  %-*s%s\n", HELP_COLUMN - 2, "--help", "print this and stop");
    fputc('\n', out);
    print_wrapped(command->detail, 0, out);
}

/* ---- man page (man(7) macros) ---- */

/* Text for roff: backslashes and hyphens escaped, a leading dot or quote defused. */
static void print_roff(const char *text, FILE *out)
{
    bool line_start = true;
    for (const char *at = text; *at != '\0'; at++) {
        if (line_start && (*at == '.' || *at == '\'')) {
            fputs("\\&", out);
        }
        line_start = *at == '\n';
        if (at[0] == '\n' && at[1] == '\n') {
            fputs("\n.PP\n", out);
            at++;
        } else if (*at == '\\') {
            fputs("\\e", out);
        } else if (*at == '-') {
            fputs("\\-", out);
        } else {
            fputc(*at, out);
        }
    }
}

static void man_params(const struct cli_param *params, bool are_options, FILE *out)
{
    for (const struct cli_param *p = params; p != NULL && p->name != NULL; p++) {
        fputs(".TP\n", out);
        if (are_options) {
            fputs("\\fB\\-\\-", out);
            print_roff(p->name, out);
            fputs("\\fR", out);
        }
        if (p->value != NULL) {
            fprintf(out, "%s\\fI", are_options ? " " : "");
            print_roff(p->value, out);
            fputs("\\fR", out);
        }
        fputc('\n', out);
        print_roff(p->help, out);
        if (p->choices != NULL) {
            fputs(": ", out);
            print_roff(p->choices, out);
        }
        if (p->initial != NULL) {
            fputs(" (default ", out);
            print_roff(p->initial, out);
            fputc(')', out);
        }
        fputs(".\n", out);
    }
}

static void man_command(const struct cli_command *command, FILE *out)
{
    fputs(".SS jinnang ", out);
    print_roff(command->words, out);
    for (const struct cli_param *p = command->operands; p != NULL && p->name != NULL; p++) {
        fprintf(out, p->required ? " %s" : " [%s]", p->value);
    }
    fputs("\n", out);
    print_roff(command->summary, out);
    fputs(".\n.PP\n", out);
    print_roff(command->detail, out);
    fputc('\n', out);
    man_params(command->operands, false, out);
    man_params(command->options, true, out);
}

void cli_print_man(FILE *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    fputs(".\\\" Made from the command table by: jinnang completion man\n", out);
    fputs(".TH JINNANG 1 \"\" \"Jinnang " JN_VERSION "\" \"User Commands\"\n", out);
    fputs(".SH NAME\njinnang \\- a wallet whose ledger can be proved\n", out);
    fputs(".SH SYNOPSIS\n.B jinnang\n.I command\n.RI [ options ]\n.br\n.B jinnang \\-\\-version\n",
          out);
    fputs(".SH DESCRIPTION\nOne program: the server, its set-up, its upkeep, its measurements and "
          "the checks\nanyone can make on what it says. Every command takes \\fB\\-\\-help\\fR.\n",
          out);
    fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; i < count; i++) {
        man_command(&commands[i], out);
    }
    fputs(".SH EXIT STATUS\n.TP\n0\nDone, and what was checked holds.\n.TP\n1\nIt failed, or what "
          "was checked does not hold; standard error says what to do next.\n.TP\n2\nThe command "
          "line was wrong; nothing was done.\n",
          out);
    fputs(
        ".SH ENVIRONMENT\n.TP\nJINNANG_DB\nThe database when \\fB\\-\\-db\\fR is not given. Keeps "
        "a password out of the list of processes.\n",
        out);
    fputs(".SH SEE ALSO\n.BR jinnang\\-audit (1),\n.BR sqlite3 (1),\n.BR hledger (1)\n", out);
}

/* ---- bash ---- */

static const char *bash_values(const struct cli_param *param)
{
    switch (param->kind) {
    case CLI_FILE:
        return "-f";
    case CLI_DIR:
        return "-d";
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_NUMBER:
    case CLI_CHOICE:
    case CLI_TIME:
    case CLI_RANGE:
        return "";
    }
    BUG_IF(true);
}

static void bash_first_words(FILE *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    fputs("    local commands=\"", out);
    for (size_t i = 0; i < count; i++) {
        int length = (int)strcspn(commands[i].words, " ");
        bool seen = i > 0 &&
                    strncmp(commands[i - 1].words, commands[i].words, (size_t)length) == 0 &&
                    strcspn(commands[i - 1].words, " ") == (size_t)length;
        if (!seen) {
            fprintf(out, "%.*s ", length, commands[i].words);
        }
    }
    fputs("help --version\"\n", out);
}

/* Second words: one case a first word that has several commands under it. */
static void bash_second_words(FILE *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    fputs("    case \"${words[1]}\" in\n", out);
    for (size_t i = 0; i < count; i++) {
        const char *space = strchr(commands[i].words, ' ');
        size_t length = strcspn(commands[i].words, " ");
        if (space == NULL ||
            (i > 0 && strncmp(commands[i - 1].words, commands[i].words, length + 1) == 0)) {
            continue;
        }
        fprintf(out, "    %.*s) seconds=\"", (int)length, commands[i].words);
        for (size_t j = i;
             j < count && strncmp(commands[j].words, commands[i].words, length + 1) == 0; j++) {
            fprintf(out, "%s%s", j > i ? " " : "", commands[j].words + length + 1);
        }
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n", out);
}

static void bash_command(const struct cli_command *command, FILE *out)
{
    fprintf(out, "    \"%s\")\n        options=\"", command->words);
    for (const struct cli_param *p = command->options; p->name != NULL; p++) {
        fprintf(out, "--%s ", p->name);
    }
    fputs("--help\"\n        case \"$prev\" in\n", out);
    for (const struct cli_param *p = command->options; p->name != NULL; p++) {
        if (p->kind == CLI_FLAG) {
            continue;
        }
        fprintf(out, "        --%s) values=1 kind=\"%s\" choices=\"%s\" ;;\n", p->name,
                bash_values(p), p->choices != NULL ? p->choices : "");
    }
    fputs("        esac\n", out);
    const struct cli_param *operand = command->operands;
    if (operand != NULL && operand->name != NULL) {
        fprintf(out, "        operand_kind=\"%s\" operand_choices=\"%s\"\n", bash_values(operand),
                operand->choices != NULL ? operand->choices : "");
    }
    fputs("        ;;\n", out);
}

void cli_print_bash(FILE *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    fputs("# bash completion of jinnang, made by: jinnang completion bash\n"
          "_jinnang()\n{\n"
          "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "    local words=(\"${COMP_WORDS[@]}\") seconds=\"\" command=\"\" options=\"\"\n"
          "    local values=0 kind=\"\" choices=\"\" operand_kind=\"\" operand_choices=\"\"\n",
          out);
    bash_first_words(out);
    fputs("    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n        return\n    fi\n",
          out);
    bash_second_words(out);
    fputs("    if [ -n \"$seconds\" ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
          "        COMPREPLY=($(compgen -W \"$seconds\" -- \"$cur\"))\n        return\n    fi\n"
          "    command=\"${words[1]}${seconds:+ ${words[2]}}\"\n"
          "    case \"$command\" in\n",
          out);
    for (size_t i = 0; i < count; i++) {
        bash_command(&commands[i], out);
    }
    fputs("    esac\n"
          "    if [ \"$values\" -eq 0 ]; then\n"
          "        if [[ \"$cur\" == -* ]]; then\n"
          "            COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n            return\n"
          "        fi\n"
          "        kind=\"$operand_kind\" choices=\"$operand_choices\"\n"
          "    fi\n"
          "    [ -n \"$kind\" ] && COMPREPLY=($(compgen $kind -- \"$cur\"))\n"
          "    [ -n \"$choices\" ] && COMPREPLY=($(compgen -W \"$choices\" -- \"$cur\"))\n"
          "    return 0\n}\n"
          "complete -F _jinnang jinnang\n",
          out);
}

/* ---- zsh ---- */

/* Inside single quotes of an _arguments specification. */
static void print_zsh(const char *text, FILE *out)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'') {
            fputs("'\\''", out);
        } else if (strchr("[]:\\", *at) != NULL) {
            fprintf(out, "\\%c", *at);
        } else {
            fputc(*at, out);
        }
    }
}

static void zsh_action(const struct cli_param *param, FILE *out)
{
    fputc(':', out);
    print_zsh(param->value, out);
    if (param->choices != NULL) {
        fprintf(out, ":(%s)", param->choices);
    } else if (param->kind == CLI_FILE) {
        fputs(":_files", out);
    } else if (param->kind == CLI_DIR) {
        fputs(":_files -/", out);
    } else {
        fputs(": ", out);
    }
}

static void zsh_command(const struct cli_command *command, FILE *out)
{
    fprintf(out, "    '%s')\n        _arguments", command->words);
    for (const struct cli_param *p = command->options; p->name != NULL; p++) {
        fprintf(out, " \\\n            '--%s[", p->name);
        print_zsh(p->help, out);
        fputc(']', out);
        if (p->kind != CLI_FLAG) {
            zsh_action(p, out);
        }
        fputc('\'', out);
    }
    fputs(" \\\n            '--help[print how to use it]'", out);
    for (const struct cli_param *p = command->operands; p != NULL && p->name != NULL; p++) {
        fprintf(out, " \\\n            '%s", p->required ? "" : ":");
        zsh_action(p, out);
        fputc('\'', out);
    }
    fputs("\n        ;;\n", out);
}

void cli_print_zsh(FILE *out)
{
    size_t count;
    const struct cli_command *commands = cli_commands(&count);
    fputs("#compdef jinnang\n# zsh completion of jinnang, made by: jinnang completion zsh\n"
          "_jinnang() {\n    local -a commands\n    commands=(\n",
          out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "        '%s:", commands[i].words);
        print_zsh(commands[i].summary, out);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    local command=\"${words[2]}\" size=1\n"
          "    if [[ -n \"${(M)commands:#${command} *}\" ]]; then\n"
          "        command=\"${words[2]} ${words[3]}\" size=2\n    fi\n"
          "    if (( CURRENT <= size + 1 )); then\n"
          "        local -a names\n"
          "        if (( CURRENT == 2 )); then\n"
          "            names=(${(u)${commands%%:*}%% *})\n"
          "        else\n"
          "            names=(${${(M)${commands%%:*}:#${words[2]} *}#* })\n"
          "        fi\n"
          "        compadd -a names\n        return\n    fi\n"
          "    shift size words\n    (( CURRENT -= size ))\n"
          "    case \"$command\" in\n",
          out);
    for (size_t i = 0; i < count; i++) {
        zsh_command(&commands[i], out);
    }
    fputs("    esac\n}\n_jinnang \"$@\"\n", out);
}
