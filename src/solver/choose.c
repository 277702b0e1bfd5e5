/* Which solver suits a problem ("auto"), and what a solver refuses.
 *
 *     loss                          regularizer           size                     auto
 *     squared                       none, l2, proximity   k = 1, (n+d) d^2 <= 1e7  direct
 *     differentiable                none, l2, proximity   k = 1 and d <= 1000      newton
 *     differentiable                any                   any                      prox
 *     two lines (hinge, quantile)   none, l2, proximity   k = 1 and d <= 4000      interior
 *     other, not differentiable     any                   any                      sgd
 */
#include "solver/choose.h"

#include <math.h>

#include "base/detail.h"

enum {
    MOST_INTERIOR_COLS = 4000,  /* some seconds a step, where nothing else reaches a small gap */
    MOST_NEWTON_COLS = 1000,    /* factoring the Hessian then costs less than a second */
    MOST_DIRECT_WORK = 10000000 /* n d^2: some ten milliseconds */
};

static bool newton_fits(const erm_problem *problem, int64_t most_cols)
{
    return problem->k <= 1 && problem->regularizer.ops->hessian && problem->regularizer.ops->separable &&
           problem->X->cols <= most_cols;
}

/* On small data the accuracy of an orthogonal factorisation costs nothing worth mentioning. */
static bool direct_is_cheap(const erm_problem *problem)
{
    const double n = (double)problem->X->rows, d = (double)problem->X->cols;
    return newton_fits(problem, MOST_NEWTON_COLS) && problem->loss.ops == erm_loss_squared().ops &&
           (n + d) * d * d <= MOST_DIRECT_WORK;
}

erm_solver erm__choose(const erm_problem *problem)
{
    if (problem->loss.ops->kink && newton_fits(problem, MOST_INTERIOR_COLS)) return erm_solver_interior(NULL);
    if (!problem->loss.ops->differentiable) return erm_solver_sgd(NULL);
    if (direct_is_cheap(problem)) return erm_solver_direct(NULL);
    if (newton_fits(problem, MOST_NEWTON_COLS)) return erm_solver_newton(NULL);
    return erm_solver_prox(NULL);
}

erm_status erm__suits(const erm_problem *problem, erm_solver solver, char *detail)
{
    const erm_loss *loss = &problem->loss;
    const erm_regularizer *regularizer = &problem->regularizer;
    const unsigned needs = solver.ops->needs;
    const int64_t k = problem->k ? problem->k : 1;
    if ((needs & ERM_NEEDS_DIFFERENTIABLE_LOSS) && !loss->ops->differentiable)
        return erm__fail(
            detail, ERM_EUNSUPPORTED,
            "%s needs a differentiable loss and %s loss has a kink; use auto (interior or sgd), or squared-hinge or huber loss",
            solver.ops->name, loss->ops->name);
    if ((needs & ERM_NEEDS_BOUNDED_CURVATURE) && !isfinite(loss->ops->curvature(loss, k)))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s needs a loss whose curvature is bounded and that of %s loss is not; use prox", solver.ops->name,
                         loss->ops->name);
    if ((needs & ERM_NEEDS_DIFFERENTIABLE_REGULARIZER) && !regularizer->ops->grad)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s needs a differentiable regularizer and %s is none; use prox or svrg",
                         solver.ops->name, regularizer->ops->name);
    if ((needs & ERM_NEEDS_DIAGONAL_HESSIAN) && !(regularizer->ops->hessian && regularizer->ops->separable))
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s needs second derivatives of the regularizer and %s has none; use prox",
                         solver.ops->name, regularizer->ops->name);
    if ((needs & ERM_NEEDS_ADVANCE) && !(regularizer->ops->advance && regularizer->ops->separable))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s needs a regularizer that is a sum over the entries of W with `advance`, and %s is none; use sgd",
                         solver.ops->name, regularizer->ops->name);
    if ((needs & ERM_NEEDS_KINK) && !loss->ops->kink)
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s fits losses of two lines (hinge, absolute, quantile) and not %s; use newton or prox",
                         solver.ops->name, loss->ops->name);
    if ((needs & ERM_NEEDS_SQUARED_LOSS) && loss->ops != erm_loss_squared().ops)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s fits the squared loss and not %s; use newton or prox", solver.ops->name,
                         loss->ops->name);
    if ((needs & ERM_NEEDS_ONE_OUTPUT) && k > 1)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s fits one output and k = %lld; use prox or gd", solver.ops->name,
                         (long long)k);
    return ERM_OK;
}
