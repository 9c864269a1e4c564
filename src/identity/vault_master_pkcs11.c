/* vault_master_pkcs11.c — master keys inside a PKCS#11 token: they are made there, cannot be taken
 * out, and wrap and unwrap there (CKM_AES_GCM). Version N is the secret key labelled LABEL-N.
 *
 * The module is the token maker's shared library, loaded by name. One session; the vault calls one
 * function at a time. After a failure of the token the session is opened anew at the next call. */
#include <dlfcn.h>
#include <inttypes.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "identity/vault_int.h"

#define NAME_BYTES  64
#define SLOTS_MAX   64
#define LABEL_BYTES 32 /* of a token, padded with spaces */

struct token_master {
    void *module;
    CK_FUNCTION_LIST *api;
    CK_SESSION_HANDLE session;
    bool has_session;
    char token[NAME_BYTES], label[NAME_BYTES];
    char pin[VAULT_PIN_MAX + 1];
};

/* ---- the session ---- */

static bool find_slot(const struct token_master *master, CK_SLOT_ID *ret)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    unsigned long count = SLOTS_MAX;
    size_t length = strlen(master->token);

    if (master->api->C_GetSlotList(1, slots, &count) != CKR_OK) {
        return false;
    }
    for (unsigned long i = 0; i < count; i++) {
        CK_TOKEN_INFO info;

        if (master->api->C_GetTokenInfo(slots[i], &info) == CKR_OK && length <= LABEL_BYTES &&
            memcmp(info.label, master->token, length) == 0 &&
            (length == LABEL_BYTES || info.label[length] == ' ')) {
            *ret = slots[i];
            return true;
        }
    }
    return false;
}

static enum err open_session(struct token_master *master)
{
    CK_SLOT_ID slot;
    CK_RV login;

    if (master->has_session) {
        return ERR_OK;
    }
    if (!find_slot(master, &slot) ||
        master->api->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                   &master->session) != CKR_OK) {
        return ERR_VAULT_TOKEN_FAILED;
    }
    login = master->api->C_Login(master->session, CKU_USER, (unsigned char *)master->pin,
                                 strlen(master->pin));
    if (login != CKR_OK && login != CKR_USER_ALREADY_LOGGED_IN) {
        master->api->C_CloseSession(master->session);
        return ERR_VAULT_TOKEN_FAILED;
    }
    master->has_session = true;
    return ERR_OK;
}

static enum err token_failed(struct token_master *master)
{
    if (master->has_session) {
        master->api->C_CloseSession(master->session);
        master->has_session = false;
    }
    return ERR_VAULT_TOKEN_FAILED;
}

/* ---- keys ---- */

static void key_name(const struct token_master *master, int64_t version, char ret[NAME_BYTES + 24])
{
    snprintf(ret, NAME_BYTES + 24, "%s-%" PRId64, master->label, version);
}

/* ERR_VAULT_KEY_MISSING. */
static enum err find_key(struct token_master *master, int64_t version, CK_OBJECT_HANDLE *ret)
{
    char name[NAME_BYTES + 24];
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof(class)}, {CKA_LABEL, name, 0}};
    unsigned long count = 0;
    enum err err = open_session(master);
    CK_RV found;

    if (err != ERR_OK) {
        return err;
    }
    key_name(master, version, name);
    wanted[1].ulValueLen = strlen(name);
    if (master->api->C_FindObjectsInit(master->session, wanted, ARRAY_COUNT(wanted)) != CKR_OK) {
        return token_failed(master);
    }
    found = master->api->C_FindObjects(master->session, ret, 1, &count);
    master->api->C_FindObjectsFinal(master->session);
    if (found != CKR_OK) {
        return token_failed(master);
    }
    return count == 1 ? ERR_OK : ERR_VAULT_KEY_MISSING;
}

static enum err token_create(void *state, int64_t version)
{
    struct token_master *master = state;
    char name[NAME_BYTES + 24];
    CK_BBOOL yes = 1, no = 0;
    CK_ULONG length = VAULT_KEY_BYTES;
    CK_OBJECT_HANDLE key;
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ATTRIBUTE wanted[] = {
        {CKA_LABEL, name, 0},
        {CKA_VALUE_LEN, &length, sizeof(length)},
        {CKA_TOKEN, &yes, sizeof(yes)},
        {CKA_PRIVATE, &yes, sizeof(yes)},
        {CKA_SENSITIVE, &yes, sizeof(yes)},
        {CKA_EXTRACTABLE, &no, sizeof(no)},
        {CKA_ENCRYPT, &yes, sizeof(yes)},
        {CKA_DECRYPT, &yes, sizeof(yes)},
    };
    enum err err = find_key(master, version, &key);

    if (err != ERR_VAULT_KEY_MISSING) {
        return err;
    }
    key_name(master, version, name);
    wanted[0].ulValueLen = strlen(name);
    return master->api->C_GenerateKey(master->session, &mechanism, wanted, ARRAY_COUNT(wanted),
                                      &key) == CKR_OK
               ? ERR_OK
               : token_failed(master);
}

static CK_GCM_PARAMS gcm_params(uint8_t *nonce, uint8_t *data, size_t length)
{
    CK_GCM_PARAMS params;

    memset(&params, 0, sizeof(params));
    params.pIv = nonce;
    params.ulIvLen = GCM_NONCE_BYTES;
    params.ulIvBits = GCM_NONCE_BYTES * 8;
    params.pAAD = data;
    params.ulAADLen = length;
    params.ulTagBits = GCM_TAG_BYTES * 8;
    return params;
}

static enum err token_wrap(void *state, int64_t version, const void *data, size_t length,
                           const uint8_t key[VAULT_KEY_BYTES], uint8_t ret[VAULT_WRAPPED_BYTES])
{
    struct token_master *master = state;
    uint8_t bound[KEY_DATA_MAX], plain[VAULT_KEY_BYTES];
    unsigned long written = VAULT_WRAPPED_BYTES - GCM_NONCE_BYTES;
    CK_OBJECT_HANDLE handle;
    enum err err = find_key(master, version, &handle);

    if (err != ERR_OK) {
        return err;
    }
    BUG_IF(length > sizeof(bound));
    memcpy(bound, data, length);
    memcpy(plain, key, sizeof(plain));
    rng_secure(ret, GCM_NONCE_BYTES);
    CK_GCM_PARAMS params = gcm_params(ret, bound, length);
    CK_MECHANISM mechanism = {CKM_AES_GCM, &params, sizeof(params)};
    bool good = master->api->C_EncryptInit(master->session, &mechanism, handle) == CKR_OK &&
                master->api->C_Encrypt(master->session, plain, sizeof(plain), ret + GCM_NONCE_BYTES,
                                       &written) == CKR_OK &&
                written == VAULT_WRAPPED_BYTES - GCM_NONCE_BYTES;
    secret_wipe(plain, sizeof(plain));
    return good ? ERR_OK : token_failed(master);
}

static enum err token_unwrap(void *state, int64_t version, const void *data, size_t length,
                             const uint8_t wrapped[VAULT_WRAPPED_BYTES],
                             uint8_t ret[VAULT_KEY_BYTES])
{
    struct token_master *master = state;
    uint8_t bound[KEY_DATA_MAX], text[VAULT_WRAPPED_BYTES], plain[VAULT_WRAPPED_BYTES];
    unsigned long written = sizeof(plain);
    CK_OBJECT_HANDLE handle;
    enum err err = find_key(master, version, &handle);

    if (err != ERR_OK) {
        return err;
    }
    BUG_IF(length > sizeof(bound));
    memcpy(bound, data, length);
    memcpy(text, wrapped, sizeof(text));
    CK_GCM_PARAMS params = gcm_params(text, bound, length);
    CK_MECHANISM mechanism = {CKM_AES_GCM, &params, sizeof(params)};
    if (master->api->C_DecryptInit(master->session, &mechanism, handle) != CKR_OK) {
        return token_failed(master);
    }
    CK_RV opened = master->api->C_Decrypt(master->session, text + GCM_NONCE_BYTES,
                                          sizeof(text) - GCM_NONCE_BYTES, plain, &written);
    if (opened == CKR_OK && written == VAULT_KEY_BYTES) {
        memcpy(ret, plain, VAULT_KEY_BYTES);
    } else {
        /* A token says the same of a wrong tag and of trouble of its own: begin anew. */
        (void)token_failed(master);
        err = ERR_VAULT_KEY_INVALID;
    }
    secret_wipe(plain, sizeof(plain));
    return err;
}

static enum err token_destroy(void *state, int64_t version)
{
    struct token_master *master = state;
    CK_OBJECT_HANDLE key;
    enum err err = find_key(master, version, &key);

    if (err != ERR_OK) {
        return err == ERR_VAULT_KEY_MISSING ? ERR_OK : err;
    }
    return master->api->C_DestroyObject(master->session, key) == CKR_OK ? ERR_OK
                                                                        : token_failed(master);
}

/* ---- opening ---- */

static void token_close(void *state)
{
    struct token_master *master = state;

    if (master->api != NULL) {
        if (master->has_session) {
            master->api->C_Logout(master->session);
            master->api->C_CloseSession(master->session);
        }
        master->api->C_Finalize(NULL);
    }
    if (master->module != NULL) {
        dlclose(master->module);
    }
    secret_wipe(master, sizeof(*master));
    free(master);
}

static bool load_module(struct token_master *master, const char *path)
{
    CK_C_INITIALIZE_ARGS arguments;
    CK_FUNCTION_LIST *api = NULL;
    CK_RV (*get_list)(CK_FUNCTION_LIST **list);
    void *symbol;

    memset(&arguments, 0, sizeof(arguments));
    arguments.flags = CKF_OS_LOCKING_OK;
    master->module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    symbol = master->module != NULL ? dlsym(master->module, "C_GetFunctionList") : NULL;
    if (symbol == NULL) {
        return false;
    }
    memcpy(&get_list, &symbol, sizeof(get_list));
    if (get_list(&api) != CKR_OK || api->C_Initialize(&arguments) != CKR_OK) {
        return false;
    }
    master->api = api;
    return true;
}

/* "MODULE:TOKEN:LABEL"; the module's path holds no colon. */
static bool split(const char *where, char module[1024], struct token_master *ret)
{
    const char *first = strchr(where, ':');
    const char *second = first != NULL ? strchr(first + 1, ':') : NULL;

    if (second == NULL || first == where || first - where >= 1024 || second == first + 1 ||
        second - first > NAME_BYTES || second[1] == '\0' || strlen(second + 1) >= NAME_BYTES) {
        return false;
    }
    memcpy(module, where, (size_t)(first - where));
    module[first - where] = '\0';
    memcpy(ret->token, first + 1, (size_t)(second - first - 1));
    memcpy(ret->label, second + 1, strlen(second + 1));
    return true;
}

enum err vault_master_pkcs11_open(const char *where, const char *pin, struct vault_master **ret)
{
    struct token_master *token = calloc(1, sizeof(*token));
    struct vault_master *master = calloc(1, sizeof(*master));
    char module[1024];
    enum err err = ERR_VAULT_TOKEN_FAILED;

    BUG_IF(token == NULL || master == NULL);
    if (strlen(pin) <= VAULT_PIN_MAX && split(where, module, token) && load_module(token, module)) {
        memcpy(token->pin, pin, strlen(pin));
        err = open_session(token);
    }
    if (err != ERR_OK) {
        token_close(token);
        free(master);
        return err;
    }
    *master = (struct vault_master){.state = token,
                                    .create = token_create,
                                    .wrap = token_wrap,
                                    .unwrap = token_unwrap,
                                    .destroy = token_destroy,
                                    .close = token_close};
    *ret = master;
    return ERR_OK;
}
