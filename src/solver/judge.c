/* What a certificate means for a run: the best point so far, and whether to stop. */
#include "solver/job.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/detail.h"

enum { CHECKS_WITHOUT_PROGRESS = 15 /* certificates in a row that bring nothing: rounding level */ };
static const double EXPLODED = 1e10, NOTHING = 1e-15;

double erm__job_relative_gap(const erm__job *self, const erm_certificate *certificate)
{
    if (certificate->kind == ERM_CERTIFICATE_KKT) return certificate->kkt;
    return certificate->gap == 0 ? 0 : certificate->gap / erm__certifier_scale(&self->certifier, certificate->primal);
}

/* Keeps the best point and the best bound of all certificates; a certificate of the best point may use any dual point. */
void erm__job_keep_best(erm__job *self)
{
    const erm_certificate *now = &self->last;
    erm_certificate *best = &self->certificate;
    const bool first = self->epoch == 0;
    const double digit = NOTHING * fabs(now->primal);
    const bool optimal = now->kind == ERM_CERTIFICATE_KKT && now->kkt <= self->options.tol;
    bool progress = first;
    const bool nearer = now->primal <= best->primal + digit && now->kkt < best->kkt / 2; /* F has no more digits to tell */
    if (first || now->primal < best->primal || nearer || optimal) {
        progress |= now->primal < best->primal - digit;
        memcpy(self->best, self->now, (size_t)self->ws.size * sizeof(double));
        const double dual = first ? -INFINITY : best->dual;
        *best = *now;
        best->dual = fmax(dual, now->dual);
    }
    progress |= now->dual > best->dual + digit || now->kkt < 0.9 * self->best_kkt;
    self->best_kkt = fmin(self->best_kkt, now->kkt);
    best->dual = fmax(best->dual, now->dual);
    best->gap = erm__gap(best->primal, &best->dual);
    best->kind = best->dual > -INFINITY ? ERM_CERTIFICATE_GAP : ERM_CERTIFICATE_KKT;
    self->idle_checks = progress ? 0 : self->idle_checks + 1;
}

erm_stop erm__job_stop(erm__job *self, erm_stop stop, const char *sentence)
{
    erm__fail(self->result->detail, ERM_OK, "%s", sentence);
    return stop;
}

static erm_stop converged(erm__job *self, bool by_gap)
{
    if (by_gap) {
        erm__fail(self->result->detail, ERM_OK, "the duality gap %.3g is within tol = %g of the objective %.12g",
                  self->certificate.gap, self->options.tol, self->certificate.primal);
    } else {
        self->certificate.kind = ERM_CERTIFICATE_KKT;
        self->certificate.dual = -INFINITY;
        self->certificate.gap = INFINITY;
        erm__fail(self->result->detail, ERM_OK,
                  "the optimality residual %.3g is within tol = %g; this problem has no finite dual bound", self->certificate.kkt,
                  self->options.tol);
    }
    if (self->run.rank == 0) return ERM_STOP_CONVERGED;
    erm__fail(self->result->detail, ERM_OK,
              "optimal, but not the only one: %lld of %lld columns (with the intercept) are independent; the others got no "
              "weight. Add an l2 penalty for a unique answer",
              (long long)self->run.rank, (long long)self->run.size);
    return ERM_STOP_NOT_UNIQUE;
}

/* What the last certificate says about going on: ERM_STOP_NONE if nothing. */
erm_stop erm__job_judge(erm__job *self)
{
    const erm_certificate *best = &self->certificate, *last = &self->last;
    if (best->kind == ERM_CERTIFICATE_GAP && erm__job_relative_gap(self, best) <= self->options.tol) return converged(self, true);
    if (last->kind == ERM_CERTIFICATE_KKT || self->epoch <= 1) {
        const char *why = erm__unattained(&self->certifier, self->inner, last->primal);
        if (why) return erm__job_stop(self, ERM_STOP_UNATTAINED, why);
    }
    if (last->kind == ERM_CERTIFICATE_KKT && last->kkt <= self->options.tol) return converged(self, false);
    const bool taken = !self->run.untried; /* else the solver will go back from a point that is so bad */
    if (taken && isnan(last->primal)) return erm__job_stop(self, ERM_STOP_DIVERGED, "the objective is not a number (NaN)");
    /* the W that goes with dual variables may be far off while they still rise */
    if (taken && !self->run.dual && last->primal > EXPLODED * fmax(1, fabs(self->first_primal)))
        return erm__job_stop(self, ERM_STOP_DIVERGED,
                             "the objective grew without bound; use a smaller step, or gd or prox, which choose their own");
    const bool noisy = self->solver.ops->needs & ERM_IS_NOISY;
    if ((!noisy && self->idle_checks >= CHECKS_WITHOUT_PROGRESS) || (self->epoch > 1 && !self->moved && !self->run.dual)) {
        if (!isfinite(best->primal)) return erm__job_stop(self, ERM_STOP_DIVERGED, ERM_NO_START);
        erm__fail(self->result->detail, ERM_OK,
                  "no further progress is possible in double precision or by this solver: relative gap %.3g, tol = %g; rescale "
                  "the columns or ask for less",
                  erm__job_relative_gap(self, best), self->options.tol);
        return ERM_STOP_STALLED;
    }
    return ERM_STOP_NONE;
}
