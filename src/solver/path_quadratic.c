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
#include "solver/path_job.h"

enum { FIRST_ROOM = 128, MOST_WHOLE = 4000, BATCH = 8 };
static const double TIGHT = 0.25; /* of tol */

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
static void sync(erm__path_job *job)
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

/* Room for so many variables, with the present ones kept. */
static bool grow(erm__path_job *job, int64_t wanted)
{
    erm__quadratic *const now = &job->quadratic;
    const int64_t ahead = wanted + wanted / 2, room = ahead < job->ws.d ? ahead : job->ws.d;
    if (wanted <= now->room) return true;
    erm__quadratic next;
    erm__arena memory = {0};
    if (!erm__quadratic_open(&next, &memory, room, &job->unit, now->threads)) {
        erm__arena_free(&memory);
        return false;
    }
    for (int64_t j = 0; j < now->m; j++) memcpy(next.G + j * room, now->G + j * now->room, (size_t)now->m * sizeof(double));
    memcpy(next.w, now->w, (size_t)now->m * sizeof(double));
    memcpy(next.g, now->g, (size_t)now->m * sizeof(double));
    next.m = now->m;
    next.f = now->f;
    next.work = INFINITY; /* a factor is worth it at once */
    *now = next;
    erm__arena_free(&job->core_memory);
    job->core_memory = memory;
    return true;
}

/* Rows m, m + 1, ... of the Gram matrix, for the last `count` columns of the core: four at a time against all before them. */
static void fill_rows(erm__path_job *job, int64_t m, int64_t count)
{
    enum { FOUR = 4 };
    erm__quadratic *const quadratic = &job->quadratic;
    for (int64_t t = m; t < m + count; t += FOUR) {
        const int64_t many = m + count - t < FOUR ? m + count - t : FOUR;
        const double *x[FOUR];
        double products[FOUR];
        for (int64_t q = 0; q < FOUR; q++) x[q] = erm__store_column(&job->store, job->core[t + (q < many ? q : 0)]);
        for (int64_t c = 0; c < t + many; c++) {
            erm__store_dot4(job->store.n, x, erm__store_column(&job->store, job->core[c]), products);
            for (int64_t q = 0; q < many; q++)
                quadratic->G[(t + q) * quadratic->room + c] = quadratic->G[c * quadratic->room + t + q] = products[q];
        }
    }
}

/* The fresh features become variables of the quadratic; they are stored already. */
static erm_status admit(erm__path_job *job, int64_t count)
{
    erm__quadratic *const quadratic = &job->quadratic;
    const int64_t m = quadratic->m;
    if (!grow(job, m + count)) return ERM_ENOMEM;
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = job->fresh[t];
        job->have[j] = 1;
        job->list[m + t] = j;
        job->core[m + t] = (int32_t)job->place[j];
        quadratic->w[m + t] = job->w[j];
        quadratic->g[m + t] = job->gradient[j];
    }
    fill_rows(job, m, count);
    quadratic->m += count;
    int64_t left = 0;
    for (int64_t t = 0; t < job->waiting_count; t++)
        if (!job->have[job->waiting[t]]) job->waiting[left++] = job->waiting[t];
    job->waiting_count = left;
    return ERM_OK;
}

/* Stores those of the fresh features that are not yet. */
static erm_status keep(erm__path_job *job, int64_t count)
{
    int64_t absent = 0;
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = job->fresh[t];
        if (job->place[j] >= 0) continue;
        job->place[j] = job->store.count + absent;
        job->waiting[job->waiting_count++] = j;
        job->absent[absent++] = j;
    }
    if (absent > 0) job->passes++;
    return erm__store_append(&job->store, job->problem.X, absent, job->absent, job->root, job->centre);
}

/* Solves in the Gram matrix, and moves w, the intercept and rho along. */
static void solve_core(erm__path_job *job, double tol)
{
    erm__quadratic *const quadratic = &job->quadratic;
    const int64_t m = job->whole ? job->ws.d : quadratic->m;
    if (job->whole)
        job->part.R = job->problem.regularizer;
    else
        erm__restrict(job, m, job->list);
    erm__quadratic_changed(quadratic, m, job->part.R);
    erm__quadratic_solve(quadratic, tol);
    for (int64_t c = 0; c < m; c++) {
        const int64_t j = job->whole ? c : job->list[c];
        const double delta = quadratic->w[c] - job->w[j];
        job->w[j] = quadratic->w[c];
        if (delta == 0) continue;
        if (job->centre) job->w[job->ws.d] -= delta * job->centre[j];
        if (!job->whole) erm__store_add(job->store.n, delta, erm__store_column(&job->store, job->core[c]), job->rho);
    }
}

/* The margins at w from the stored columns, whose rows must not have a weight of 0; false if that cannot be. */
static bool find_margins(erm__path_job *job)
{
    const int64_t n = job->ws.n, d = job->ws.d;
    double *const z = job->certifier.margin, shift = job->centre ? job->w[d] : 0;
    if (job->whole || job->problem.weight) return false;
    memset(z, 0, (size_t)n * sizeof *z);
    for (int64_t c = 0; c < job->quadratic.m; c++) {
        const int64_t j = job->list[c];
        if (job->w[j] != 0) erm__store_add(n, job->w[j], erm__store_column(&job->store, job->core[c]), z);
        if (job->centre) shift += job->w[j] * job->centre[j];
    }
    for (int64_t i = 0; i < n; i++) z[i] = z[i] / job->root[i] + shift + (job->problem.offset ? job->problem.offset[i] : 0);
    return true;
}

/* The gradient for the columns that wait. */
static void waiting_gradient(erm__path_job *job)
{
    enum { FOUR = 4 };
    const double *x[FOUR];
    double products[FOUR];
    for (int64_t t = 0; t < job->waiting_count; t += FOUR) {
        const int64_t many = job->waiting_count - t < FOUR ? job->waiting_count - t : FOUR;
        for (int64_t q = 0; q < FOUR; q++)
            x[q] = erm__store_column(&job->store, job->place[job->waiting[t + (q < many ? q : 0)]]);
        erm__store_dot4(job->store.n, x, job->rho, products);
        for (int64_t q = 0; q < many; q++) job->gradient[job->waiting[t + q]] = products[q];
    }
}

/* Solves until no stored column asks to be let in. */
static erm_status solve_stored(erm__path_job *job, double tol)
{
    for (;;) {
        solve_core(job, tol);
        if (job->whole) return ERM_OK;
        waiting_gradient(job);
        const int64_t count = erm__path_select_waiting(job, job->gradient);
        if (count == 0) return ERM_OK;
        const erm_status status = admit(job, count);
        if (status) return status;
    }
}

/* What the last certificate asks for: gradient and intercept as they are, the features that violate the conditions admitted.
 * *admitted: their number. */
static erm_status refresh(erm__path_job *job, double strong, int64_t *admitted)
{
    erm__quadratic *const quadratic = &job->quadratic;
    sync(job);
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
    /* what violates the conditions now is among what the strong rule keeps */
    const erm_status status = keep(job, erm__path_select(job, strong, job->gradient));
    if (status) return status;
    *admitted = erm__path_select_waiting(job, job->gradient);
    return admit(job, *admitted);
}

/* The strong rule's lambda. Steps so long that it keeps nearly all are left to the conditions. */
static double strong_lambda(double before, double lambda) { return fmin(fmax(2 * lambda - before, 0.6 * lambda), lambda); }

/* Where all features are in the Gram matrix nothing has to be looked up in X between lambdas; products of wide X with several
 * vectors are no faster than one by one. */
static int64_t batch(const erm__path_job *job, int64_t count) { return !job->whole ? 1 : count < BATCH ? count : BATCH; }

static erm_status prepare(erm__path_job *job, int64_t *count, const double *lambda)
{
    int64_t admitted;
    for (int64_t b = 0; b < *count; b++) {
        job->lambda = lambda[b];
        job->problem.regularizer = erm_regularizer_scaled(&job->unit, job->lambda);
        erm_status status = b == 0 ? refresh(job, job->lambda, &admitted) : ERM_OK;
        if (!status) status = solve_stored(job, TIGHT * job->options.tol);
        if (status) return status;
        erm__batch_put(job);
        if (erm__path_out_of_time(job)) *count = b + 1;
    }
    erm__batch_walk(job);
    return ERM_OK;
}

static erm_status solve(erm__path_job *job, erm_result *result)
{
    enum { MOST_ROUNDS = 100, IDLE_ROUNDS = 4 };
    const double least = 1e-15;
    double tol = TIGHT * job->options.tol;
    result->solver = "gram";
    result->stop = ERM_STOP_STALLED;
    for (int idle = 0; result->epochs < job->options.max_epochs && result->epochs < MOST_ROUNDS && idle < IDLE_ROUNDS;) {
        int64_t admitted;
        erm_status status = refresh(job, result->epochs == 0 ? strong_lambda(job->before, job->lambda) : job->lambda, &admitted);
        if (!status) status = solve_stored(job, tol);
        if (status) return status;
        erm__path_certify(job, find_margins(job));
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
    .open = open, .solve = solve, .close = close, .batch = batch, .prepare = prepare, .take = erm__batch_take};
