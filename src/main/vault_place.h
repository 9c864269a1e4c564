/* vault_place.h — where the vault's master key is, as the command line says: a file of the data
 * directory, or a PKCS#11 token (--pkcs11 MODULE:TOKEN:LABEL, its PIN in the file --pkcs11-pin or
 * in the environment's JINNANG_PKCS11_PIN). */
#ifndef JN_MAIN_VAULT_PLACE_H
#define JN_MAIN_VAULT_PLACE_H

#include "core/clock.h"
#include "core/err.h"
#include "store/store.h"

struct vault;

struct vault_source {
    const char *data_dir;
    const char *pkcs11;   /* NULL: the file */
    const char *pin_file; /* NULL: the environment */
};
struct cli_args;
/* The command must have both options. */
struct vault_source vault_source_of(const struct cli_args *args, const char *data_dir);
/* Errors as vault_open() and vault_master_pkcs11_open(); ERR_FILE_NOT_FOUND: the PIN's file. */
JN_MUST_USE enum err vault_source_open(const struct vault_source *source, struct store *store,
                                       const struct clock *clock, struct vault **ret);

#endif
