/* commands.h — the functions behind the rows of the command table, one file a command. Each gets
 * arguments that were checked against its row and returns an exit status (cli.h). */
#ifndef JN_MAIN_COMMANDS_H
#define JN_MAIN_COMMANDS_H

#include "main/cli.h"

int cmd_bench_payments(const struct cli_args *args);
int cmd_backup(const struct cli_args *args);
int cmd_bench_ledger(const struct cli_args *args);
int cmd_completion(const struct cli_args *args);
int cmd_export(const struct cli_args *args);
int cmd_init(const struct cli_args *args);
int cmd_keys_rotate(const struct cli_args *args);
int cmd_migrate(const struct cli_args *args);
int cmd_restore(const struct cli_args *args);
int cmd_sandbox_provider(const struct cli_args *args);
int cmd_sandbox_mailbox(const struct cli_args *args);
int cmd_serve(const struct cli_args *args);
int cmd_simulate(const struct cli_args *args);
int cmd_verify(const struct cli_args *args);

#endif
