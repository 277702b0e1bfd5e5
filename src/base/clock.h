/* Seconds on a clock that never goes back. */
#ifndef ERM_CLOCK_H
#define ERM_CLOCK_H

double erm__seconds(void);

#endif
