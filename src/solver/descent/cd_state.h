/* The state of the coordinate descent solver, and its parts. */
#ifndef ERM_CD_STATE_H
#define ERM_CD_STATE_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/descent/cd_gram.h"

enum { ERM_FIRST_PICKED = 8 /* rows a picked column from which the first matrix is summed */ };
#define ERM_NEARLY 1e-200 /* a score above those of all that would not move */

typedef struct erm__descent {
    erm_cd_params params;
    bool squared; /* the loss is its own quadratic model */
    erm__cd model;
    erm__anderson anderson;
    erm__cd_gram gram; /* for small working sets; none where its room is 0 */
    erm__row_sample sample;
    erm__columns_kept kept;
    bool by_rows;       /* the columns of the working set are picked */
    double sampling;    /* rows a column of the working set that its matrix is summed from */
    bool sampled;       /* the last matrix was, and not from all rows */
    bool again;         /* it had been used before */
    double last_change; /* the last round's first pass */
    erm__groups_of groups;
    int64_t units;             /* coordinates, or groups */
    bool corrected;            /* the starting point: by the set, or by a better intercept */
    double b;                  /* the intercept of the columns as they are */
    double *z, *u, *d, *h;     /* n: margins, their change, s l', s l'' of the model */
    double *point_x, *point_y; /* of an extrapolated point: d, n + 1 */
    double *g;                 /* d: the gradient of the loss part, */
    bool fresh;                /* at w as it is now */
    bool derived;              /* d, h and loss are those of z */
    const double *products;    /* X'd of the picked columns at w, where the last walk made them; else NULL */
    double enough;             /* a round that changes no more is the last of its step */
    bool aimed;                /* the step is to bring the gap below tol, */
    bool reached;              /* and most likely has */
    bool left;                 /* the look at all columns, to the certificate */
    double *mean_square;       /* d: of the columns, about their means where there is an intercept */
    double *from, *end;        /* d: w before and after the model was minimised */
    double *score, *scratch;   /* units */
    int32_t *list, *active;    /* units: the working set, and the part of it that is not 0 */
    int32_t *alive, *moved;    /* d: the columns that are not screened out; scratch */
    int64_t living, wanted;
    int64_t count;        /* of the working set */
    int32_t *mark;        /* d: 0, where columns are picked */
    bool settled;         /* it held all that would move before it was chosen again */
    double gap;           /* at w; INFINITY or 0: not known */
    int32_t *absent;      /* d: scratch of erm__columns_want */
    double *whole;        /* size: a gradient of all columns, where not all are copied; else NULL */
    bool *opened;         /* units: their curvature is known (where h does not change) */
    double loss, penalty; /* the parts of F at w */
    double damping;       /* of the loss's largest curvature: the least that h may be */
    double *dual, *pull;  /* n, d: for the gap */
} erm__descent;

/* The features of a unit: how many, and which. */
static inline int64_t erm__descent_size(const erm__descent *self, int32_t unit)
{
    return self->model.groups ? self->groups.start[unit + 1] - self->groups.start[unit] : 1;
}

static inline int64_t erm__descent_member(const erm__descent *self, int32_t unit, int64_t p)
{
    return self->model.groups ? self->groups.member[self->groups.start[unit] + p] : unit;
}

/* Minimises the model at d and h over the `count` listed units, w with it; the change of the intercept is model.shift. */
erm__cd_done erm__descent_minimise(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio);

/* Minimises the model around w over the `count` listed units to `ratio` of the first pass's change (at least tol), and moves w, b
 * and z towards that minimum as far as F falls. Returns the first pass's change; 0 if no step brings F down. */
double erm__descent_round(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio);

/* The columns of the `count` listed units. Returns how many. */
int64_t erm__descent_members(const erm__descent *self, int64_t count, int32_t *columns);

/* Lists in `moved` and `pull` which of the listed coordinates are not where they were in `from`, and by
 * how much. Returns how many. */
int64_t erm__descent_changes(erm__descent *self, int64_t count, const double *w);

/* Of the step to w and model.shift: the loss there, and the derivative of the loss along it here. */
typedef struct erm__descent_trial {
    double loss, slope;
} erm__descent_trial;

/* Fills u, `dual` with the margins there, d and h with the derivatives there, and `products` where they
 * are wanted. Picked columns only. */
erm__descent_trial erm__descent_try(erm__descent *self, erm_run *run, int64_t count, bool products);

/* Fills d, h and loss from z. */
void erm__descent_derivatives(erm__descent *self, erm_run *run);

/* score = |change| sqrt(curvature) of every unit's own prox-gradient step, INFINITY where w is in the inside of its penalty's
 * pieces: what is not there yet, and what is to stay in the working set. Returns the largest of the former. *support: how many of
 * the latter. */
double erm__descent_scores(erm__descent *self, const erm_run *run, int64_t *support);

/* The gap at w from g, and the screening that it allows where `screening`. INFINITY where there is no dual bound. */
double erm__descent_gap(erm__descent *self, erm_run *run, bool screening);

/* z from w. */
void erm__descent_refresh(erm__descent *self, const erm_run *run);

/* What the matrix of k picked columns costs to sum up. */
double erm__descent_pairs_cost(const erm__descent *self, int64_t k, erm__picked_size size);

/* Chooses the working set by the scores. Returns how many units. */
int64_t erm__descent_choose(erm__descent *self);

/* Works on it; worst: the highest of the scores, support: how many units may move both ways. Returns
 * what the (last) round changed. */
double erm__descent_work(erm__descent *self, erm_run *run, int64_t count, int64_t support, double worst);

/* Lays out R's groups. Memory may run out: erm_run_ok. */
void erm__descent_open_groups(erm__descent *self, erm_run *run);

#endif
