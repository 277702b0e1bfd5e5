/* The only loop: time, budget, stopping, monitor and certificate, for every solver. */
#include "ermopt/solve.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/detail.h"
#include "problem/certifier.h"
#include "problem/prepare.h"
#include "solver/choose.h"
#include "solver/options.h"
#include "solver/run.h"
#include "solver/suits.h"

enum {
    MOST_UNCHECKED = 32,          /* epochs without a certificate, where the solver says that it would be in vain */
    CHECKS_WITHOUT_PROGRESS = 15, /* certificates in a row that bring nothing: rounding level */
};
static const double EXPLODED = 1e10, NOTHING = 1e-15;
static const char *const NO_START = "the objective is not finite at the starting point; start nearer to 0";

typedef struct job {
    const erm_problem *problem; /* the caller's; what is solved is that in `prepared` */
    erm__prepared prepared;
    erm_options options; /* with defaults filled in */
    erm__workspace ws;
    erm__certifier certifier;
    erm_solver solver;
    erm_run run;
    void *state;
    double *best, *now; /* W, b of the best certificate, and of the last: the caller's coordinates */
    double *inner;      /* those of the last in the prepared problem's */
    erm_certificate certificate;
    erm_certificate last;
    double start, first_primal, best_kkt;
    int64_t epoch, next_check;
    int idle_checks;
    bool moved; /* since the certificate before the last */
    erm_result *result;
} job;

static erm_status open_job(job *self, const double *w)
{
    for (int64_t j = 0; j < erm_problem_size(self->problem); j++)
        if (!isfinite(w[j]))
            return erm__fail(self->result->detail, ERM_EDATA, "the starting point's w[%lld] is not finite", (long long)j);
    erm_status status = erm__prepare(&self->prepared, self->problem, self->options.threads);
    if (!status) status = erm__workspace_open(&self->ws, &self->prepared.problem, self->options.threads);
    if (!status) status = erm__certifier_open(&self->certifier, &self->ws);
    if (!status) erm__certifier_aim(&self->certifier, self->options.tol, 0);
    if (!status) status = erm__run_open(&self->run, &self->certifier, self->solver, self->options.seed, self->result->detail);
    if (status) return status;
    self->run.tol = self->options.tol;
    self->state = erm__arena_take(&self->ws.arena, 1, self->solver.ops->state_size);
    self->best = erm__arena_doubles(&self->ws.arena, self->ws.size);
    self->now = erm__arena_doubles(&self->ws.arena, self->ws.size);
    self->inner = erm__arena_doubles(&self->ws.arena, self->ws.size);
    if (self->ws.arena.failed) return ERM_ENOMEM;
    memcpy(self->now, w, (size_t)self->ws.size * sizeof(double));
    erm__prepared_enter(&self->prepared, self->now, self->inner);
    erm__run_enter(&self->run, self->inner, self->run.w);
    return ERM_OK;
}

static double relative_gap(const job *self, const erm_certificate *certificate)
{
    if (certificate->kind == ERM_CERTIFICATE_KKT) return certificate->kkt;
    return certificate->gap / fmax(erm__certifier_scale(&self->certifier, certificate->primal), DBL_MIN);
}

/* Keeps the best point and the best bound of all certificates; a certificate of the best point may use any dual point. */
static void keep_best(job *self)
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

/* The solver's present answer in the caller's coordinates, in memory that the next certificate overwrites. */
static double *present(const job *self)
{
    double *const w = self->certifier.trial;
    erm__run_leave(&self->run, self->run.w, w);
    erm__prepared_leave(&self->prepared, w, w);
    return w;
}

/* Certifies the solver's present answer. */
static void check(job *self)
{
    if (self->epoch > 0) {
        const double *const next = present(self);
        self->moved = memcmp(next, self->now, (size_t)self->ws.size * sizeof(double)) != 0;
        memcpy(self->now, next, (size_t)self->ws.size * sizeof(double));
        erm__prepared_enter(&self->prepared, self->now, self->inner);
    }
    self->certifier.passes = self->run.passes;
    self->certifier.product = self->run.dual_product;
    self->last = erm__certifier_run(&self->certifier, self->inner, self->run.dual);
    self->ws.known_margin = self->certifier.margin;
    self->ws.known_gradient = self->certifier.gradient;
    if (self->epoch == 0) self->first_primal = self->last.primal;
    keep_best(self);
    self->next_check = self->epoch + (self->options.check_every > 0 ? self->options.check_every : 1 + self->epoch / 8);
}

static bool is_finite(const job *self)
{
    for (int64_t j = 0; j < self->run.size; j++)
        if (!isfinite(self->run.w[j])) return false;
    return true;
}

static erm_stop stop_with(job *self, erm_stop stop, const char *sentence)
{
    erm__fail(self->result->detail, ERM_OK, "%s", sentence);
    return stop;
}

static erm_stop converged(job *self, bool by_gap)
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
static erm_stop judge(job *self)
{
    const erm_certificate *best = &self->certificate, *last = &self->last;
    if (best->kind == ERM_CERTIFICATE_GAP && relative_gap(self, best) <= self->options.tol) return converged(self, true);
    if (last->kind == ERM_CERTIFICATE_KKT || self->epoch <= 1) {
        const char *why = erm__unattained(&self->certifier, self->inner, last->primal);
        if (why) return stop_with(self, ERM_STOP_UNATTAINED, why);
    }
    if (last->kind == ERM_CERTIFICATE_KKT && last->kkt <= self->options.tol) return converged(self, false);
    if (isnan(last->primal)) return stop_with(self, ERM_STOP_DIVERGED, "the objective is not a number (NaN)");
    /* the W that goes with dual variables may be far off while they still rise */
    if (!self->run.dual && last->primal > EXPLODED * fmax(1, fabs(self->first_primal)))
        return stop_with(self, ERM_STOP_DIVERGED,
                         "the objective grew without bound; use a smaller step, or gd or prox, which choose their own");
    const bool noisy = self->solver.ops->needs & ERM_IS_NOISY;
    if ((!noisy && self->idle_checks >= CHECKS_WITHOUT_PROGRESS) || (self->epoch > 1 && !self->moved && !self->run.dual)) {
        if (!isfinite(best->primal)) return stop_with(self, ERM_STOP_DIVERGED, NO_START);
        erm__fail(self->result->detail, ERM_OK,
                  "no further progress is possible in double precision or by this solver: relative gap %.3g, tol = %g; rescale "
                  "the columns or ask for less",
                  relative_gap(self, best), self->options.tol);
        return ERM_STOP_STALLED;
    }
    return ERM_STOP_NONE;
}

static bool tell_monitor(job *self, bool fresh)
{
    if (!self->options.monitor) return true;
    const erm_progress now = {.epoch = self->epoch,
                              .passes = self->run.passes,
                              .seconds = erm__seconds() - self->start,
                              .certificate = self->certificate,
                              .fresh = fresh,
                              .relative_gap = relative_gap(self, &self->certificate),
                              .tol = self->options.tol,
                              .max_epochs = self->options.max_epochs,
                              .w = fresh ? self->now : present(self)};
    return self->options.monitor(&now, self->options.monitor_data);
}

/* Why to stop after this epoch, if at all. */
static erm_stop after_epoch(job *self)
{
    if (!is_finite(self))
        return stop_with(self, ERM_STOP_DIVERGED,
                         isfinite(self->certificate.primal)
                             ? "an iterate is not finite; use a smaller step, or gd or prox, which choose their own"
                             : NO_START);
    const bool out_of_epochs = self->epoch >= self->options.max_epochs;
    const bool out_of_time = self->options.max_seconds > 0 && erm__seconds() - self->start >= self->options.max_seconds;
    const int64_t wait = self->run.unfinished && !self->options.check_every ? MOST_UNCHECKED : 0;
    const bool due = self->epoch >= self->next_check + wait || out_of_epochs || out_of_time;
    erm_stop stop = ERM_STOP_NONE;
    if (due) {
        check(self);
        stop = judge(self);
    }
    if (!tell_monitor(self, due) && !stop) {
        if (!due) check(self);
        return stop_with(self, ERM_STOP_CANCELLED, "the monitor asked to stop");
    }
    if (stop) return stop;
    if (out_of_epochs || out_of_time) {
        erm__fail(self->result->detail, ERM_OK, "%s reached before tol = %g: relative gap %.3g after %lld epochs",
                  out_of_epochs ? "max_epochs" : "max_seconds", self->options.tol, relative_gap(self, &self->certificate),
                  (long long)self->epoch);
        return out_of_epochs ? ERM_STOP_MAX_EPOCHS : ERM_STOP_TIME;
    }
    return ERM_STOP_NONE;
}

static erm_status loop(job *self)
{
    const erm_solver_ops *solver = self->solver.ops;
    check(self);
    erm_stop stop = judge(self);
    if (!tell_monitor(self, true) && !stop) stop = stop_with(self, ERM_STOP_CANCELLED, "the monitor asked to stop");
    if (!self->run.centre) self->run.gradient = self->certifier.gradient;
    erm_status status = stop ? ERM_OK : solver->start(self->state, &self->run);
    self->run.gradient = NULL;
    while (!status && !stop) {
        status = solver->step(self->state, &self->run);
        self->ws.known_margin = self->ws.known_gradient = NULL;
        self->epoch++;
        if (!status) stop = after_epoch(self);
    }
    self->result->stop = stop;
    return status;
}

static void fill_result(job *self, double *w)
{
    erm_result *result = self->result;
    memcpy(w, self->best, (size_t)self->ws.size * sizeof(double));
    result->certificate = self->certificate;
    result->epochs = self->epoch;
    result->passes = self->run.passes;
    result->threads = self->ws.threads;
    result->copied_bytes = erm__run_copied_bytes(&self->run);
    result->workspace_bytes = self->ws.arena.bytes + self->prepared.arena.bytes + result->copied_bytes;
    for (int64_t j = 0; j < self->ws.d * self->ws.k; j++) result->nonzeros += w[j] != 0;
}

static erm_status solve(job *self, double *w)
{
    erm_result *result = self->result;
    erm_status status = erm__options_check(&self->options, result->detail);
    if (!status) status = erm_problem_check(self->problem, result->detail);
    if (status) return status;
    self->solver = self->options.solver.ops ? self->options.solver : erm__choose_solver(self->problem, &result->why);
    result->solver = self->solver.ops->name;
    result->tol = self->options.tol;
    status = erm__suits(self->problem, self->solver, result->detail);
    if (status) return status;
    status = open_job(self, w);
    if (!status) status = loop(self);
    if (!status) fill_result(self, w);
    erm__run_close(&self->run);
    erm__workspace_close(&self->ws);
    erm__prepared_close(&self->prepared);
    return status;
}

erm_status erm_solve(const erm_problem *problem, const erm_options *options, double *w, erm_result *result)
{
    erm_result unwanted;
    if (!result) result = &unwanted;
    *result = (erm_result){0};
    if (!problem || !w) return erm__fail(result->detail, ERM_EINVAL, "erm_solve needs a problem and a starting point w");
    job self = {.problem = problem,
                .options = erm__options_with_defaults(options),
                .start = erm__seconds(),
                .best_kkt = INFINITY,
                .result = result};
    const erm_status status = solve(&self, w);
    result->seconds = erm__seconds() - self.start;
    if (status && !result->detail[0]) erm__fail(result->detail, status, "%s", erm_status_text(status));
    return status;
}
