/* How many threads to use. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "base/threads.h"

#include <math.h>
#include <omp.h>

#include "base/cgroup.h"

#if defined(__linux__)
#include <sched.h>

/* The size of the affinity mask; 0 if it cannot be told. */
static int processors_allowed(void)
{
    enum { MOST_PROCESSORS = 1 << 16 };
    for (size_t room = CPU_SETSIZE; room <= MOST_PROCESSORS; room *= 2) { /* too small a mask is refused */
        cpu_set_t *const mask = CPU_ALLOC(room);
        if (!mask) return 0;
        const size_t size = CPU_ALLOC_SIZE(room);
        const int count = sched_getaffinity(0, size, mask) == 0 ? CPU_COUNT_S(size, mask) : 0;
        CPU_FREE(mask);
        if (count > 0) return count;
    }
    return 0;
}
#else
static int processors_allowed(void) { return 0; }
#endif

int erm__threads_available(void)
{
    /* threads that OpenMP binds to places have a mask of one place each, which says nothing about the others */
    const int allowed = omp_get_proc_bind() == omp_proc_bind_false ? processors_allowed() : 0;
    const int processors = allowed > 0 ? allowed : omp_get_num_procs();
    if (processors <= 1) return 1;
    const double time = ceil(erm__cgroup_cpus("/proc/self/cgroup", "/sys/fs/cgroup"));
    return time < processors ? (time > 1 ? (int)time : 1) : processors;
}
