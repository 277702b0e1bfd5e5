/* Value and gradient of the loss part of F in one walk over X, and the other products with X that solvers need. */
#ifndef ERM_SWEEP_H
#define ERM_SWEEP_H

#include "problem/workspace.h"

/* What to compute at (W, b), over which rows; NULL outputs are not wanted. */
typedef struct erm__sweep {
    erm_rows rows;
    const double *w;      /* size */
    const double *centre; /* d column means, or NULL: b is the intercept of the columns less these */
    double *gradient;     /* size: (1/S) X'd, and the sums of d for b */
    double *margin;       /* rows.count k: z, with intercept and offset */
    double *derivative;   /* rows.count k: s l'(z) */
    bool at_zero;         /* set by erm__sweep_run: W is 0, so that X need not be read for the margins */
} erm__sweep;

/* (1/S) sum over rows of s_i l(z_i, y_i). */
double erm__sweep_run(erm__workspace *ws, const erm__sweep *sweep);

/* gradient (size) = (1/S) (X'A, column sums of A) for A (n k) given; b last, centre as in a sweep. */
void erm__sweep_transpose(erm__workspace *ws, const double *centre, const double *A, double *gradient);

/* u (n k) = X V + v_b, centre as in a sweep; with the problem's offset added where `offset`. v: size. */
void erm__sweep_margins(erm__workspace *ws, const double *centre, const double *v, bool offset, double *u);

/* out (size) = (1/S) X'diag(s h) X v, with the intercept as the last column: a Hessian of the loss part times v, in one
 * walk. h (n k) or NULL for all 1, already weighted where given; centre as in a sweep. */
void erm__sweep_hessian(erm__workspace *ws, const double *centre, const double *h, const double *v, double *out);

/* What stands between X' and X in a Hessian. */
typedef struct erm__middle {
    const double *z; /* n k: margins, for a loss that has hessian_mul; else NULL: */
    const double *h; /* n k: its diagonal, weighted; NULL: the sample weights */
} erm__middle;

/* d (n k of a block) = what stands in the middle times u. */
struct erm__block;
void erm__sweep_bend(const erm__workspace *ws, const struct erm__block *block, erm__middle middle, const double *u, double *d);

/* The same for either, and u (n k) = X v + v_b on the way. */
void erm__sweep_curvature(erm__workspace *ws, const double *centre, erm__middle middle, const double *v, double *u, double *out);

/* Weighted means and mean squares (about the mean where centred) of the columns: d values each. scratch: d. */
void erm__column_means(erm__workspace *ws, double *scratch, double *mean);
void erm__column_mean_squares(erm__workspace *ws, const double *centre, double *mean_square);

/* Turns mean squares into a metric, 1 / mean square, in place; 1 where a column is zero. Returns the smallest of the others. */
double erm__metric_from_squares(int64_t d, double *x);

/* All rows. */
static inline erm_rows erm__all_rows(const erm__workspace *ws) { return (erm_rows){.count = ws->n}; }

#endif
