/* names.h — how ids begin outside the program (core/ids.h). The same words stand in
 * api/openapi.yaml. */
#ifndef JN_MAIN_NAMES_H
#define JN_MAIN_NAMES_H

#define NAME_ACCOUNT  "acc"
#define NAME_TRANSFER "tr"

#endif
