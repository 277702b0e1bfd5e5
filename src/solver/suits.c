/* What a solver refuses, and the sentence that says so. */
#include "solver/suits.h"

#include <math.h>

#include "base/detail.h"
#include "loss/envelope.h"
#include "solver/path/quadratic.h"

typedef enum subject { LOSS, REGULARIZER, OUTPUTS } subject;

typedef struct need {
    unsigned flag;
    subject about;
    bool (*is_met)(const erm_problem *problem);
    const char *wanted, *instead;
} need;

bool erm__is_piecewise_linear(const erm_loss *loss) { return loss->ops->dual_form && !loss->ops->differentiable; }

static int64_t outputs(const erm_problem *problem) { return problem->k ? problem->k : 1; }

static bool is_differentiable(const erm_problem *p) { return p->loss.ops->differentiable; }
static bool is_bounded(const erm_problem *p) { return isfinite(p->loss.ops->curvature(&p->loss, outputs(p))); }
static bool is_squared(const erm_problem *p) { return p->loss.ops == erm_loss_squared().ops; }
static bool is_straight(const erm_problem *p) { return erm__is_piecewise_linear(&p->loss); }
static bool has_dual_step(const erm_problem *p) { return p->loss.ops->dual_step || (p->loss.ops->dual_form && outputs(p) == 1); }

static bool has_envelope(const erm_problem *p)
{
    return !p->loss.ops->differentiable && erm__envelope_suits(&p->loss, outputs(p));
}

static bool is_convex(const erm_problem *p) { return !p->regularizer.ops->nonconvex; }
static bool has_gradient(const erm_problem *p) { return p->regularizer.ops->grad != NULL; }
static bool has_hessian(const erm_problem *p) { return p->regularizer.ops->hessian && p->regularizer.ops->separable; }
static bool has_advance(const erm_problem *p) { return p->regularizer.ops->advance && p->regularizer.ops->separable; }
static bool is_quadratic_penalty(const erm_problem *p) { return erm__quadratic_suits(&p->regularizer); }
static bool is_elastic_net(const erm_problem *p)
{
    const erm_regularizer_ops *ops = p->regularizer.ops;
    return ops == erm_l1(0).ops || ops == erm_elastic_net(0, 0).ops || ops == erm_l2(0).ops || ops == erm_none().ops;
}
static bool has_coordinates(const erm_problem *p)
{
    const erm_regularizer_ops *ops = p->regularizer.ops;
    return ops->blocks || ops->row || (ops->separable && (ops->entry || ops->advance));
}
static bool is_strongly_convex(const erm_problem *p)
{
    const erm_regularizer *R = &p->regularizer;
    const bool follows = R->ops->advance || (R->ops->grad && R->ops->hessian);
    return R->ops->separable && !R->ops->nonconvex && follows && R->ops->modulus && R->ops->modulus(R, p->X->cols) > 0;
}

static bool has_one_output(const erm_problem *p) { return outputs(p) == 1; }

static const need needs[] = {
    {ERM_NEEDS_DIFFERENTIABLE_LOSS, LOSS, is_differentiable, "a differentiable loss",
     "auto (interior, dual or multipliers), or squared-hinge or huber loss"},
    {ERM_NEEDS_BOUNDED_CURVATURE, LOSS, is_bounded, "a loss of bounded curvature", "prox, newton or cd"},
    {ERM_NEEDS_SQUARED_LOSS, LOSS, is_squared, "the squared loss", "newton, cd or prox"},
    {ERM_NEEDS_KINK, LOSS, is_straight, "a loss of straight lines (hinge, absolute, quantile, epsilon-insensitive)",
     "newton or prox"},
    {ERM_NEEDS_DUAL_STEP, LOSS, has_dual_step, "a loss with a dual step", "newton, newton-cg or prox"},
    {ERM_NEEDS_ENVELOPE, LOSS, has_envelope, "a loss with a kink and a conjugate", "auto"},
    {ERM_NEEDS_CONVEX_REGULARIZER, REGULARIZER, is_convex, "a convex penalty", "sgd"},
    {ERM_NEEDS_DIFFERENTIABLE_REGULARIZER, REGULARIZER, has_gradient, "a differentiable regularizer", "prox, cd or svrg"},
    {ERM_NEEDS_DIAGONAL_HESSIAN, REGULARIZER, has_hessian, "no penalty, l2 or a distance", "prox or cd"},
    {ERM_NEEDS_ELASTIC_NET, REGULARIZER, is_elastic_net, "no penalty, l1, l2 or the elastic net", "prox"},
    {ERM_NEEDS_ADVANCE, REGULARIZER, has_advance, "a penalty that is a sum over the entries of W", "prox or sgd"},
    {ERM_NEEDS_ADVANCE_OR_GROUPS, REGULARIZER, is_quadratic_penalty, "a penalty on single entries or a (sparse) group lasso",
     "prox"},
    {ERM_NEEDS_COORDINATES, REGULARIZER, has_coordinates, "a penalty on coordinates, rows or groups", "prox"},
    {ERM_NEEDS_STRONG_CONVEXITY, REGULARIZER, is_strongly_convex, "an l2 part > 0 on every feature", "auto, interior or prox"},
    {ERM_NEEDS_ONE_OUTPUT, OUTPUTS, has_one_output, "one output", "newton-cg, lbfgs or prox"},
};

erm_status erm__suits(const erm_problem *problem, erm_solver solver, char *detail)
{
    for (size_t row = 0; row < sizeof needs / sizeof *needs; row++) {
        const need *const each = &needs[row];
        if (!(solver.ops->needs & each->flag) || each->is_met(problem)) continue;
        if (each->about == OUTPUTS)
            return erm__fail(detail, ERM_EUNSUPPORTED, "%s fits %s, and k = %lld; use %s", solver.ops->name, each->wanted,
                             (long long)outputs(problem), each->instead);
        return erm__fail(detail, ERM_EUNSUPPORTED, "%s needs %s, and %s%s is not that; use %s", solver.ops->name, each->wanted,
                         each->about == LOSS ? problem->loss.ops->name : problem->regularizer.ops->name,
                         each->about == LOSS ? " loss" : "", each->instead);
    }
    return ERM_OK;
}
