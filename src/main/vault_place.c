/* vault_place.c — see vault_place.h. */
#include "main/vault_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sha256.h"
#include "identity/vault.h"
#include "main/cli.h"

#define PIN_VARIABLE "JINNANG_PKCS11_PIN"

struct vault_source vault_source_of(const struct cli_args *args, const char *data_dir)
{
    return (struct vault_source){.data_dir = data_dir,
                                 .pkcs11 = cli_text(args, "pkcs11"),
                                 .pin_file = cli_text(args, "pkcs11-pin")};
}

/* The first line. */
static enum err read_pin(const char *path, char ret[VAULT_PIN_MAX + 2])
{
    FILE *file = fopen(path, "re");
    bool good;

    if (file == NULL) {
        return ERR_FILE_NOT_FOUND;
    }
    good = fgets(ret, VAULT_PIN_MAX + 2, file) != NULL;
    fclose(file);
    if (!good) {
        return ERR_VAULT_TOKEN_FAILED;
    }
    ret[strcspn(ret, "\r\n")] = '\0';
    return ERR_OK;
}

static enum err open_token(const struct vault_source *source, struct vault_master **ret)
{
    char pin[VAULT_PIN_MAX + 2] = "";
    const char *given = getenv(PIN_VARIABLE);
    enum err err = ERR_OK;

    if (source->pin_file != NULL) {
        err = read_pin(source->pin_file, pin);
    } else if (given != NULL && strlen(given) <= VAULT_PIN_MAX) {
        memcpy(pin, given, strlen(given) + 1);
    }
    if (err == ERR_OK) {
        err = vault_master_pkcs11_open(source->pkcs11, pin, ret);
    }
    secret_wipe(pin, sizeof(pin));
    return err;
}

enum err vault_source_open(const struct vault_source *source, struct store *store,
                           const struct clock *clock, struct vault **ret)
{
    struct vault_master *master = NULL;
    enum err err = source->pkcs11 != NULL ? open_token(source, &master) : ERR_OK;

    return err != ERR_OK ? err
                         : vault_open(&(struct vault_config){.store = store,
                                                             .clock = clock,
                                                             .data_dir = source->data_dir,
                                                             .master = master},
                                      ret);
}
