/* The rows of an augmented Lagrangian: residuals, multipliers, and what they add up to along a line. */
#ifndef ERM_ALM_ROWS_H
#define ERM_ALM_ROWS_H

#include "solver/run.h"

/* n each. Row i is on the kink at r = 0, or between the kinks at -flat and flat. */
typedef struct erm__alm_rows {
    double *low, *high; /* between them a lies */
    double *flat;       /* NULL: all 0 */
    double *r, *u;      /* z - at, and its change along the step */
    double *a, *anchor; /* multipliers, and those of the outer iteration before */
    double *dual;       /* s a */
    double width;       /* r moves a by r / width */
} erm__alm_rows;

/* Takes the memory; then, once r holds z, fills all but a and dual. */
void erm__alm_rows_take(erm__alm_rows *rows, erm_run *run);
void erm__alm_rows_set(erm__alm_rows *rows, const erm_run *run);

/* (1/S) sum s a(r + t u) u. */
double erm__alm_rows_slope(const erm__alm_rows *rows, const erm_run *run, double t);

/* r += t u, and a of it; what these rows leave of the duality gap, (1/S) sum s (l(r) - a r + flat |a|), and the loss. */
double erm__alm_rows_move(erm__alm_rows *rows, const erm_run *run, double t, double *loss);

/* The numbers of the rows whose a moves with r, and how many they are. */
int64_t erm__alm_rows_zone(const erm__alm_rows *rows, int64_t n, int64_t *list);

#endif
