/* Several lambdas of a path on wide dense data between two looks at X: all are solved with the features that are expected to
 * matter, and one product of X' with all their residuals, at little more than the cost of one vector, says whether others do;
 * lambdas for which they do are solved again.
 *
 * What is expected: gradients of a lasso are piecewise linear in lambda, so that the line through the last two goes on, with a
 * share of the strong rule's bound for what bends it: Larsson and Wallin (2022), "The Hessian screening rule", section 3, where
 * the slope comes from the inverse Hessian instead. */
#include <math.h>
#include <string.h>

#include "problem/margins.h"
#include "solver/columns/transpose.h"
#include "solver/path/path_job.h"

enum { MOST = 10 };              /* lambdas: two groups of the outputs that dense products take at once */
static const double BEND = 0.25; /* of the strong rule's bound */

void erm__wide_open(erm__path_job *job)
{
    erm__path_wide *const wide = &job->wide;
    erm__arena *const arena = &job->ws.arena;
    if (!erm__transpose_suits(job->problem.X)) return;
    wide->w = erm__arena_doubles(arena, MOST * job->ws.size);
    wide->gradient = erm__arena_doubles(arena, MOST * job->ws.size);
    wide->margin = erm__arena_doubles(arena, MOST * job->ws.n);
    wide->residual = erm__arena_doubles(arena, MOST * job->ws.n);
    wide->product = erm__arena_doubles(arena, MOST * job->ws.d);
    wide->past = erm__arena_doubles(arena, job->ws.d);
    wide->most = arena->failed ? 0 : MOST;
}

/* Two at first, which give the gradients their slope. */
int64_t erm__wide_batch(const erm__path_job *job, int64_t count)
{
    const int64_t most = job->wide.past_lambda > 0 ? job->wide.most : 2;
    return job->wide.most == 0 ? 1 : count < most ? count : most;
}

/* Keeps the present point as the b-th; its margins are the certifier's. */
static void put(erm__path_job *job, int64_t b)
{
    memcpy(job->wide.w + b * job->ws.size, job->w, (size_t)job->ws.size * sizeof(double));
    memcpy(job->wide.margin + b * job->ws.n, job->certifier.margin, (size_t)job->ws.n * sizeof(double));
}

/* The gradients at the listed points. */
static void walk(erm__path_job *job, int64_t count, const int64_t *list)
{
    erm__path_wide *const wide = &job->wide;
    const int64_t n = job->ws.n, d = job->ws.d;
    const double scale = 1 / job->ws.total_weight;
    for (int64_t t = 0; t < count; t++) {
        double sum = 0;
        erm__margins_derivatives(&job->ws, wide->margin + list[t] * n, job->certifier.dual, NULL);
        for (int64_t i = 0; i < n; i++) {
            wide->residual[i * count + t] = job->certifier.dual[i];
            sum += job->certifier.dual[i];
        }
        if (job->problem.intercept) wide->gradient[list[t] * job->ws.size + d] = scale * sum;
    }
    erm__transpose(job->problem.X, count, wide->residual, job->ws.threads, wide->product);
    for (int64_t j = 0; j < d; j++)
        for (int64_t t = 0; t < count; t++) wide->gradient[list[t] * job->ws.size + j] = scale * wide->product[j * count + t];
    job->passes++;
}

double erm__wide_take(erm__path_job *job, int64_t b)
{
    const erm__path_wide *const wide = &job->wide;
    memcpy(job->w, wide->w + b * job->ws.size, (size_t)job->ws.size * sizeof(double));
    memcpy(job->certifier.gradient, wide->gradient + b * job->ws.size, (size_t)job->ws.size * sizeof(double));
    memcpy(job->certifier.margin, wide->margin + b * job->ws.n, (size_t)job->ws.n * sizeof(double));
    return erm__margins_derivatives(&job->ws, job->certifier.margin, job->certifier.dual, NULL);
}

static void turn(erm__path_job *job, double lambda)
{
    job->lambda = lambda;
    job->problem.regularizer = erm_regularizer_scaled(&job->unit, lambda);
}

/* Point b: what it is, and where its conditions ask for more features. Returns how many. */
static int64_t look(erm__path_job *job, int64_t b, double lambda)
{
    turn(job, lambda);
    erm__wide_take(job, b);
    erm__path_sync(job);
    return erm__path_select(job, lambda, job->gradient);
}

/* The features that are expected to matter down to lambda `end` wait, and no others. */
static erm_status expect(erm__path_job *job, double end)
{
    const erm__path_wide *const wide = &job->wide;
    const bool sloped = wide->past_lambda > job->lambda;
    const double step = end - job->lambda, bend = sloped ? BEND : 1;
    double *const ahead = job->sub;
    erm__path_sync(job);
    for (int64_t j = 0; j < job->ws.d; j++) {
        const double slope = sloped ? (job->gradient[j] - wide->past[j]) / (job->lambda - wide->past_lambda) : 0;
        ahead[j] = job->gradient[j] + step * slope;
    }
    erm__core_forget(job);
    return erm__core_store(job, erm__path_select(job, fmax(end + bend * step, 0.5 * end), ahead));
}

/* Solves the listed lambdas, those of a later round from where they are. */
static erm_status solve_listed(erm__path_job *job, const double *lambda, bool again, int64_t *count, int64_t *list)
{
    for (int64_t t = 0; t < *count; t++) {
        const int64_t b = list[t];
        erm_status status = again ? erm__core_store(job, look(job, b, lambda[b])) : ERM_OK;
        turn(job, lambda[b]);
        if (!status && (again || t == 0)) status = erm__path_enter(job, &(int64_t){0});
        if (!status) status = erm__core_solve(job, ERM_PATH_TIGHT * job->options.tol);
        if (status) return status;
        erm__core_margins(job);
        put(job, b);
        if (!again && erm__path_out_of_time(job)) *count = t + 1;
    }
    return ERM_OK;
}

erm_status erm__wide_prepare(erm__path_job *job, int64_t *count, const double *lambda)
{
    enum { ROUNDS = 4 };
    int64_t list[MOST], pending = *count;
    erm__path_wide *const wide = &job->wide;
    for (int64_t b = 0; b < pending; b++) list[b] = b;
    erm_status status = expect(job, lambda[pending - 1]);
    for (int round = 0; !status && pending > 0 && round < ROUNDS; round++) {
        status = solve_listed(job, lambda, round > 0, &pending, list);
        if (status) return status;
        if (round == 0) *count = pending;
        walk(job, pending, list);
        int64_t left = 0;
        for (int64_t t = 0; t < pending; t++)
            if (look(job, list[t], lambda[list[t]]) > 0) list[left++] = list[t];
        pending = left;
    }
    wide->past_lambda = 0;
    if (*count < 2) return status;
    look(job, *count - 2, lambda[*count - 2]);
    memcpy(wide->past, job->gradient, (size_t)job->ws.d * sizeof(double));
    wide->past_lambda = lambda[*count - 2];
    turn(job, lambda[*count - 1]);
    return status;
}
