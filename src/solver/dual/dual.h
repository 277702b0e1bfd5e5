/* What the parts of dual coordinate ascent share: its state, and products with single rows. */
#ifndef ERM_DUAL_H
#define ERM_DUAL_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/stochastic/stochastic.h"

enum {
    ERM_DUAL_AHEAD = 4,    /* rows that are on their way from memory while one is worked on */
    ERM_DUAL_LEAPS = 2,    /* directions that a leap combines */
    ERM_DUAL_ROW_COST = 16 /* of a row, in values */
};

/* Where the a of the members went over the last epochs, and W, b with it. */
typedef struct erm__displacement {
    double *a; /* n, of which `members` count */
    double *w; /* size */
} erm__displacement;

/* What is known of c = sum s_i a_i / S, which must become 0, as a function of the anchor. */
typedef struct erm__dual_anchor {
    double *c;                    /* k: after the last step */
    double *last_anchor, *last_c; /* k each: before the last move */
    double slope;                 /* of the anchor against c */
    double low, high;             /* one output: the anchors last seen with c < 0 and with c > 0 */
    int moves, waits;
} erm__dual_anchor;

/* Of losses whose conjugate is smooth: what the correction of what all rows have in common needs (dual_common.c). */
typedef struct erm__dual_common {
    int directions;         /* 3; 1: the displacement alone; 0: not used, and no memory taken */
    double *a, *w;          /* n, size: after the last correction, or recomputed since */
    double *pull;           /* n: l' at W = 0 */
    double *class_w[2];     /* size each: how W, b move as the a of rows with y > 0, and of the others, move along `pull` */
    double class_square[3]; /* their products */
    double *slope, *bend;   /* n each: of l* */
    double *move, *to;      /* n each: of a, and where it leads */
} erm__dual_common;

/* The dual variables are a_i, in the domain of l*(., y_i); with u = -X's a / S the primal point W is the
 * maximiser of u'W - R(W). */
typedef struct erm__dual {
    const erm_matrix *X; /* the problem's, or `copy` */
    union {
        erm_csr csr;
        erm_dense dense;
    } copy;                    /* of X by rows, in the workspace's memory */
    const erm_csr *compressed; /* X, where dual_compressed.c can work on it; else NULL */
    erm__reader reader[ERM_DUAL_AHEAD + 1];
    double *a, *dual; /* n k: a, and s a for the certificate */
    double *q;        /* n: the curvature of the dual along a_i / s_i, s_i / S times the row's square in the metric `inverse` */
    int64_t *order;   /* n: the active rows, rising */
    int64_t *turn, *block_order, block; /* n each: positions in `order` for one epoch; its blocks; rows of a block */
    int64_t rows, active;               /* with a weight that is not 0; of these, active */
    double unrest;                      /* typical violation in the last epoch over all rows */
    double left, gap, left_at_gap; /* what the last epoch says of the gap; the last certificate's gap, and what was left then */
    double gain, gains;            /* of S D, at least: by the present epoch, and by all before it */
    double multiple;               /* of an epoch's gain that the duality gap may be */
    /* R'' is diagonal and constant, and W = target + inverse u; or u is kept, `inverse` is 1 / modulus, and W follows from u. */
    double *inverse, *second, *target; /* d k each, second = R''; target NULL: not quadratic */
    double alike;                      /* what all of `inverse` are; 0 where they differ */
    double *u, *drift;                 /* d k each: drift is -u, as `advance` wants it */
    double *gradient, *given;          /* size each; given: w at the start */
    /* b is held near the anchor by a quadratic of curvature 1 / loose. */
    double *anchor; /* k */
    erm__dual_anchor held;
    double loose;
    /* Of centred columns: x_i'P m of row i and the means m, P = diag(inverse); m'P m; m'w. */
    double *cross; /* n */
    double centre_square, shift;
    double *z, *next, *row; /* k, k, d: for several outputs */
    /* For leaps: where the displacement began, the displacements, their products, how many there are, the leap itself. */
    erm__displacement before, past[ERM_DUAL_LEAPS], leap;
    double product[ERM_DUAL_LEAPS][ERM_DUAL_LEAPS];
    int64_t *member, members;         /* n: the rows that can have been displaced, in order */
    double *low, *high, *bend, *base; /* n each, of members: bounds of a; s curve; the part of the slope that is not a margin */
    int leaps, newest;
    double effort;                          /* values read since the last leap */
    bool shrinks, can_leap, curved, kinked; /* curved: some curve is not 0; kinked: l* has a kink at 0 */
    erm__dual_common common;
    bool stale; /* W is a running sum: to be recomputed before the next step */
} erm__dual;

static inline double erm__dual_weight(const erm_run *run, int64_t i)
{
    return run->problem->weight ? run->problem->weight[i] : 1;
}

static inline double erm__dual_offset(const erm_run *run, int64_t i)
{
    return run->problem->offset ? run->problem->offset[i] : 0;
}

/* inverse, second and target; then, from the rows (a pass over X), q, cross, loose and multiple. */
void erm__dual_set_metric(erm__dual *self, erm_run *run);
void erm__dual_measure_rows(erm__dual *self, erm_run *run);

/* Where rows are read: X, or a copy of it. Takes memory. ERM_OK or ERM_ENOMEM. */
erm_status erm__dual_open_rows(erm__dual *self, erm_run *run);

/* Row i, whose values are on their way from memory when this returns. It is good until ERM_DUAL_AHEAD + 1 turns later. */
erm_row erm__dual_row(const erm__dual *self, int64_t i, int64_t turn);

/* x_i'w + b for one output, centred by self->shift; without the offset. */
double erm__dual_margin(const erm__dual *self, const erm_run *run, erm_row row);

/* w, b and what goes with them follow a_i that has grown by change; w may be the change of another w. One output. */
void erm__dual_follow(erm__dual *self, erm_run *run, int64_t i, erm_row row, double change, double *w);

/* W from u at the columns of the row. */
void erm__dual_map(const erm__dual *self, erm_run *run, erm_row row);

/* shift = m'w */
void erm__dual_find_shift(erm__dual *self, const erm_run *run);

/* Sums of x y and m x y; y += t x; y += t m x. */
double erm__dual_dot(int64_t n, const double *x, const double *y);
double erm__dual_dot_scaled(int64_t n, const double *x, const double *y, const double *m);
void erm__dual_add(int64_t n, double t, const double *x, double *y);
void erm__dual_add_scaled(int64_t n, double t, const double *m, const double *x, double *y);

/* turn = the positions in `order` in random order, but that rows which are neighbours in memory stay together in small blocks, in
 * themselves shuffled: reading single rows from random places would leave memory waiting. */
void erm__dual_shuffle(erm__dual *self, erm_run *run);

/* One pass over the active rows in random order; rows whose margins are `idle` away from where their variables move are dropped.
 * Returns the root mean square of the violations that it met: how far margins move in an epoch. */
double erm__dual_epoch(erm__dual *self, erm_run *run, double idle);

/* The part of it that visits the rows, where `compressed` is not NULL. */
double erm__dual_visit_compressed(erm__dual *self, erm_run *run, double idle);

/* The same for any number of outputs, over all rows. */
void erm__dual_epoch_outputs(erm__dual *self, erm_run *run);

/* After a step, with W, b and `gradient` up to date: moves the anchor. */
void erm__dual_move_anchor(erm__dual *self, erm_run *run);

/* Forgets all displacements: from now on only the active rows move. */
void erm__dual_regroup(erm__dual *self, const erm_run *run);

/* After an epoch: leaps along the best combination of the last displacements, where epochs have cost as much as that does. */
void erm__dual_leap(erm__dual *self, erm_run *run);

/* Takes memory, where corrections apply; once W, b and a are there, prepares them in at most a pass. at_zero: run->gradient is
 * that at W = 0. */
void erm__dual_take_common(erm__dual *self, erm_run *run);
void erm__dual_open_common(erm__dual *self, erm_run *run, bool at_zero);

/* A point of a and the slope and curvature of l* there, row by row. */
typedef struct erm__dual_point {
    const double *y, *a, *before, *pull, *slope, *bend; /* n each: the displacement is a - before */
    const double *weight, *offset;                      /* or NULL */
    int64_t n;
} erm__dual_point;

/* Sums over the rows: [k] of the slope, [3 + k] of the curvature with the displacement and k, [6 + k] with k twice; k = 0 is the
 * displacement, 1 and 2 move the rows with y > 0 and the others along `pull`. */
void erm__dual_sum_rows(const erm__dual_point *at, double *sums);

/* move = x of the three, to = t times of it away from a. */
void erm__dual_move_rows(const erm__dual_point *at, const double *x, double t, double *move, double *to);

/* The slope along `move`; not finite where some row is outside the domain of l*. */
double erm__dual_slope_of_rows(const erm__dual_point *at, const double *move);

/* After an epoch: maximises along what all rows have in common, and adds to `gain` what the epoch gained in l*. */
void erm__dual_correct(erm__dual *self, erm_run *run);

/* W and b were recomputed: the next displacement begins here. */
void erm__dual_mark(erm__dual *self, const erm_run *run);

#endif
