/* Which solver suits a problem ("auto"), and what a solver refuses.
 *
 *     loss                          regularizer           size                     auto
 *     squared                       none, l2, proximity   k = 1, (n+d) d^2 <= 1e7  direct
 *     differentiable                none, l2, proximity   k = 1 and d <= 1000      newton
 *     differentiable                any                   any                      prox
 *     straight lines (hinge, ...)   none, l2, proximity   k = 1 and d <= 4000      interior
 *     other, not differentiable     any                   any                      sgd
 */
#include "solver/choose.h"

#include <math.h>

#include "base/detail.h"
#include "solver/quadratic.h"

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

bool erm__is_piecewise_linear(const erm_loss *loss) { return loss->ops->dual_form && !loss->ops->differentiable; }

static bool is_strongly_convex(const erm_regularizer *R, int64_t d)
{
    const bool follows = R->ops->advance || (R->ops->grad && R->ops->hessian);
    return R->ops->separable && !R->ops->nonconvex && follows && R->ops->modulus && R->ops->modulus(R, d) > 0;
}

erm_solver erm__choose(const erm_problem *problem)
{
    if (erm__is_piecewise_linear(&problem->loss) && newton_fits(problem, MOST_INTERIOR_COLS)) return erm_solver_interior(NULL);
    if (!problem->loss.ops->differentiable) return erm_solver_sgd(NULL);
    if (direct_is_cheap(problem)) return erm_solver_direct(NULL);
    if (newton_fits(problem, MOST_NEWTON_COLS)) return erm_solver_newton(NULL);
    return erm_solver_prox(NULL);
}

static bool is_elastic_net(const erm_regularizer *regularizer)
{
    const erm_regularizer_ops *ops = regularizer->ops;
    return ops == erm_l1(0).ops || ops == erm_elastic_net(0, 0).ops || ops == erm_l2(0).ops || ops == erm_none().ops;
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
    if ((needs & ERM_NEEDS_ELASTIC_NET) && !is_elastic_net(regularizer))
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s fits l1, l2, the elastic net and none, and not %s; use prox",
                         solver.ops->name, regularizer->ops->name);
    const bool coordinates = regularizer->ops->separable && (regularizer->ops->entry || regularizer->ops->advance);
    if ((needs & ERM_NEEDS_COORDINATES) && !coordinates && !regularizer->ops->blocks)
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s goes through coordinates or groups, and %s ties all of them together; use prox", solver.ops->name,
                         regularizer->ops->name);
    if ((needs & ERM_NEEDS_KINK) && !erm__is_piecewise_linear(loss))
        return erm__fail(
            detail, ERM_EUNSUPPORTED,
            "%s fits losses of straight lines (hinge, absolute, quantile, epsilon-insensitive) and not %s; use newton or prox",
            solver.ops->name, loss->ops->name);
    if ((needs & ERM_NEEDS_DUAL_STEP) && !loss->ops->dual_step && !(loss->ops->dual_form && k == 1))
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s needs a loss with a dual step and %s has none; use newton or prox",
                         solver.ops->name, loss->ops->name);
    if ((needs & ERM_NEEDS_STRONG_CONVEXITY) && !is_strongly_convex(regularizer, problem->X->cols))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s needs a separable regularizer with l2 > 0 on every feature and %s is none; use prox or interior",
                         solver.ops->name, regularizer->ops->name);
    if ((needs & ERM_NEEDS_SQUARED_LOSS) && loss->ops != erm_loss_squared().ops)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s fits the squared loss and not %s; use newton or prox", solver.ops->name,
                         loss->ops->name);
    if ((needs & ERM_NEEDS_ONE_OUTPUT) && k > 1)
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s fits one output and k = %lld; use prox or gd", solver.ops->name,
                         (long long)k);
    if ((needs & ERM_NEEDS_ADVANCE_OR_GROUPS) && !erm__quadratic_suits(regularizer))
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "%s needs a regularizer of single entries or (sparse) group lasso and %s is none; use prox",
                         solver.ops->name, regularizer->ops->name);
    return ERM_OK;
}
