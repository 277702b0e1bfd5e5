/* A problem, and the certificate that tells how far any W is from its optimum.
 *
 *     minimise over W, b:   F(W, b) = (1/S) sum_i s_i l(x_i'W + b + o_i, y_i)  +  lambda R(W),     S = sum_i s_i
 */
#ifndef ERMOPT_PROBLEM_H
#define ERMOPT_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/loss.h"
#include "ermopt/matrix.h"
#include "ermopt/regularizer.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A plain value; everything it points to is borrowed, never written, and must outlive the calls that use it. */
typedef struct erm_problem {
    const erm_matrix *X;  /* n x d. Columns that are all 0 keep the weight they start from, or 0 where it is penalised */
    const double *y;      /* n labels or targets (n x k where loss.ops->target_per_output) */
    const double *weight; /* s: n values >= 0 with a positive sum, or NULL for all 1. Weight 2 is the row twice. */
    const double *offset; /* o: n x k values added to the margins, or NULL for all 0 */
    erm_loss loss;
    erm_regularizer regularizer;
    int64_t k;      /* outputs; 0 means 1 */
    bool intercept; /* b, k values, not penalised */
    /* One factor >= 0 a class for the weights of its rows, or NULL for all 1: {that of -1, that of +1} for k = 1, else k values.
     * See erm_class_weights_balanced. */
    const double *class_weight;
    /* The regularizer acts on the columns' own scale: on w_j sd_j in place of w_j, where sd_j is the weighted standard deviation
     * of column j about its mean (divided by S, not S - 1), as glmnet's standardize = TRUE does. All W that go in or out stay in
     * the scale of X. A column that does not vary counts as if sd_j were 1. X is not copied and sparse X stays sparse, but it
     * must have `scan`. Four more passes over the data. */
    bool standardise;
} erm_problem;

/* How many doubles a solution has, (d + (intercept ? 1 : 0)) k: W row-major (feature j, output c at j k + c), then b. */
int64_t erm_problem_size(const erm_problem *problem);

/* Everything that can be wrong with a problem before it is solved: sizes, labels the loss refuses, NaN or Inf in X, y,
 * weights, class weights or offsets (named by position), lambda < 0, what cannot be standardised. ERM_OK, ERM_EINVAL,
 * ERM_EDATA or ERM_EUNSUPPORTED and a sentence in detail (ERM_DETAIL_SIZE bytes, or NULL). erm_solve calls it. Cost: one pass
 * over the data. */
erm_status erm_problem_check(const erm_problem *problem, char *detail);

/* Class weights that give every class the same share of F: S / (classes S_c), S_c the sum of the weights of class c; with all
 * weights 1 that is n / (classes n_c), scikit-learn's class_weight = 'balanced'. class_weight: 2 values for k = 1, else k. The
 * problem must be whole but for class_weight: it is checked as by erm_problem_check, in a pass over the data. ERM_OK;
 * ERM_EUNSUPPORTED for a loss without classes; ERM_EDATA where a class has no row; what erm_problem_check says. */
erm_status erm_class_weights_balanced(const erm_problem *problem, double *class_weight, char *detail);

typedef enum erm_certificate_kind {
    ERM_CERTIFICATE_GAP, /* gap = primal - dual >= F(w) - F*, by weak duality */
    ERM_CERTIFICATE_KKT  /* no finite dual bound is known here (see erm_certify): dual = -INFINITY, only kkt says something */
} erm_certificate_kind;

typedef struct erm_certificate {
    erm_certificate_kind kind;
    double primal; /* P = F(w); INFINITY where w is outside the constraint set */
    double dual;   /* D <= F*: a lower bound on the objective of every W */
    double gap;    /* P - D, never below 0 */
    /* How far w is from satisfying the optimality conditions, without units: the largest over features j of |w_j -
     * prox_j(w_j - t_j g_j)| / (t_j rms(x_j) rms(l'(0))), t_j = 1 / (curvature mean square of x_j), i.e. the gradient that
     * is left relative to the largest that feature could have at the start. Or, where larger, the share of F that one such
     * step promises to gain. At an optimum 0, or what rounding of w leaves undecided; INFINITY for a loss with a kink. */
    double kkt;
} erm_certificate;

/* Certifies any w, whoever made it; recomputes everything from the data. The dual point is theta_i = -l'(z_i), with the
 * intercept chosen so that sum_i s_i theta_i = 0, scaled into the domain of R's conjugate:
 *     D = -(1/S) sum_i s_i (l*(-theta_i, y_i) + theta_i o_i) - (lambda R)*(X' s theta / S).
 * Where scaling does not help (features with factor 0, half-lines that a box leaves open, the intercepts of several outputs:
 * X_j' s theta must be 0 or have one sign there), and where R is linear around w (the support of a lasso, the inside of a
 * box: its slope is what X_j' s theta / S should be), the margins are refitted in those directions by Newton's method, or the
 * rows scaled, until that holds to rounding. Up to 256 entries of W, and b, are held so; a problem that needs more of them
 * has ERM_CERTIFICATE_KKT. Without a dual bound too: a loss or regularizer without a conjugate (MCP, SCAD, total variation),
 * and problems whose infimum is not attained. A loss with a kink has a tight bound only with the dual variables of the solver,
 * which erm_solve uses; from w alone it is loose.
 *
 * D <= F holds in exact arithmetic for the data as they are stored, to which X, y, s and o are exact: floats are converted to
 * double without loss, so data given as floats are certified as they are, and data that were rounded to floats are certified
 * as rounded. Sums are taken in double: entries of X' s theta below the rounding error of their own sum count as 0, and P and
 * D are off by rounding, some 1e-15 of the terms they are sums of.
 *
 * Cost: some six passes over the data; where it refits, for m entries, up to some tens of times three passes and the m x m
 * matrix of these columns (nnz m multiplications for rows, 2 m passes for data stored by columns). Memory: O(n k + d k), and
 * where it refits 256^2 doubles and 32 (k + 1) 256 (by columns: 8 (k + 1) (n + d)). The bits do not depend on the number of
 * threads. ERM_OK; ERM_EDATA where w is not finite; what erm_problem_check says; ERM_ENOMEM. */
erm_status erm_certify(const erm_problem *problem, const double *w, erm_certificate *certificate, char *detail);

#ifdef __cplusplus
}
#endif

#endif
