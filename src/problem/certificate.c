/* How far a point is from the optimum: primal value, a lower bound from a dual point, and the optimality residual.
 *
 * Weak duality (Fenchel and Rockafellar; Boyd and Vandenberghe 2004, section 5.7): for any a_i in the domain of l*(., y_i),
 *     F(w) >= D(a) = -(1/S) sum_i s_i (l*(a_i, y_i) - a_i'o_i) - R*(-X' s a / S),   and sum_i s_i a_i = 0 with an intercept.
 * The point used is a_i = l'(z_i), which attains the bound at the optimum, scaled into the domain of R*. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "problem/certifier.h"
#include "problem/intercept.h"
#include "problem/mend.h"
#include "problem/prepare.h"
#include "problem/sweep.h"
#include "problem/walk.h"

static const double MEND_PASSES = 6,
                    INTERCEPT_SHARE = 1e-3; /* over X, at least; of the aim, of which the bound may lose so much */

typedef struct bound {
    const double *dual;
    double scale;
} bound;

/* sum s (l*(t a) - t a'o) over a block */
static double bound_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const bound *job = data;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k;
    const double *A = job->dual + block->first * k;
    double shift = 0;
    for (int64_t i = 0; !block->s && i < n * k; i++) block->z[i] = job->scale * A[i];
    for (int64_t i = 0; (block->s || block->o) && i < n; i++) {
        const double s = block->s ? block->s[i] : 1;
        for (int64_t c = 0; c < k; c++) {
            const double a = s > 0 ? job->scale * (A[i * k + c] / s) : 0;
            block->z[i * k + c] = a;
            if (block->o) shift += s * a * block->o[i * k + c];
        }
    }
    return loss->ops->conjugate(loss, n, k, block->z, block->y, block->s) - shift;
}

/* D for the dual point scaled by t, given u = -t X' s a / S; -INFINITY where it is outside a domain. */
static double dual_value(erm__certifier *self, const double *u, double t)
{
    erm__workspace *ws = self->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    const double penalty = R->ops->conjugate(R, self->shape, u);
    if (!(penalty < INFINITY)) return -INFINITY;
    bound job = {.dual = self->dual, .scale = t};
    const double loss = erm__walk(ws, erm__all_rows(ws), bound_block, &job, 0, NULL);
    return fmax(-loss / ws->total_weight - penalty, -INFINITY); /* NaN is no bound */
}

static void scale(int64_t n, double t, double *u)
{
    for (int64_t j = 0; j < n; j++) u[j] *= t;
}

/* D for self->dual, feasible for the intercept, given trial = X' s a / S. Where it is outside the domain of l*, if only by
 * the rounding of (s a) / s, for the point divided by top. */
static double bound_at_dual(erm__certifier *self, double top)
{
    erm__workspace *ws = self->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    const int64_t entries = ws->d * ws->k;
    double *const u = self->trial;
    const double rounding = erm__dual_rounding(ws, self->dual);
    for (int64_t j = 0; j < ws->d; j++) {
        const double limit = rounding * self->rms[j], least = isfinite(limit) ? limit : 0; /* squares may overflow */
        for (int64_t c = j * ws->k; c < (j + 1) * ws->k; c++) u[c] = fabs(u[c]) <= least ? 0 : -u[c];
    }
    const double t = R->ops->dual_scale ? R->ops->dual_scale(R, self->shape, u) : 1;
    if (!(t > 0)) return -INFINITY;
    scale(entries, t, u);
    const double D = dual_value(self, u, t);
    if (D > -INFINITY) return D;
    const double shrink = (1 - 4 * DBL_EPSILON) / top;
    scale(entries, shrink, u);
    return dual_value(self, u, shrink * t);
}

/* The bound at a dual point that a solver offers. */
static double offered_bound(erm__certifier *self, const double *dual)
{
    erm__workspace *ws = self->ws;
    const erm_loss_ops *loss = ws->problem->loss.ops;
    const bool intercept = ws->problem->intercept, classes = loss->classifies && !loss->target_per_output;
    memcpy(self->dual, dual, (size_t)(ws->n * ws->k) * sizeof(double));
    double D = -INFINITY;
    if (intercept && ws->k == 1) erm__intercept_balance(ws->n, self->dual);
    if (!intercept || ws->k == 1 || (classes && erm__intercept_balance_classes(ws, self->fit, self->dual))) {
        if (self->product)
            memcpy(self->trial, self->product, (size_t)(ws->d * ws->k) * sizeof(double));
        else
            erm__sweep_transpose(ws, NULL, self->dual, self->trial);
        D = bound_at_dual(self, 1);
    }
    double top;
    if ((D > -INFINITY && !(intercept && ws->k > 1)) || !erm__mend_applies(&self->mend)) return D;
    memcpy(self->dual, dual, (size_t)(ws->n * ws->k) * sizeof(double));
    return erm__mend_scale(&self->mend, self->dual, self->trial, &top) ? fmax(D, bound_at_dual(self, top)) : D;
}

/* The bound at the derivatives of the last sweep. */
static double plain_bound(erm__certifier *self)
{
    erm__workspace *ws = self->ws;
    if (!ws->problem->intercept || erm__intercept_is_balanced(ws, self->dual))
        memcpy(self->trial, self->gradient, (size_t)ws->size * sizeof(double));
    else if (erm__intercept_fit(ws, self->margin, INTERCEPT_SHARE * self->near, self->fit, self->dual))
        erm__sweep_transpose(ws, NULL, self->dual, self->trial);
    else
        return -INFINITY;
    return bound_at_dual(self, 1);
}

/* The bound at the derivatives once they are mended: for a loss with a kink by scaling, which self->dual is then ready for. */
static double mended_bound(erm__certifier *self)
{
    erm__workspace *ws = self->ws;
    double top = 1;
    const bool mended = ws->problem->loss.ops->differentiable
                            ? erm__mend_fit(&self->mend, self->margin, self->dual, self->trial, &top)
                            : erm__mend_scale(&self->mend, self->dual, self->trial, &top);
    return mended ? bound_at_dual(self, top) : -INFINITY;
}

/* Mending costs many passes over X. So in a solve it waits for the residual to fall to `mend_below`, and tenfold after each
 * time, and takes no more work than the solver did, a quarter of it where there is a bound already; but near the aim it is
 * always done if there is none. */
static bool worth_mending(erm__certifier *self, double primal, double kkt, double dual)
{
    const erm__workspace *ws = self->ws;
    if (!erm__mend_applies(&self->mend) || primal - dual <= self->near * fabs(primal)) return false;
    const bool is_near = kkt <= self->near, bounded = dual > -INFINITY;
    const double spent = self->mend.work / (double)(ws->problem->X->nnz * ws->k), passes = fmax(spent, bounded ? MEND_PASSES : 0);
    if (!is_near && isfinite(kkt) && !(kkt <= self->mend_below)) return false;
    if (!(is_near && !bounded) && passes > (bounded ? 0.25 : 1) * self->passes) return false;
    self->mend_below = fmin(self->mend_below, kkt / 10);
    return true;
}

/* At a kink a subgradient is any number between two, and the bound at those of a sweep hardly one: a dual point that comes with
 * X's a is all that is looked at, and X is not read for another. */
static bool offer_is_all(const erm__certifier *self, const double *dual)
{
    return dual && self->product && !self->ws->problem->loss.ops->differentiable;
}

/* The best bound known at w, of the margins and derivatives of the last sweep, and from the dual point that is offered. */
static double dual_bound(erm__certifier *self, const double *w, const double *dual, const erm_certificate *now)
{
    const erm_problem *problem = self->ws->problem;
    if (!problem->loss.ops->conjugate || !problem->regularizer.ops->conjugate) return -INFINITY;
    if (offer_is_all(self, dual)) return offered_bound(self, dual);
    double best = plain_bound(self);
    if (worth_mending(self, now->primal, now->kkt, best)) {
        erm__mend_aim(&self->mend, self->shape, w, self->metric);
        const double none = best;
        best = fmax(best, mended_bound(self));
        erm__mend_aim(&self->mend, self->shape, NULL, NULL);
        if (!(none > -INFINITY) && !(best > -INFINITY)) best = mended_bound(self); /* what is not linear may look so */
    }
    const bool enough = now->primal - best <= self->near * fabs(now->primal);
    return dual && !enough ? fmax(best, offered_bound(self, dual)) : best;
}

double erm__certifier_scale(const erm__certifier *self, double primal)
{
    return fmax(fabs(primal), DBL_EPSILON * fabs(self->start_value));
}

double erm__gap(double primal, double *dual)
{
    const double slack = 1e-10 * fabs(primal) + DBL_MIN; /* a bound above the objective by more than rounding is none */
    if (!isfinite(primal) || !(*dual <= primal + slack)) *dual = -INFINITY;
    *dual = fmin(*dual, primal); /* what is above by no more than rounding is rounding */
    return isfinite(*dual) ? primal - *dual : INFINITY;
}

erm_certificate erm__certifier_finish(erm__certifier *self, const double *w, double loss, const double *dual)
{
    const erm_regularizer *R = &self->ws->problem->regularizer;
    const double penalty = R->ops->value(R, self->shape, w);
    self->is_at_zero = false;
    erm_certificate certificate = {.kind = ERM_CERTIFICATE_KKT, .primal = loss + penalty};
    certificate.kkt = erm__certifier_residual(self, w, penalty, certificate.primal);
    certificate.dual = dual_bound(self, w, dual, &certificate);
    certificate.gap = erm__gap(certificate.primal, &certificate.dual);
    if (certificate.dual > -INFINITY) certificate.kind = ERM_CERTIFICATE_GAP;
    return certificate;
}

static bool is_zero(int64_t size, const double *w)
{
    for (int64_t j = 0; j < size; j++)
        if (w[j] != 0) return false;
    return true;
}

erm_certificate erm__certifier_run(erm__certifier *self, const double *w, const double *dual)
{
    if (self->is_at_zero && is_zero(self->ws->size, w)) return erm__certifier_finish(self, w, self->start_value, dual);
    const double loss = erm__sweep_run(self->ws, &(erm__sweep){.rows = erm__all_rows(self->ws),
                                                               .w = w,
                                                               .gradient = offer_is_all(self, dual) ? NULL : self->gradient,
                                                               .margin = self->margin,
                                                               .derivative = self->dual});
    return erm__certifier_finish(self, w, loss, dual);
}

erm_status erm_certify(const erm_problem *problem, const double *w, erm_certificate *certificate, char *detail)
{
    erm_status status = erm_problem_check(problem, detail);
    if (!status && (!w || !certificate)) status = erm__fail(detail, ERM_EINVAL, "erm_certify needs w and a certificate to fill");
    for (int64_t j = 0; !status && j < erm_problem_size(problem); j++)
        if (!isfinite(w[j])) status = erm__fail(detail, ERM_EDATA, "w[%lld] is not finite", (long long)j);
    if (status) return status;
    erm__prepared prepared;
    erm__workspace ws = {0};
    erm__certifier certifier;
    status = erm__prepare(&prepared, problem, 0);
    double *const inner = erm__arena_doubles(&prepared.arena, erm_problem_size(problem));
    if (!status && !inner) status = ERM_ENOMEM;
    if (!status) status = erm__workspace_open(&ws, &prepared.problem, 0);
    if (!status) status = erm__certifier_open(&certifier, &ws);
    if (!status) {
        erm__prepared_enter(&prepared, w, inner);
        *certificate = erm__certifier_run(&certifier, inner, NULL);
    }
    erm__workspace_close(&ws);
    erm__prepared_close(&prepared);
    if (status == ERM_ENOMEM) erm__fail(detail, status, "%s", erm_status_text(status));
    return status;
}
