/* The state of the coordinate descent solver, and its parts. */
#ifndef ERM_CD_STATE_H
#define ERM_CD_STATE_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/cd_gram.h"

typedef struct erm__descent {
    erm_cd_params params;
    bool squared; /* the loss is its own quadratic model */
    erm__cd model;
    erm__anderson anderson;
    erm__cd_gram gram; /* for small working sets; none where its room is 0 */
    erm__row_sample sample;
    double sampling;    /* rows a column of the working set that its matrix is summed from */
    bool sampled;       /* the last model was, and not from all rows */
    double last_change; /* the last round's first pass */
    erm__groups_of groups;
    int64_t units;             /* coordinates, or groups */
    bool corrected;            /* the starting point: by the set, or by a better intercept */
    double b;                  /* the intercept of the columns as they are */
    double *z, *u, *d, *h;     /* n: margins, their change, s l', s l'' of the model */
    double *point_x, *point_y; /* of an extrapolated point: d, n + 1 */
    double *g;                 /* d: the gradient of the loss part, */
    bool fresh;                /* at w as it is now */
    double *mean_square;       /* d: of the columns, about their means where there is an intercept */
    double *from, *end;        /* d: w before and after the model was minimised */
    double *score, *scratch;   /* units */
    int32_t *list, *active;    /* units: the working set, and the part of it that is not 0 */
    int32_t *alive, *moved;    /* d: the columns that are not screened out; scratch */
    int64_t living, wanted;
    int32_t *absent;      /* d: scratch of erm__columns_want */
    double *whole;        /* size: a gradient of all columns, where not all are copied; else NULL */
    bool *opened;         /* units: their curvature is known (where h does not change) */
    double loss, penalty; /* the parts of F at w */
    double damping;       /* of the loss's largest curvature: the least that h may be */
    double *dual, *pull;  /* n, d: for the gap */
} erm__descent;

/* Minimises the model around w over the `count` listed units to `ratio` of the first pass's change (at least tol), and moves w, b
 * and z towards that minimum as far as F falls. Returns the first pass's change; 0 if no step brings F down. */
double erm__descent_round(erm__descent *self, erm_run *run, int64_t count, double tol, double ratio);

/* The columns of the `count` listed units. Returns how many. */
int64_t erm__descent_members(const erm__descent *self, int64_t count, int32_t *columns);

/* Fills d, h and loss from z. */
void erm__descent_derivatives(erm__descent *self, erm_run *run);

/* score = |change| sqrt(curvature) of every unit's own prox-gradient step, INFINITY where w is in the inside of its penalty's
 * pieces: what is not there yet, and what is to stay in the working set. Returns the largest of the former. *support: how many of the
 * latter. */
double erm__descent_scores(erm__descent *self, const erm_run *run, int64_t *support);

/* The gap at w from g, and the screening that it allows where `screening`. INFINITY where there is no dual bound. */
double erm__descent_gap(erm__descent *self, erm_run *run, bool screening);

/* Lays out R's groups. Memory may run out: erm_run_ok. */
void erm__descent_open_groups(erm__descent *self, erm_run *run);

#endif
