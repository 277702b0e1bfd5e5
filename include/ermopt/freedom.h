/* How many parameters a fit has used, for Mallows' Cp, AIC, BIC and generalised cross-validation. */
#ifndef ERMOPT_FREEDOM_H
#define ERMOPT_FREEDOM_H

#include "ermopt/problem.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The degrees of freedom of the fit w, the intercept's included. For the squared loss that is Stein's: the trace of d fit / d y,
 * how far each fitted value follows its own label,
 *
 *     df = tr (A'HA + Q)^-1 A'HA,   A = X B,   H = diag(s_i l''(z_i)) / S,   Q = B' R''(W) B,
 *
 * where the columns of B are the directions in which W can move without leaving the kinks and bounds that hold it:
 *
 *     none, l2, proximity         all entries: least squares: the rank of X; ridge: sum over eigenvalues of e / (e + l2)
 *     l1                          the entries that are not 0: the rank of those columns    Zou, Hastie, Tibshirani (2007)
 *     elastic net, with bounds    the same, with l2 in Q; entries at a bound do not move   Tibshirani, Taylor (2012)
 *     boxes                       the entries that are at no bound
 *     group lasso, sparse, l21    the groups that are not 0, and how the norms bend        Vaiter et al. (2012)
 *     fused lasso, TV             one for each piece of equal entries (not at 0)           Tibshirani, Taylor (2012)
 *     slope, linf                 one for each set of entries of equal size                Minami (2020)
 *     sums                        those of the other part, with the smooth part in Q
 *
 * For other differentiable losses it is the trace of the smoother at the last Newton step (Hastie and Tibshirani 1990).
 *
 * w should be a minimiser to many digits, of a solver that finds exact zeros where that matters (all but sgd, gd). Columns whose
 * part that is independent of the others is less than some 1e-7 of them count as dependent. With m directions and intercepts:
 * memory m (m + 400) doubles, some n m^2 + m^3 multiplications. ERM_OK; ERM_EUNSUPPORTED (a loss with kinks, a regularizer for
 * which it is not known), ERM_EDATA (w is not finite), ERM_ENOMEM, what erm_problem_check says. */
erm_status erm_degrees_of_freedom(const erm_problem *problem, const double *w, double *freedom, char *detail);

#ifdef __cplusplus
}
#endif

#endif
