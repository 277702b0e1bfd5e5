/* A problem of some of the rows, whose solution is where to start. */
#ifndef ERM_NEWTON_SAMPLE_H
#define ERM_NEWTON_SAMPLE_H

#include "solver/run.h"

typedef struct erm__subproblem {
    erm_run run; /* in the coordinates of the whole problem's: centre and metric are its */
    erm_problem problem;
    erm_rows_view X;
    erm__workspace ws;
} erm__subproblem;

/* How many rows such a problem should have; 0 if it would not pay. */
int64_t erm__subproblem_rows(const erm_run *run);

/* Draws the rows and takes the memory, from an arena of its own until erm__subproblem_close. */
erm_status erm__subproblem_open(erm__subproblem *self, const erm_run *run, int64_t rows);

/* Hands the memory, of which no more is taken then, to the whole problem's arena. */
void erm__subproblem_close(erm__subproblem *self, erm_run *run);

#endif
