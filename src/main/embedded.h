/* embedded.h — small files that the program carries (tools/gen_embedded.py). */
#ifndef JN_MAIN_EMBEDDED_H
#define JN_MAIN_EMBEDDED_H

#include "core/base.h"

struct embedded_file {
    const char *path; /* "/mailbox.css" */
    const unsigned char *data;
    size_t length;
};
extern const struct embedded_file mailbox_files[];
extern const size_t mailbox_files_count;

#endif
