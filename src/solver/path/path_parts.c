/* A lambda of a path with any loss: a problem with the features that the strong rule and the optimality conditions have let
 * in, given to a solver and certified on all the data; or, where features cannot be left out, the whole problem. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/detail.h"
#include "solver/path/path_job.h"

static erm_status open(erm__path_job *job)
{
    job->store.position = erm__arena_take(&job->ws.arena, job->ws.d, sizeof(int32_t));
    return job->ws.arena.failed ? ERM_ENOMEM : ERM_OK;
}

static void close(erm__path_job *job) { erm_matrix_copy_free(&job->taken.copy); }

static erm_status nothing_to_open(erm__path_job *job)
{
    (void)job;
    return ERM_OK;
}

static void nothing_to_close(erm__path_job *job) { (void)job; }

/* A copy of the columns in use. */
static erm_status take(erm__path_job *job)
{
    if (job->taken.count == job->count) return ERM_OK;
    const erm_matrix *const X = job->problem.X;
    const erm_cols_view view = erm_cols_view_of(X, job->count, job->list, job->store.position);
    const erm_copy_options options = {.threads = job->ws.threads};
    close(job);
    job->passes++;
    const erm_status status = X->ops->sparse ? erm_csc_from(&view.base, &options, &job->taken.copy, job->detail)
                                             : erm_dense_col_from(&view.base, &options, &job->taken.copy, job->detail);
    job->taken.count = status ? 0 : job->count;
    return status;
}

static void admit(erm__path_job *job, int64_t count)
{
    for (int64_t t = 0; t < count; t++) {
        job->list[job->count++] = job->fresh[t];
        job->have[job->fresh[t]] = 1;
    }
}

static erm_options with_what_is_left(const erm__path_job *job, double tol)
{
    erm_options options = job->options;
    options.tol = tol;
    if (job->max_seconds > 0) options.max_seconds = fmax(job->max_seconds - (erm__seconds() - job->started), 1e-3);
    return options;
}

/* The features in use, from where they are. */
static erm_status solve_part(erm__path_job *job, double tol, erm_result *result)
{
    const int64_t k = job->ws.k, d = job->ws.d;
    if (job->count == 0) return ERM_OK;
    const erm_status status = take(job);
    if (status) return status;
    erm__restrict(job, job->count, job->list);
    erm_problem part = job->problem;
    part.X = &job->taken.copy.matrix.base;
    part.regularizer = job->part.R;
    double *const own = job->sub;
    for (int64_t t = 0; t < job->count; t++) memcpy(own + t * k, job->w + job->list[t] * k, (size_t)k * sizeof(double));
    if (part.intercept) memcpy(own + job->count * k, job->w + d * k, (size_t)k * sizeof(double));
    erm_result partial;
    const erm_options options = with_what_is_left(job, tol);
    const erm_status solved = erm_solve(&part, &options, own, &partial);
    if (solved) return erm__fail(job->detail, solved, "%s", partial.detail);
    result->solver = partial.solver;
    result->stop = partial.stop;
    result->epochs += partial.epochs;
    memcpy(result->detail, partial.detail, sizeof result->detail);
    for (int64_t t = 0; t < job->count; t++) memcpy(job->w + job->list[t] * k, own + t * k, (size_t)k * sizeof(double));
    if (part.intercept) memcpy(job->w + d * k, own + job->count * k, (size_t)k * sizeof(double));
    job->passes += partial.passes * (double)part.X->nnz / fmax((double)job->problem.X->nnz, 1);
    return ERM_OK;
}

static erm_status solve_whole(erm__path_job *job, erm_result *result)
{
    const erm_options options = with_what_is_left(job, job->options.tol);
    const int64_t epochs = result->epochs;
    const erm_status status = erm_solve(&job->problem, &options, job->w, result);
    result->epochs += epochs;
    if (status) return erm__fail(job->detail, status, "%s", result->detail);
    job->certificate = result->certificate;
    job->passes += result->passes;
    return ERM_OK;
}

static erm_status solve(erm__path_job *job, erm_result *result)
{
    enum { MOST_ROUNDS = 100 };
    const double *const gradient = job->certifier.gradient;
    const double strong = fmax(2 * job->lambda - job->before, 0.6 * job->lambda), least = 1e-3 * job->options.tol;
    admit(job, erm__path_select(job, strong, gradient));
    double tol = 0.5 * job->options.tol;
    for (int round = 0; round < MOST_ROUNDS; round++) {
        const erm_status status = solve_part(job, tol, result);
        if (status) return status;
        erm__path_certify(job, false);
        if (result->stop == ERM_STOP_CANCELLED) return ERM_OK;
        if (erm__path_certified(job)) {
            result->stop = ERM_STOP_CONVERGED;
            return ERM_OK;
        }
        const int64_t fresh = erm__path_select(job, job->lambda, gradient);
        const bool ended = result->stop != ERM_STOP_CONVERGED && result->stop != ERM_STOP_NONE;
        if (erm__path_out_of_time(job) || (fresh == 0 && (ended || tol < least))) break;
        if (fresh == 0) tol *= 0.1;
        admit(job, fresh);
    }
    if (!erm__path_out_of_time(job))
        return solve_whole(job, result); /* no bound from the part's last digits: all iterates help */
    result->stop = ERM_STOP_TIME;
    return ERM_OK;
}

const erm__path_engine erm__path_parts = {.open = open, .solve = solve, .close = close};
const erm__path_engine erm__path_whole = {.open = nothing_to_open, .solve = solve_whole, .close = nothing_to_close};
