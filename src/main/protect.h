/* protect.h — what a process that opens people's data does before it opens anything. */
#ifndef JN_MAIN_PROTECT_H
#define JN_MAIN_PROTECT_H

/* No core file, whatever the shell allows, and no debugger of another unprivileged process: a crash
 * must not write what was open in memory to a disk. */
void protect_memory(void);

#endif
