/* Coordinate descent on a quadratic given by columns, the core of lasso, prox-Newton and paths:
 *
 *     minimise over w, b:   (1/S) sum_i (d_i u_i + h_i u_i^2 / 2)  +  R(w),      u = X (w - w_0) + b - b_0
 *
 * The solver keeps q = d + h u, the derivative in u, up to date: a coordinate costs two runs over its column. The intercept is
 * always at its best, without a pass over the rows: the derivative is q + shift h with shift = b - b_0, and
 * w_j's own curvature is that of its column less its mean in the weights h, so sparse columns stay sparse. */
#ifndef ERM_CD_H
#define ERM_CD_H

#include "ermopt/regularizer.h"
#include "ermopt/rng.h"
#include "ermopt/solver.h"
#include "solver/columns/columns.h"
#include "solver/descent/anderson.h"

typedef struct erm__cd {
    const erm__columns *X;
    const erm_regularizer *R; /* separable, or with `blocks` */
    erm_shape shape;
    double total_weight; /* S */
    const double *h;     /* n values > 0 (>= 0 where d is 0), NULL: all 1 */
    bool intercept;
    double h_sum; /* of h */
    double *q;    /* n */
    double shift; /* b - b_0 */
    double *w;    /* d */
    /* d each, valid for the columns that were opened: the curvature (1/S) sum h (x - mean)^2, and the mean in the weights h */
    double *curvature, *mean;
    const erm_entry *entry; /* d; NULL where R has none: then drift and metric are scratch, d each */
    double *drift, *metric;
    /* Where the quadratic is given by a matrix (cd_gram.h), q are the slopes of the k features listed: their values at w_0,
     * and w_0 itself. Else NULL. */
    const double *start, *origin;
    const int32_t *features;
    const struct erm__groups_of *groups; /* NULL where R is separable; lists then hold groups */
    double *scratch;                     /* for groups: n + erm__cd_group_scratch doubles */
} erm__cd;

/* h = new ones, and the intercept at its best for q = d (n), which the caller copies there if passes over the columns follow. */
void erm__cd_begin(erm__cd *self, const double *h, const double *d);

/* Fills curvature and mean of columns list[0 .. count - 1] (groups: and their Gram matrices) for the present h. */
void erm__cd_open(erm__cd *self, int64_t count, const int32_t *list, int threads);

/* The same for one column of which these are known: sum h x and sum h x^2. */
void erm__cd_open_known(erm__cd *self, int64_t j, double sum, double square);

/* One pass: minimises over each coordinate (or group) of the list in turn. Returns the largest |change| sqrt(curvature): half its
 * square is what that step gained at least. */
double erm__cd_pass(erm__cd *self, int64_t count, const int32_t *list);

/* The gradient of the quadratic in w_j, (1/S) x_j'(q + shift h). */
double erm__cd_slope(const erm__cd *self, int64_t j);

/* The least of  curvature (v - at)^2 / 2 + slope v + the penalty of w_j  over v; at: w_j now. */
double erm__cd_minimiser(const erm__cd *self, int64_t j, double at, double slope, double curvature);

/* The same of a penalty given so. */
double erm__entry_minimiser(const erm_entry *entry, double at, double slope, double curvature);

/* The quadratic at w and the q, shift that go with it, but for a constant: (1/2S) sum (q + shift h)^2 / h. */
double erm__cd_value(const erm__cd *self, const double *q, double shift);

/* What a run of passes is to do. */
typedef struct erm__cd_job {
    int64_t count;
    int32_t *list;           /* coordinates, or groups; put in random order where `rng` */
    int32_t *active;         /* scratch: count */
    double tol;              /* on what a pass returns, */
    double ratio;            /* or this times what the first pass returned, if that is more */
    int most;                /* passes over the list or the active part of it */
    erm_rng *rng;            /* NULL: cyclic */
    erm__anderson *anderson; /* NULL: none; y_length is n + 1. scratch: x and y of a point */
    double *x, *y;
} erm__cd_job;

typedef struct erm__cd_done {
    int passes;
    double work;        /* steps, over all passes */
    double first, last; /* what the first and the last pass over the whole list returned */
} erm__cd_done;

/* Passes with Anderson extrapolation, mostly over what is not 0, until a pass over all of the list changes no more than tol. */
erm__cd_done erm__cd_solve(erm__cd *self, const erm__cd_job *job);

/* ---- groups -------------------------------------------------------------------------------------------------------- */

enum { ERM_WHOLE_GROUP = 32 }; /* the most columns of a group whose Gram matrix is kept */

/* The groups of R, and each free feature as a group of its own. */
typedef struct erm__groups_of {
    int64_t count;
    int64_t *start;  /* count + 1: where each group's features begin in `member` */
    int32_t *member; /* d */
    double *lambda;  /* count: lambda weight_g, 0 where free */
    double *l1;      /* d */
    int64_t
        *gram_at; /* count: where the group's Gram matrix, its eigenvectors and eigenvalues are in `gram`; -1: it is too large */
    double *gram;
    double *largest; /* count: a bound on the curvature of the group together */
    int64_t widest;  /* columns in the largest group */
} erm__groups_of;

/* Lays them out: count, start, member, lambda, l1. Memory may run out: erm_run_ok. */
void erm__groups_lay_out(erm__groups_of *to, erm_run *run);

/* How many doubles erm__cd.scratch has for a largest group of so many columns, after the n for a column. */
static inline int64_t erm__cd_group_scratch(int64_t widest) { return 3 * widest; }

/* Minimises over group g; `next` follows. Returns |change| sqrt(curvature). */
double erm__cd_group_step(erm__cd *self, int64_t g, int64_t next);
/* The penalty of group g at w. */
double erm__cd_group_penalty(const erm__cd *self, int64_t g);
void erm__cd_group_open(erm__cd *self, int64_t g);

#endif
