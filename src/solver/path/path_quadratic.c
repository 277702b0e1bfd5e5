/* A lambda of a path with the squared loss, on a Gram matrix that serves all lambdas: of all features, or of those that were
 * ever active, which grows.
 *
 * In the second case columns that pass the strong rule are stored; those that the problem in the Gram matrix leaves out are
 * checked against the residuals after each solve, and X itself is read when all of them agree: about once a lambda.
 * Friedman, Hastie and Tibshirani (2010), section 2.2; Larsson and Wallin (2022), "The Hessian screening rule", for what a
 * Newton step with the last support's factor is worth as a warm start: it is the first that erm__quadratic_solve takes. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "problem/gram.h"
#include "problem/sweep.h"
#include "solver/path/path_job.h"

enum { FIRST_ROOM = 128, MOST_WHOLE = 4000, BATCH = 8 };

static erm_status open_whole(erm__path_job *job)
{
    erm__workspace *const ws = &job->ws;
    double *const memory = erm__arena_doubles(&ws->arena, erm__gram_memory(ws));
    if (ws->arena.failed || !erm__quadratic_open(&job->quadratic, &ws->arena, erm__gram_order(ws), &job->unit, ws->threads))
        return ERM_ENOMEM;
    erm__gram(ws, job->centre, NULL, memory, job->quadratic.G);
    job->passes++;
    return ERM_OK;
}

static erm_status open(erm__path_job *job)
{
    erm__workspace *const ws = &job->ws;
    erm__arena *const arena = &ws->arena;
    const int64_t n = ws->n, d = ws->d;
    job->whole = n >= 2 * d && d <= MOST_WHOLE;
    if (job->problem.intercept) job->centre = erm__arena_doubles(arena, d);
    job->root = erm__arena_doubles(arena, n);
    job->rho = erm__arena_doubles(arena, n);
    if (!job->whole) {
        job->core = erm__arena_take(arena, d, sizeof(int32_t));
        job->place = erm__arena_take(arena, d, sizeof(int64_t));
        job->waits = erm__arena_take(arena, d, 1);
        erm__wide_open(job);
        erm__store_open(&job->store, arena, n, d);
        erm__quadratic_open(&job->quadratic, &job->core_memory, d < FIRST_ROOM ? d : FIRST_ROOM, &job->unit, ws->threads);
    }
    if (arena->failed || job->core_memory.failed) return ERM_ENOMEM;
    if (job->centre) erm__column_means(ws, job->sub, job->centre);
    for (int64_t i = 0; i < n; i++) job->root[i] = sqrt((job->problem.weight ? job->problem.weight[i] : 1) / ws->total_weight);
    for (int64_t j = 0; j < d && !job->whole; j++) job->place[j] = -1;
    const erm_status status = job->whole ? open_whole(job) : ERM_OK;
    return status || !job->whole ? status : erm__batch_open(job, BATCH);
}

static void close(erm__path_job *job)
{
    erm__store_close(&job->store);
    erm__arena_free(&job->core_memory);
    erm__batch_close(&job->together);
}

/* From the last certificate: the gradient for centred columns, rho and f, with the intercept at its best. */
void erm__path_sync(erm__path_job *job)
{
    const erm__workspace *const ws = &job->ws;
    const double slope = job->centre ? job->certifier.gradient[ws->d] : 0;
    memcpy(job->gradient, job->certifier.gradient, (size_t)ws->d * sizeof(double));
    for (int64_t j = 0; job->centre && j < ws->d; j++) job->gradient[j] -= job->centre[j] * slope;
    if (job->centre) job->w[ws->d] -= slope;
    double sum = 0;
    for (int64_t i = 0; i < ws->n; i++) {
        job->rho[i] = job->root[i] * (job->certifier.margin[i] - slope - job->problem.y[i]);
        sum += job->rho[i] * job->rho[i];
    }
    job->quadratic.f = sum / 2;
}

erm_status erm__path_enter(erm__path_job *job, int64_t *admitted)
{
    erm__quadratic *const quadratic = &job->quadratic;
    *admitted = 0;
    if (job->whole) {
        memcpy(quadratic->w, job->w, (size_t)job->ws.d * sizeof(double));
        memcpy(quadratic->g, job->gradient, (size_t)job->ws.d * sizeof(double));
        return ERM_OK;
    }
    for (int64_t c = 0; c < quadratic->m; c++) {
        quadratic->w[c] = job->w[job->list[c]];
        quadratic->g[c] = job->gradient[job->list[c]];
    }
    *admitted = erm__path_select_waiting(job, job->gradient);
    return erm__core_admit(job, *admitted);
}

/* What the last certificate asks for. What violates the conditions now is among what the strong rule keeps. */
static erm_status refresh(erm__path_job *job, double strong, int64_t *admitted)
{
    erm__path_sync(job);
    const erm_status status = job->whole ? ERM_OK : erm__core_store(job, erm__path_select(job, strong, job->gradient));
    return status ? status : erm__path_enter(job, admitted);
}

/* The strong rule's lambda. Steps so long that it keeps nearly all are left to the conditions. */
static double strong_lambda(double before, double lambda) { return fmin(fmax(2 * lambda - before, 0.6 * lambda), lambda); }

/* Where all features are in the Gram matrix nothing has to be looked up in X between lambdas. */
static int64_t batch(const erm__path_job *job, int64_t count)
{
    return !job->whole ? erm__wide_batch(job, count) : count < BATCH ? count : BATCH;
}

static erm_status prepare(erm__path_job *job, int64_t *count, const double *lambda)
{
    int64_t admitted;
    if (!job->whole) return erm__wide_prepare(job, count, lambda);
    for (int64_t b = 0; b < *count; b++) {
        job->lambda = lambda[b];
        job->problem.regularizer = erm_regularizer_scaled(&job->unit, job->lambda);
        erm_status status = b == 0 ? refresh(job, job->lambda, &admitted) : ERM_OK;
        if (!status) status = erm__core_solve(job, ERM_PATH_TIGHT * job->options.tol);
        if (status) return status;
        erm__batch_put(job);
        if (erm__path_out_of_time(job)) *count = b + 1;
    }
    erm__batch_walk(job);
    return ERM_OK;
}

static double take(erm__path_job *job, int64_t b) { return job->whole ? erm__batch_take(job, b) : erm__wide_take(job, b); }

static erm_status solve(erm__path_job *job, erm_result *result)
{
    enum { MOST_ROUNDS = 100, IDLE_ROUNDS = 4 };
    const double least = 1e-15;
    double tol = ERM_PATH_TIGHT * job->options.tol;
    result->solver = "gram";
    result->stop = ERM_STOP_STALLED;
    for (int idle = 0; result->epochs < job->options.max_epochs && result->epochs < MOST_ROUNDS && idle < IDLE_ROUNDS;) {
        int64_t admitted;
        erm_status status = refresh(job, result->epochs == 0 ? strong_lambda(job->before, job->lambda) : job->lambda, &admitted);
        if (!status) status = erm__core_solve(job, tol);
        if (status) return status;
        erm__path_certify(job, erm__core_margins(job));
        result->epochs++;
        const bool bound = job->certificate.kind == ERM_CERTIFICATE_GAP || !job->unit.ops->conjugate;
        if (erm__path_certified(job)) result->stop = ERM_STOP_CONVERGED;
        if (erm__path_certified(job) && (bound || tol <= least)) return ERM_OK; /* more digits may bring a bound */
        if (erm__path_out_of_time(job)) {
            result->stop = ERM_STOP_TIME;
            return ERM_OK;
        }
        tol = fmax((bound ? 0.1 : 1e-3) * tol, least);
        idle = admitted > 0 || tol > least ? 0 : idle + 1;
    }
    if (result->stop == ERM_STOP_STALLED && result->epochs >= job->options.max_epochs) result->stop = ERM_STOP_MAX_EPOCHS;
    return ERM_OK;
}

const erm__path_engine erm__path_quadratic = {
    .open = open, .solve = solve, .close = close, .batch = batch, .prepare = prepare, .take = take};
