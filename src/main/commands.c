/* commands.c — the command table: names, options and help of everything `jinnang` can do. Parser,
 * --help, man page and completions read it; rows under one first word stand together. */
#include "main/commands.h"

#include "policy/pack.h"

#define END {.name = NULL}
#define OPTION_JSON                                                                                \
    {.name = "json", .kind = CLI_FLAG, .help = "print one JSON object on standard output"}

#define OPTION_DB                                                                                  \
    {.name = "db",                                                                                 \
     .value = "URL",                                                                               \
     .kind = CLI_TEXT,                                                                             \
     .help = "the database: sqlite:PATH or postgres://USER@HOST/NAME"}
#define OPTION_DATA                                                                                \
    {.name = "data",                                                                               \
     .value = "DIR",                                                                               \
     .kind = CLI_DIR,                                                                              \
     .help = "the data directory (default the SQLite file's, else jinnang-data)"}

#define OPTION_PACKS                                                                               \
    {.name = "packs",                                                                              \
     .value = "DIR",                                                                               \
     .kind = CLI_DIR,                                                                              \
     .help = "read packs from here instead of those the program carries"}

#define OPTIONS_PKCS11                                                                             \
    {.name = "pkcs11",                                                                             \
     .value = "MODULE:TOKEN:LABEL",                                                                \
     .kind = CLI_TEXT,                                                                             \
     .help = "the vault's master key is in this PKCS#11 token, not in the data directory"},        \
        {.name = "pkcs11-pin",                                                                     \
         .value = "FILE",                                                                          \
         .kind = CLI_FILE,                                                                         \
         .help = "the token's PIN (default the environment's JINNANG_PKCS11_PIN)"}

static const struct cli_param serve_options[] = {
    OPTION_DB,
    OPTION_DATA,
    OPTIONS_PKCS11,
    {.name = "pack",
     .value = "NAME",
     .kind = CLI_TEXT,
     .help = "refuse to start unless the database was made with this jurisdiction pack"},
    OPTION_PACKS,
    {.name = "listen",
     .value = "HOST:PORT",
     .kind = CLI_TEXT,
     .initial = "127.0.0.1:8080",
     .help = "where to listen; port 0 takes a free one, :8080 all addresses"},
    {.name = "origin",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "where people's browsers find us, https://wallet.example: passkeys are bound to it "
             "(without it: http://localhost with our port)"},
    {.name = "sandbox",
     .kind = CLI_FLAG,
     .help = "refuse to start unless the database is a sandbox"},
    {.name = "tls-cert",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "PEM certificate chain: serve HTTPS"},
    {.name = "tls-key",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "PEM private key of the certificate"},
    {.name = "web",
     .value = "DIR",
     .kind = CLI_DIR,
     .help = "the built web pages; read once, at the start"},
    {.name = "threads",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 64,
     .initial = "2",
     .help = "I/O threads"},
    {.name = "lanes",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 16,
     .initial = "1",
     .help = "writing connections to PostgreSQL; SQLite has one. Lanes whose transfers meet on the "
             "same accounts wait for each other"},
    {.name = "rate",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 0,
     .max = 1000000,
     .initial = "50000",
     .help = "requests a second of an API key without a rate of its own; 0: no limit"},
    {.name = "node",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 0,
     .max = 255,
     .help = "number in the ids drawn here; processes on one database must differ"},
    {.name = "access-log",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "append a JSON line for each request; - is standard error"},
    {.name = "verifier",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "https address of who confirms people (docs/verifier.md); without it staff do"},
    {.name = "verifier-key",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "first line 64 hex digits: the key shared with --verifier"},
    {.name = "verifier-ca",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "PEM certificates to trust for --verifier instead of the system's"},
    {.name = "smtp",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "relay for e-mail: smtp+tls://HOST:PORT, smtps://… or smtp://…; with --mail-from"},
    {.name = "smtp-auth",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "first line USER:PASSWORD for the relay; sent over TLS only"},
    {.name = "mail-from", .value = "ADDRESS", .kind = CLI_TEXT, .help = "sender of every e-mail"},
    {.name = "sms-gateway",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "https address of the gateway for text messages; with --sms-key"},
    {.name = "sms-key",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "first line 64 hex digits: the key that signs what the gateway is sent"},
    {.name = "message-ca",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "PEM certificates to trust for relay and gateway instead of the system's"},
    END,
};

static const struct cli_param init_options[] = {
    OPTION_DB,
    OPTION_DATA,
    OPTIONS_PKCS11,
    {.name = "sandbox",
     .kind = CLI_FLAG,
     .help = "for trying things out: the test clock may be used; never real money"},
    {.name = "demo",
     .kind = CLI_FLAG,
     .help = "with --sandbox: a believable week of a small wallet operator"},
    {.name = "pack",
     .value = "NAME",
     .kind = CLI_TEXT,
     .initial = PACK_NAME_DEFAULT,
     .help =
         "jurisdiction pack: limits, deadlines, texts; bound for good (cn, eu, or one of --packs)"},
    OPTION_PACKS,
    {.name = "origin",
     .value = "NAME",
     .kind = CLI_TEXT,
     .help = "name of the log in its signed checkpoints, as example.com/ledger (default drawn)"},
    OPTION_JSON,
    END,
};

static const struct cli_param migrate_options[] = {OPTION_DB, OPTION_DATA, OPTION_JSON, END};

static const struct cli_param backup_options[] = {OPTION_DB, OPTION_DATA, OPTION_JSON, END};
static const struct cli_param backup_operands[] = {
    {.name = "file",
     .value = "FILE",
     .kind = CLI_FILE,
     .required = true,
     .help = "where to write the copy; must not be there yet"},
    END,
};

static const struct cli_param bench_ledger_options[] = {
    {.name = "accounts",
     .value = "N",
     .kind = CLI_NUMBER,
     .initial = "10000",
     .min = 2,
     .max = 10000000,
     .help = "wallets among which money moves at random"},
    {.name = "transfers",
     .value = "N",
     .kind = CLI_NUMBER,
     .initial = "2000000",
     .min = 1,
     .max = 1000000000,
     .help = "transfers of a run"},
    {.name = "batch",
     .value = "N",
     .kind = CLI_NUMBER,
     .initial = "8190",
     .min = 1,
     .max = 8190,
     .help = "transfers in one call"},
    {.name = "holds",
     .value = "PERCENT",
     .kind = CLI_NUMBER,
     .initial = "0",
     .min = 0,
     .max = 50,
     .help = "how many of them are holds, each captured or voided later"},
    {.name = "callers",
     .value = "N",
     .kind = CLI_NUMBER,
     .initial = "0",
     .min = 0,
     .max = 4096,
     .help = "calls under way at a time; 0: 256 for batches of one, else 2, on PostgreSQL 8"},
    {.name = "runs",
     .value = "N",
     .kind = CLI_NUMBER,
     .initial = "3",
     .min = 1,
     .max = 32,
     .help = "runs, of which the median counts"},
    {.name = "db",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "an empty database; without it a file in the current directory, removed afterwards"},
    OPTION_JSON,
    END,
};

static const struct cli_param keys_rotate_options[] = {
    OPTION_DB,
    OPTION_DATA,
    OPTIONS_PKCS11,
    {.name = "vault",
     .kind = CLI_FLAG,
     .help = "the master key of people's data instead of the log's signing key"},
    OPTION_JSON,
    END,
};

static const struct cli_param restore_options[] = {OPTION_DB, OPTION_DATA, OPTION_JSON, END};
static const struct cli_param restore_operands[] = {
    {.name = "file",
     .value = "FILE",
     .kind = CLI_FILE,
     .required = true,
     .help = "a file that jinnang backup wrote; it is read and stays as it is"},
    END,
};

static const struct cli_param export_options[] = {
    OPTION_DB,
    OPTION_DATA,
    {.name = "from",
     .value = "TIME",
     .kind = CLI_TIME,
     .help = "transfers since then; what was before becomes opening balances"},
    {.name = "until", .value = "TIME", .kind = CLI_TIME, .help = "transfers before then"},
    {.name = "out",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "write a new file instead of standard output"},
    END,
};
static const struct cli_param export_operands[] = {
    {.name = "format",
     .value = "FORMAT",
     .kind = CLI_CHOICE,
     .choices = "hledger csv json",
     .required = true,
     .help = "for hledger, for a spreadsheet, for a program"},
    END,
};

static const struct cli_param simulate_options[] = {
    {.name = "seed",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 0,
     .max = INT64_MAX,
     .initial = "1",
     .help = "what happens; the same seed does the same again"},
    {.name = "steps",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 100000000,
     .initial = "300",
     .help = "steps of each seed"},
    {.name = "seeds",
     .value = "FROM-TO",
     .kind = CLI_RANGE,
     .help = "each of these seeds, one after the other, up to the first that fails"},
    {.name = "callers",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 0,
     .max = 64,
     .initial = "0",
     .help = "this many at once, without the model: checks what must hold in every order"},
    {.name = "forever", .kind = CLI_FLAG, .help = "go on with the next seed until one fails"},
    {.name = "db",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "a database to write into (default a passing SQLite file); never a live one"},
    OPTION_JSON,
    END,
};

static const struct cli_param verify_options[] = {
    {.name = "key",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "the public keys you trust: one name+hash+base64 a line, or a saved /log/keys"},
    OPTION_JSON,
    END,
};
static const struct cli_param verify_operands[] = {
    {.name = "file",
     .value = "FILE",
     .kind = CLI_FILE,
     .required = true,
     .help = "a receipt, statement, checkpoint or consistency proof; - is standard input"},
    {.name = "other",
     .value = "OTHER",
     .kind = CLI_FILE,
     .help = "a second one, to find out whether the two contradict each other"},
    END,
};

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

static const struct cli_param bench_payments_options[] = {
    {.name = "connections",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 1024,
     .initial = "256",
     .help = "keep-alive connections, each with one request under way"},
    {.name = "seconds",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 3600,
     .initial = "10",
     .help = "how long payments are made"},
    {.name = "accounts",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 2,
     .max = 1000000,
     .initial = "10000",
     .help = "wallets that pay each other at random"},
    {.name = "server",
     .value = "HOST:PORT",
     .kind = CLI_TEXT,
     .help = "drive this server instead of an own one: 127.0.0.1:PORT"},
    {.name = "key-file",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "with --server: a file with an API key that may write"},
    {.name = "runs",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 21,
     .initial = "1",
     .help = "how often, each on a fresh database; the median is shown"},
    {.name = "lanes",
     .value = "N",
     .kind = CLI_NUMBER,
     .min = 1,
     .max = 16,
     .initial = "1",
     .help = "writing connections to PostgreSQL"},
    {.name = "db",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "an empty PostgreSQL database; without it a SQLite file that is removed afterwards"},
    OPTION_JSON,
    END,
};

static const struct cli_param sandbox_mailbox_options[] = {
    {.name = "listen",
     .value = "HOST:PORT",
     .kind = CLI_TEXT,
     .initial = "127.0.0.1:8085",
     .help = "where the page and the gateway for text messages listen; port 0 takes a free one"},
    {.name = "smtp",
     .value = "HOST:PORT",
     .kind = CLI_TEXT,
     .initial = "127.0.0.1:8025",
     .help = "where e-mail is received; port 0 takes a free one"},
    {.name = "sms-key",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "the key file that serve has as --sms-key; without it text messages are refused"},
    END,
};

static const struct cli_param sandbox_provider_options[] = {
    {.name = "listen",
     .value = "HOST:PORT",
     .kind = CLI_TEXT,
     .initial = "127.0.0.1:8086",
     .help = "where it listens; port 0 takes a free one"},
    {.name = "verifier-key",
     .value = "FILE",
     .kind = CLI_FILE,
     .required = true,
     .help = "the key file that serve has as --verifier-key"},
    {.name = "faults",
     .value = "SPEC",
     .kind = CLI_TEXT,
     .help = "outage, slow, pending, forged or no; with =N only for the next N questions"},
    END,
};

static const struct cli_command commands[] = {
    {.words = "serve",
     .summary = "Serve the API, the pages and the log until stopped",
     .detail =
         "Prints one line, \"listening on http://HOST:PORT\", when it is ready. Holds expire "
         "and the log is sealed and signed by itself.\n\n"
         "SIGTERM or SIGINT stops it so that nothing is lost: requests under way are answered, "
         "new ones refused. A second signal stops it at once, after which nothing that was "
         "acknowledged is lost either. SIGHUP changes nothing: start it anew to change "
         "options.\n\n"
         "A SQLite file belongs to one process. With PostgreSQL any number of servers share "
         "the database.",
     .options = serve_options,
     .run = cmd_serve},
    {.words = "init",
     .summary = "Make a new installation and its first API key",
     .detail =
         "Creates the database with its tables and the administrator's API key, which is "
         "printed once and stored only hashed. Whether it is live or a sandbox is bound to "
         "the database here, for good. Refuses to touch a database that is there already.\n\n"
         "Two secrets are files in the data directory, log-*.key and vault-*.key. Keep copies of "
         "both apart from the database. Whoever has the first can sign checkpoints in your name; "
         "whoever has the second and the database can read everybody's personal data; and "
         "without the second nobody ever can.",
     .options = init_options,
     .run = cmd_init},
    {.words = "migrate",
     .summary = "Bring the tables of a database up to this program's version",
     .detail = "Each missing migration runs once, in order, in a transaction of its own. Stop the "
               "server first: a SQLite file belongs to one process. Make a backup first.",
     .options = migrate_options,
     .run = cmd_migrate},
    {.words = "backup",
     .summary = "Write a consistent copy of the database, also while it is served",
     .detail = "A running server is asked, over the socket beside its database, to write the copy; "
               "payments go on meanwhile. The file appears complete or not at all. It holds all "
               "that the database holds, people's data sealed: protect it alike. It does not hold "
               "the secrets that sign the log "
               "(log-*.key) or open what is sealed (vault-*.key): copy those two from the data "
               "directory, and keep them apart from the backups. A backup remembers people who "
               "were erased later: do not keep it longer than you promised them.\n\n"
               "PostgreSQL has its own tools for this: pg_dump and base backups.",
     .options = backup_options,
     .operands = backup_operands,
     .run = cmd_backup},
    {.words = "bench ledger",
     .summary = "Measure how many transfers a second become durable on this machine",
     .detail =
         "Rules, chains and the log are all on, and each batch is on the disk before it is "
         "answered. In the same run a bare loop inserts rows of the same shape with the same "
         "settings and nothing else; the ratio of the two does not depend on the machine much.",
     .options = bench_ledger_options,
     .run = cmd_bench_ledger},
    {.words = "bench payments",
     .summary = "Measure single transfers over HTTP, everything included",
     .detail = "Starts a server on a fresh database and drives it from this machine: one PUT a "
               "transfer, each answered after its commit; then balances are read. The load "
               "generator shares the machine.",
     .options = bench_payments_options,
     .run = cmd_bench_payments},
    {.words = "verify",
     .summary = "Check a receipt or a statement offline, with nothing but a public key",
     .detail =
         "Says what the file proves and what it does not, needs no database and no network. The "
         "exit status is 0 only when everything was proved.\n\n"
         "Without --key the key inside the file is used: then the file proves only that whoever "
         "holds that key signed it.\n\n"
         "With two files both are checked, and then whether the operator told two different "
         "stories: two entries under one number, an entry hidden from a statement, a forked log.",
     .options = verify_options,
     .operands = verify_operands,
     .run = cmd_verify},
    {.words = "restore",
     .summary = "Put a backup in the place of the database, and say what is lost",
     .detail =
         "The backup is copied, opened and checked before anything changes. A new epoch begins, "
         "which every later checkpoint carries, because the log that grows from here is not "
         "the one that was published. The database that was there is kept under another "
         "name.\n\n"
         "Stop the server first. PostgreSQL is restored with its own tools.",
     .options = restore_options,
     .operands = restore_operands,
     .run = cmd_restore},
    {.words = "keys rotate",
     .summary = "Give the log a new signing key, or the vault a new master key",
     .detail =
         "Both keys sign the change, so whoever trusts the old key can trust the new one, and old "
         "receipts keep verifying. The old secret is deleted. A running server is asked to do "
         "it; payments go on.\n\n"
         "With --vault: a new master key for people's data. The server wraps every data key anew "
         "in "
         "small steps and deletes the old master key when nothing needs it. Backups made before "
         "need "
         "the old one: keep its copy as long as them.",
     .options = keys_rotate_options,
     .run = cmd_keys_rotate},
    {.words = "export",
     .summary = "Write the books for hledger, a spreadsheet or a program",
     .detail =
         "Every transfer in log order, in exact decimals of its currency. hledger's journal "
         "counts debits as positive, shows holds as comments, and ends by asserting every "
         "balance, so that hledger check proves the export. CSV is UTF-8 with its mark; no cell "
         "begins a formula.\n\n"
         "While a server has the SQLite file, export from a backup: jinnang backup copy.db, "
         "then jinnang export json --db sqlite:copy.db",
     .options = export_options,
     .operands = export_operands,
     .run = cmd_export},
    {.words = "simulate",
     .summary = "Drive the ledger with seeded actors and compare it with a naive model",
     .detail =
         "Actors open accounts, transfer, hold, capture, void, repeat, lose replies and ask for "
         "nonsense; the clock jumps; on SQLite the power fails at chosen writes. Every answer, "
         "balance, history and the log must be what a separate, simple model says.\n\n"
         "Prints the seed and a hash of the state; exit status 0 when everything held. A "
         "failure prints how to see it again.",
     .options = simulate_options,
     .run = cmd_simulate},
    {.words = "sandbox-mailbox",
     .summary = "Receive what a sandbox sends to people, and show it",
     .detail =
         "An SMTP server, a gateway for text messages and a page with everything that arrived, "
         "newest first: where a newcomer finds the code for signing up. Kept in memory only, at "
         "most 500 messages. Nothing is sent on.\n\n"
         "Start the server with --smtp smtp://127.0.0.1:8025 --mail-from noreply@wallet.test "
         "--sms-gateway http://127.0.0.1:8085/v1/messages --sms-key FILE. Programs read "
         "/v1/messages.json?to=ADDRESS.",
     .options = sandbox_mailbox_options,
     .run = cmd_sandbox_mailbox},
    {.words = "sandbox-provider",
     .summary = "Confirm people as a provider would, for trying out",
     .detail =
         "Answers whether a name, an id number, a phone and a card belong together: yes to "
         "whatever is plausible, and what docs/verifier.md lists for planted people: no, a field "
         "that does not fit, an outage, slowness. POST /v1/faults with spec=outage=3 changes how "
         "the next questions go. Kept in memory only.\n\n"
         "Start the server with --verifier http://127.0.0.1:8086/v1/checks --verifier-key FILE.",
     .options = sandbox_provider_options,
     .run = cmd_sandbox_provider},
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
