/* Making a dual point feasible where the penalty leaves no room for scaling.
 *
 * Along a free feature, a half-line that a box leaves open, or the intercept, R does not grow: its conjugate is finite only
 * where that entry of U = -X'A / S is 0, or has the right sign. The entries that are violated are brought to 0 together.
 * Where R is linear around w its slope is what U should be: held there, a bound is tight to second order in w. */
#ifndef ERM_MEND_H
#define ERM_MEND_H

#include "problem/workspace.h"

typedef struct erm__mend {
    erm__workspace *ws;
    const double *rms;         /* d: roots of the columns' mean squares */
    unsigned char *state;      /* size: of each entry of U, see mend.c */
    int64_t most, count;       /* entries that can be, and are, held */
    int64_t *entry;            /* most: which, feature k + output; feature d is the intercept */
    double *system, *answer;   /* most^2; most */
    int64_t *place;            /* size: an entry's number among those held, else -1; and most to spare */
    double *table;             /* for rows of X, or products with it */
    double work;               /* multiplications by values of X so far */
    double *direction, *slope; /* size; of R where it is linear around w, else 0 */
    double *trial;             /* d k */
    bool piecewise;            /* R may be linear around w in some entries */
    double *margin, *change;   /* n k */
    double *h;                 /* n k: second derivatives at margin */
    double *ratio;             /* n: by which rows of A were scaled */
} erm__mend;

/* The most entries that are held at once: what would need more has no bound. */
enum { ERM_MEND_MOST = 256 };

/* What the blocks of the system are made of. */
typedef enum erm__mend_weight {
    ERM_MEND_BY_CURVATURE, /* s_i times the Hessian of l at margin */
    ERM_MEND_BY_SIZE       /* A_i A_i' / ||A_i|| */
} erm__mend_weight;

/* Finds the directions along which the problem's regularizer does not grow, and takes memory from the workspace's arena:
 * nothing where there are none and R is strictly convex or not separable, else 3 n k + n doubles, a few for each entry of W
 * at most ERM_MEND_MOST^2, and a table. rms is borrowed. ERM_OK or ERM_ENOMEM. */
erm_status erm__mend_open(erm__mend *mend, erm__workspace *ws, erm_shape shape, const double *rms);

/* Whether there is anything to mend. */
static inline bool erm__mend_applies(const erm__mend *mend) { return mend->most > 0; }

/* Looks for the entries where R is linear around w, which then are held at its slope; w NULL: none are. metric: d. */
void erm__mend_aim(erm__mend *mend, erm_shape shape, const double *w, const double *metric);

/* Refits the held entries and the intercept: A (n k) = s l'(z) at the margins z = margin + X V lambda where u (size) =
 * X'A / S has no forbidden entry but for rounding. Newton's method, for a differentiable loss; each step costs three passes
 * over X. False if it fails. top as below: the last digits are got by scaling. */
bool erm__mend_fit(erm__mend *mend, const double *margin, double *A, double *u, double *top);

/* The same by scaling the rows of A, any point in the domain of l*: A_i tau_i. *top: the largest tau, at least 1; A / top
 * is in the domain again, as 0 is. */
bool erm__mend_scale(erm__mend *mend, double *A, double *u, double *top);

/* Doubles of table for m entries: some 32 (k + 1) m, or where X has no rows to read 8 (n + d) (k + 1). */
int64_t erm__mend_table(const erm__workspace *ws, int64_t m);

/* answer = the solution of (V'X'B X V / S) x = answer, with the blocks B that `weight` says; false if it has none. */
bool erm__mend_solve(erm__mend *mend, erm__mend_weight weight, const double *A);

/* root of the weighted mean of the a_i^2, A = s a */
double erm__dual_size(const erm__workspace *ws, const double *A);

/* What counts as 0 in X'A / S, in a column of unit mean square. */
double erm__dual_rounding(const erm__workspace *ws, const double *A);

#endif
