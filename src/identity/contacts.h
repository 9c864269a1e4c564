/* contacts.h — phone numbers and e-mail addresses: their one written form, and how they are shown
 * to somebody who looks over a shoulder. Pure.
 *
 * A phone number is E.164 ("+8613800138000"); eleven digits that begin with 1 are a Chinese mobile
 * number without its +86. An e-mail address is ASCII in lower case.
 *
 * Non-goals: whether anybody can be reached there (a one-time code shows that). */
#ifndef JN_IDENTITY_CONTACTS_H
#define JN_IDENTITY_CONTACTS_H

#include "core/base.h"
#include "core/err.h"

#define CONTACT_VALUE_MAX 254
#define CONTACT_MASK_MAX  64

/* Also the channel it is reached by. The numbers are in the database. */
enum contact_channel { CONTACT_PHONE = 1, CONTACT_EMAIL = 2 };

struct contact_value {
    enum contact_channel channel;
    char text[CONTACT_VALUE_MAX + 1]; /* normalised; wipe after use */
    size_t length;
};
/* Spaces, hyphens, dots and brackets of a phone number are forgiven. ERR_CONTACT_INVALID. */
JN_MUST_USE enum err contact_normalise(const char *text, size_t length, struct contact_value *ret);
/* "+86 138****8000", "a***@example.com". */
void contact_mask(const struct contact_value *value, char ret[CONTACT_MASK_MAX]);

#endif
