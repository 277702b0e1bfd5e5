/* The only loop: time, budget, stopping, monitor and certificate, for every solver. */
#include "ermopt/solve.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/detail.h"
#include "problem/certifier.h"
#include "solver/choose.h"
#include "solver/run.h"

enum {
    CHECKS_WITHOUT_PROGRESS = 15, /* certificates in a row that bring nothing: rounding level */
    DEFAULT_MAX_EPOCHS = 1000000
};
static const double DEFAULT_TOL = 1e-6, EXPLODED = 1e10, NOTHING = 1e-15;

typedef struct job {
    const erm_problem *problem;
    erm_options options; /* with defaults filled in */
    erm__workspace ws;
    erm__certifier certifier;
    erm_solver solver;
    erm_run run;
    void *state;
    double *best, *now; /* W, b of the best certificate, and of the last: the caller's coordinates */
    erm_certificate certificate;
    erm_certificate last;
    double start, first_primal, best_kkt;
    int64_t epoch, next_check;
    int idle_checks;
    bool moved; /* since the certificate before the last */
    erm_result *result;
} job;

const char *erm_stop_text(erm_stop stop)
{
    switch (stop) {
#define STOP_TEXT(name, text) \
    case name: return text;
        ERM_STOP_LIST(STOP_TEXT)
#undef STOP_TEXT
    }
    return "unknown";
}

static erm_status open_job(job *job, const double *w)
{
    const erm_problem *problem = job->problem;
    for (int64_t j = 0; j < erm_problem_size(problem); j++)
        if (!isfinite(w[j])) return erm__fail(job->result->detail, ERM_EDATA, "the starting point's w[%lld] is not finite", (long long)j);
    erm_status status = erm__workspace_open(&job->ws, problem, job->options.threads);
    if (!status) status = erm__certifier_open(&job->certifier, &job->ws);
    if (!status) status = erm__run_open(&job->run, &job->ws, job->solver, job->options.seed);
    if (status) return status;
    job->state = erm__arena_take(&job->ws.arena, 1, job->solver.ops->state_size);
    job->best = erm__arena_doubles(&job->ws.arena, job->ws.size);
    job->now = erm__arena_doubles(&job->ws.arena, job->ws.size);
    if (job->ws.arena.failed) return ERM_ENOMEM;
    memcpy(job->now, w, (size_t)job->ws.size * sizeof(double));
    erm__run_enter(&job->run, job->now, job->run.w);
    return ERM_OK;
}

static double relative_gap(const erm_certificate *certificate)
{
    if (certificate->kind == ERM_CERTIFICATE_KKT) return certificate->kkt;
    if (certificate->gap == 0) return 0;
    return certificate->gap / fabs(certificate->primal);
}

/* Keeps the best point and the best bound of all certificates; a certificate of the best point may use any dual point. */
static void keep_best(job *job)
{
    const erm_certificate *now = &job->last;
    erm_certificate *best = &job->certificate;
    const bool first = job->epoch == 0;
    const double digit = NOTHING * fabs(now->primal);
    const bool optimal = now->kind == ERM_CERTIFICATE_KKT && now->kkt <= job->options.tol;
    bool progress = first;
    if (first || now->primal < best->primal || optimal) {
        progress |= now->primal < best->primal - digit;
        memcpy(job->best, job->now, (size_t)job->ws.size * sizeof(double));
        const double dual = first ? -INFINITY : best->dual;
        *best = *now;
        best->dual = fmax(dual, now->dual);
    }
    progress |= now->dual > best->dual + digit || now->kkt < 0.9 * job->best_kkt;
    job->best_kkt = fmin(job->best_kkt, now->kkt);
    best->dual = fmax(best->dual, now->dual);
    best->gap = fmax(0, best->primal - best->dual);
    best->kind = best->dual > -INFINITY ? ERM_CERTIFICATE_GAP : ERM_CERTIFICATE_KKT;
    job->idle_checks = progress ? 0 : job->idle_checks + 1;
}

/* Certifies the solver's present answer. */
static void check(job *job)
{
    if (job->epoch > 0) {
        double *const next = job->certifier.trial;
        erm__run_leave(&job->run, job->run.w, next);
        job->moved = memcmp(next, job->now, (size_t)job->ws.size * sizeof(double)) != 0;
        memcpy(job->now, next, (size_t)job->ws.size * sizeof(double));
    }
    job->last = erm__certifier_run(&job->certifier, job->now);
    if (job->epoch == 0) job->first_primal = job->last.primal;
    keep_best(job);
    const int64_t every = job->options.check_every > 0 ? job->options.check_every : 1 + job->epoch / 8;
    job->next_check = job->epoch + every;
}

static bool is_finite(const job *job)
{
    for (int64_t j = 0; j < job->run.size; j++)
        if (!isfinite(job->run.w[j])) return false;
    return true;
}

static erm_stop stop_with(job *job, erm_stop stop, const char *sentence)
{
    erm__fail(job->result->detail, ERM_OK, "%s", sentence);
    return stop;
}

static erm_stop converged(job *job, bool by_gap)
{
    if (by_gap) {
        erm__fail(job->result->detail, ERM_OK, "the duality gap %.3g is within tol = %g of the objective %.12g", job->certificate.gap,
                  job->options.tol, job->certificate.primal);
    } else {
        job->certificate.kind = ERM_CERTIFICATE_KKT;
        job->certificate.dual = -INFINITY;
        job->certificate.gap = INFINITY;
        erm__fail(job->result->detail, ERM_OK, "the optimality residual %.3g is within tol = %g; this problem has no finite dual bound",
                  job->certificate.kkt, job->options.tol);
    }
    return ERM_STOP_CONVERGED;
}

/* What the last certificate says about going on: ERM_STOP_NONE if nothing. */
static erm_stop judge(job *job)
{
    const erm_certificate *best = &job->certificate, *last = &job->last;
    if (best->kind == ERM_CERTIFICATE_GAP && best->gap <= job->options.tol * fabs(best->primal)) return converged(job, true);
    if (last->kind == ERM_CERTIFICATE_KKT || job->epoch <= 1) {
        const char *why = erm__unattained(&job->certifier, job->now, last->primal);
        if (why) return stop_with(job, ERM_STOP_UNATTAINED, why);
    }
    if (last->kind == ERM_CERTIFICATE_KKT && last->kkt <= job->options.tol) return converged(job, false);
    if (isnan(last->primal) || last->primal > EXPLODED * fmax(1, fabs(job->first_primal)))
        return stop_with(job, ERM_STOP_DIVERGED, "the objective grew without bound; use a smaller step, or gd or prox, which choose their own");
    if (job->idle_checks >= CHECKS_WITHOUT_PROGRESS || (job->epoch > 1 && !job->moved)) {
        erm__fail(job->result->detail, ERM_OK,
                  "no further progress is possible in double precision or by this solver: relative gap %.3g, tol = %g; rescale the columns or ask for less",
                  relative_gap(best), job->options.tol);
        return ERM_STOP_STALLED;
    }
    return ERM_STOP_NONE;
}

static bool tell_monitor(job *job, bool fresh)
{
    if (!job->options.monitor) return true;
    const erm_progress now = {.epoch = job->epoch, .passes = job->run.passes, .seconds = erm__seconds() - job->start,
                              .certificate = job->certificate, .fresh = fresh, .relative_gap = relative_gap(&job->certificate),
                              .tol = job->options.tol, .max_epochs = job->options.max_epochs};
    return job->options.monitor(&now, job->options.monitor_data);
}

/* Why to stop after this epoch, if at all. */
static erm_stop after_epoch(job *job)
{
    if (!is_finite(job)) return stop_with(job, ERM_STOP_DIVERGED, "an iterate is not finite; use a smaller step, or gd or prox, which choose their own");
    const bool out_of_epochs = job->epoch >= job->options.max_epochs;
    const bool out_of_time = job->options.max_seconds > 0 && erm__seconds() - job->start >= job->options.max_seconds;
    const bool due = job->epoch >= job->next_check || out_of_epochs || out_of_time;
    erm_stop stop = ERM_STOP_NONE;
    if (due) {
        check(job);
        stop = judge(job);
    }
    if (!tell_monitor(job, due) && !stop) {
        if (!due) check(job);
        return stop_with(job, ERM_STOP_CANCELLED, "the monitor asked to stop");
    }
    if (stop) return stop;
    if (out_of_epochs || out_of_time) {
        erm__fail(job->result->detail, ERM_OK, "%s reached before tol = %g: relative gap %.3g after %lld epochs", out_of_epochs ? "max_epochs" : "max_seconds",
                  job->options.tol, relative_gap(&job->certificate), (long long)job->epoch);
        return out_of_epochs ? ERM_STOP_MAX_EPOCHS : ERM_STOP_TIME;
    }
    return ERM_STOP_NONE;
}

static erm_status loop(job *job)
{
    const erm_solver_ops *solver = job->solver.ops;
    check(job);
    erm_stop stop = judge(job);
    if (!tell_monitor(job, true) && !stop) stop = stop_with(job, ERM_STOP_CANCELLED, "the monitor asked to stop");
    erm_status status = stop ? ERM_OK : solver->start(job->state, &job->run);
    while (!status && !stop) {
        status = solver->step(job->state, &job->run);
        job->epoch++;
        if (!status) stop = after_epoch(job);
    }
    job->result->stop = stop;
    return status;
}

static void fill_result(job *job, double *w)
{
    erm_result *result = job->result;
    memcpy(w, job->best, (size_t)job->ws.size * sizeof(double));
    result->certificate = job->certificate;
    result->epochs = job->epoch;
    result->passes = job->run.passes;
    result->threads = job->ws.threads;
    result->workspace_bytes = job->ws.arena.bytes;
    for (int64_t j = 0; j < job->ws.d * job->ws.k; j++) result->nonzeros += w[j] != 0;
}

static erm_options with_defaults(const erm_options *given)
{
    erm_options options = given ? *given : (erm_options){0};
    if (options.tol == 0) options.tol = DEFAULT_TOL;
    if (options.max_epochs == 0) options.max_epochs = DEFAULT_MAX_EPOCHS;
    return options;
}

static erm_status check_options(const erm_options *options, char *detail)
{
    if (!(options->tol > 0) || !isfinite(options->tol)) return erm__fail(detail, ERM_EINVAL, "tol = %g; a positive number is needed", options->tol);
    if (options->max_epochs < 0) return erm__fail(detail, ERM_EINVAL, "max_epochs = %lld is negative", (long long)options->max_epochs);
    if (!(options->max_seconds >= 0)) return erm__fail(detail, ERM_EINVAL, "max_seconds = %g is negative", options->max_seconds);
    if (options->threads < 0) return erm__fail(detail, ERM_EINVAL, "threads = %d is negative", options->threads);
    if (options->check_every < 0) return erm__fail(detail, ERM_EINVAL, "check_every = %lld is negative", (long long)options->check_every);
    return ERM_OK;
}

static erm_status solve(job *job, double *w)
{
    erm_result *result = job->result;
    erm_status status = check_options(&job->options, result->detail);
    if (!status) status = erm_problem_check(job->problem, result->detail);
    if (status) return status;
    job->solver = job->options.solver.ops ? job->options.solver : erm__choose(job->problem);
    result->solver = job->solver.ops->name;
    result->tol = job->options.tol;
    status = erm__suits(job->problem, job->solver, result->detail);
    if (status) return status;
    status = open_job(job, w);
    if (!status) status = loop(job);
    if (!status) fill_result(job, w);
    erm__workspace_close(&job->ws);
    return status;
}

erm_status erm_solve(const erm_problem *problem, const erm_options *options, double *w, erm_result *result)
{
    erm_result unwanted;
    if (!result) result = &unwanted;
    *result = (erm_result){0};
    if (!problem || !w) return erm__fail(result->detail, ERM_EINVAL, "erm_solve needs a problem and a starting point w");
    job job = {.problem = problem, .options = with_defaults(options), .start = erm__seconds(), .best_kkt = INFINITY, .result = result};
    const erm_status status = solve(&job, w);
    result->seconds = erm__seconds() - job.start;
    if (status && !result->detail[0]) erm__fail(result->detail, status, "%s", erm_status_text(status));
    return status;
}
