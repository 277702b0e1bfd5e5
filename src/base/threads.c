/* How many threads to use. */
#include "base/threads.h"

#include <omp.h>

int erm__threads_available(void)
{
    const int processors = omp_get_num_procs();
    return processors > 1 ? processors : 1;
}
