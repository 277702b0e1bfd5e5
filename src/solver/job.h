/* One call of erm_solve: what its loop (solve.c) and its judge (judge.c) work on. */
#ifndef ERM_JOB_H
#define ERM_JOB_H

#include "ermopt/solve.h"
#include "problem/certifier.h"
#include "problem/prepare.h"
#include "solver/checkpoint.h"
#include "solver/run.h"

#define ERM_NO_START "the objective is not finite at the starting point; start nearer to 0"

typedef struct erm__job {
    const erm_problem *problem; /* the caller's; what is solved is that in `prepared` */
    erm__prepared prepared;
    erm_options options; /* with defaults filled in */
    erm__workspace ws;
    erm__certifier certifier;
    erm_solver solver;
    erm_run run;
    void *state;
    struct erm__chunk *mark; /* in the arena: all that was taken later belongs to the solver */
    double *best, *now;      /* W, b of the best certificate, and of the last: the caller's coordinates */
    double *inner;           /* those of the last in the prepared problem's */
    erm_certificate certificate;
    erm_certificate last;
    double start, first_primal, best_kkt;
    int64_t epoch, next_check;
    int idle_checks;
    bool unchecked; /* whether the values of X are finite */
    bool moved;     /* since the certificate before the last */
    erm__checkpoint checkpoint;
    erm_result *result;
} erm__job;

/* What is compared with tol. */
double erm__job_relative_gap(const erm__job *job, const erm_certificate *certificate);

/* Takes the last certificate into account. */
void erm__job_keep_best(erm__job *job);

/* What the last certificate says about going on: ERM_STOP_NONE if nothing. */
erm_stop erm__job_judge(erm__job *job);

/* Puts the sentence into the result; returns stop. */
erm_stop erm__job_stop(erm__job *job, erm_stop stop, const char *sentence);

#endif
