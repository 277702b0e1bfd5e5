/* How many threads to use. */
#ifndef ERM_THREADS_H
#define ERM_THREADS_H

/* As many as the processors that this process may run on (its affinity mask), and no more than the processor time that its
 * control groups leave it, rounded up; at least 1. */
int erm__threads_available(void);

#endif
