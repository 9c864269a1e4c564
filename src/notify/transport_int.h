/* transport_int.h — private to src/notify/: what the ways out share. */
#ifndef JN_NOTIFY_TRANSPORT_INT_H
#define JN_NOTIFY_TRANSPORT_INT_H

#include <curl/curl.h>

#include "notify/transport.h"

/* A handle; libcurl is initialised by the first. */
CURL *transport_curl_new(void);
/* A short name for what went wrong. */
void transport_curl_problem(CURLcode code, char problem[TRANSPORT_PROBLEM_MAX]);
/* The first line of a small file, to be wiped and freed. ERR_IO_FAILED; ERR_NOTIFY_CONFIG_INVALID
 * when it is empty. */
JN_MUST_USE enum err transport_read_line(const char *path, char **ret);

#endif
