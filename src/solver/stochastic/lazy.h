/* Columns that are brought up to date just in time, for steps by sparse rows. */
#ifndef ERM_LAZY_H
#define ERM_LAZY_H

#include "ermopt/solver.h"
#include "regularizer/recursion_many.h"
#include "solver/stochastic/stochastic.h"

enum { ERM_LAZY_AHEAD = 2 }; /* rows that are read before their turn, so that what they need is in cache by then */

/* A column that no row touches between two steps moves by the same map each time, w -> prox(w - t M (drift)), so that many
 * steps of it cost no more than one. All that a step needs of a column lies in one cell, half a cache line for one output. */
typedef struct erm__lazy {
    int64_t d, k, stride; /* stride: doubles of a cell */
    bool summed;          /* the last part of a cell is the sum of the iterates, and there is no drift */
    double pull;
    const double *metric; /* d k, borrowed: entry by entry */
    double *cell;         /* d: t M_j, the step that W_j has been brought to, W_j (k), drift_j or sum_j (k) */
    erm_entry common;     /* the penalty on every entry, */
    erm_entry *penalty;   /* or d k of them */

    /* of a row's columns, k for each */
    double *w, *step, *count, *drift, *end, *sum, *odd;
    erm_entry *own; /* their penalties */

    /* the rows of a pass: row t is in place t % (ERM_LAZY_AHEAD + 1) */
    const int64_t *list;
    int64_t rows;
    erm__reader reader[ERM_LAZY_AHEAD + 1];
    erm_row row[ERM_LAZY_AHEAD + 1];
} erm__lazy;

/* Whether rows are so sparse that steps by so many of them are cheaper than steps that move all of W, and the regularizer is of
 * single entries l1 |w| + l2/2 w^2 - pull w within bounds. */
bool erm__lazy_fits(const erm_run *run, double rows);

/* Row i with its column numbers. */
erm_row erm__lazy_row(const erm_run *run, erm__reader reader, int64_t i);

void erm__lazy_take(erm__lazy *self, erm_run *run, bool summed);

/* The penalties; metric: size. Once memory is there. */
void erm__lazy_open(erm__lazy *self, const erm_run *run, const double *metric);

/* All columns start at step 0 from w, with sums 0 or this drift (d k). pull: as that of `advance`. */
void erm__lazy_load(erm__lazy *self, double step, double pull, const double *w, const double *drift);

/* Rows list[0 .. rows - 1] will be taken, one after the other. */
void erm__lazy_queue(erm__lazy *self, const erm_run *run, const int64_t *list, int64_t rows);

/* Row list[t], the next; it is good until ERM_LAZY_AHEAD + 1 rows later. */
erm_row erm__lazy_next(erm__lazy *self, const erm_run *run, int64_t t);

/* Brings the row's columns to step `now`: then self->end is W there, k entries for each value, and z (k) += x'W. */
void erm__lazy_bring(erm__lazy *self, erm_row row, int64_t now, double *z);

/* Puts them back less t M x change' (k; NULL: 0). drift += x more' (k; NULL: 0). */
void erm__lazy_put(erm__lazy *self, erm_row row, int64_t now, const double *change, const double *more);

/* W -= t M x change' of columns that are at one step already, as those of the rows of a batch. */
void erm__lazy_subtract(erm__lazy *self, erm_row row, const double *change);

/* Brings all columns to step `now`, which is step 0 from then on, with steps of length `step`. */
void erm__lazy_settle(erm__lazy *self, int64_t now, double step);

/* After that: W, and the drift or the sums, which start anew at 0. d k each; NULL: not wanted. */
void erm__lazy_unload(erm__lazy *self, double *w, double *last);

#endif
