/* protect.c — see protect.h. */
#include "main/protect.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "core/log.h"

void protect_memory(void)
{
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        LOG(LOG_WARN, "core_dumps_possible");
    }
}
