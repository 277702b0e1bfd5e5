/* How many threads to use. */
#ifndef ERM_THREADS_H
#define ERM_THREADS_H

/* The processors that this process may run on (its affinity mask), at least 1. */
int erm__threads_available(void);

#endif
