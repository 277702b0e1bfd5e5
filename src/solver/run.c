/* What a solver sees of a problem: value, gradient, prox, in coordinates that suit it. */
#include "solver/run.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "problem/squared_loss.h"
#include "problem/sweep.h"
#include "solver/columns/columns.h"

static bool centres(const erm_problem *problem, erm_solver solver)
{
    return problem->intercept && !((solver.ops->needs & ERM_TOUCHES_SINGLE_ROWS) && problem->X->ops->sparse);
}

/* Of the columns as they are. */
static double *metric_of_columns(erm__workspace *ws)
{
    double *const metric = erm__arena_doubles(&ws->arena, ws->d + 1);
    if (!metric) return NULL;
    erm__column_mean_squares(ws, NULL, metric);
    erm__metric_from_squares(ws->d, metric);
    metric[ws->d] = 1;
    return metric;
}

static erm_status open_columns(erm_run *run, char *detail)
{
    erm__columns *const columns = erm__arena_take(&run->workspace->arena, 1, sizeof *columns);
    if (!columns) return ERM_ENOMEM;
    const erm_status status = erm__columns_open(columns, run->problem->X, run->workspace->threads, detail);
    if (!status) run->columns = columns;
    if (status == ERM_ENOMEM && detail) detail[0] = 0; /* erm_solve says it as it does for all memory */
    return status;
}

void erm__run_close(erm_run *run)
{
    if (run->columns) erm__columns_close(run->columns);
    run->columns = NULL;
}

int64_t erm__run_copied_bytes(const erm_run *run)
{
    return run->columns ? run->columns->copy.bytes + erm__columns_picked_bytes(run->columns) : 0;
}

int64_t erm__run_reserved_bytes(const erm_run *run) { return run->columns ? erm__columns_allocated_bytes(run->columns) : 0; }

erm_status erm__run_open(erm_run *run, const erm__certifier *certifier, erm_solver solver, uint64_t seed, char *detail)
{
    erm__workspace *ws = certifier->ws;
    const erm_problem *problem = ws->problem;
    const erm_regularizer *R = &problem->regularizer;
    *run = (erm_run){.problem = problem,
                     .params = solver.params,
                     .d = ws->d,
                     .k = ws->k,
                     .size = ws->size,
                     .shape = {.d = ws->d, .k = ws->k},
                     .gap = INFINITY,
                     .rng = erm_rng_seed(seed),
                     .workspace = ws};
    run->shape.scratch = erm__arena_doubles(&ws->arena, R->ops->scratch ? R->ops->scratch(R, ws->d, ws->k) : 0);
    run->w = erm__arena_doubles(&ws->arena, ws->size);
    if (ws->arena.failed) return ERM_ENOMEM;
    if (centres(problem, solver)) run->centre = certifier->centre;
    if (R->ops->separable) run->metric = run->centre == certifier->centre ? certifier->metric : metric_of_columns(ws);
    if (ws->arena.failed) return ERM_ENOMEM;
    return solver.ops->needs & ERM_NEEDS_COLUMNS ? open_columns(run, detail) : ERM_OK;
}

/* b' = b + sign centre'W */
static void move_intercept(const erm_run *run, double sign, const double *from, double *to)
{
    if (to != from) memcpy(to, from, (size_t)run->size * sizeof(double));
    if (!run->centre) return;
    double *const b = to + run->d * run->k;
    for (int64_t j = 0; j < run->d; j++)
        for (int64_t c = 0; c < run->k; c++) b[c] += sign * run->centre[j] * to[j * run->k + c];
}

void erm__run_enter(const erm_run *run, const double *from, double *to) { move_intercept(run, 1, from, to); }

void erm__run_leave(const erm_run *run, const double *from, double *to) { move_intercept(run, -1, from, to); }

bool erm__run_known(erm_run *run, double *z, double *g)
{
    erm__workspace *ws = run->workspace;
    if (!ws->known_margin || !ws->known_gradient) return false;
    run->handed += !ws->known_taken;
    ws->known_taken = true;
    memcpy(z, ws->known_margin, (size_t)(ws->n * run->k) * sizeof(double));
    memcpy(g, ws->known_gradient, (size_t)run->size * sizeof(double));
    for (int64_t j = 0; run->centre && j < run->d; j++)
        for (int64_t c = 0; c < run->k; c++) g[j * run->k + c] -= run->centre[j] * g[run->d * run->k + c];
    return true;
}

bool erm__certificate_is_a_pass(const erm_run *run) { return !run->problem->intercept || erm__is_squares(&run->problem->loss); }

void *erm_run_take_bytes(erm_run *run, int64_t count, size_t size)
{
    return erm__arena_take(&run->workspace->arena, count, size);
}

double *erm_run_take(erm_run *run, int64_t count) { return erm__arena_doubles(&run->workspace->arena, count); }

void erm_run_parameters(erm_run *run, int count, const double *values)
{
    erm__hash hash = erm__hash_begin();
    erm__hash_add(&hash, &run->parameter_hash, sizeof run->parameter_hash);
    erm__hash_add(&hash, values, (size_t)count * sizeof *values);
    run->parameter_hash = erm__hash_end(&hash);
}

double *erm__run_scratch(erm_run *run, int64_t count) { return erm__arena_scratch(&run->workspace->arena, count); }

bool erm_run_ok(const erm_run *run) { return !run->workspace->arena.failed; }

static double sweep(erm_run *run, erm_rows rows, const double *w, double *g)
{
    run->passes += (double)rows.count / (double)run->workspace->n;
    return erm__sweep_run(run->workspace, &(erm__sweep){.rows = rows, .w = w, .centre = run->centre, .gradient = g});
}

double erm_run_loss(erm_run *run, erm_rows rows, const double *w) { return sweep(run, rows, w, NULL); }

double erm_run_gradient(erm_run *run, erm_rows rows, const double *w, double *g) { return sweep(run, rows, w, g); }

double erm_run_penalty(erm_run *run, const double *w)
{
    const erm_regularizer *R = &run->problem->regularizer;
    return R->ops->value(R, run->shape, w);
}

void erm_run_prox(erm_run *run, double step, const double *metric, const double *v, double *w)
{
    const erm_regularizer *R = &run->problem->regularizer;
    R->ops->prox(R, run->shape, step, metric, v, w);
    for (int64_t j = run->d * run->k; j < run->size; j++) w[j] = v[j];
}

void erm_run_penalty_gradient(erm_run *run, const double *w, double *g)
{
    const erm_regularizer *R = &run->problem->regularizer;
    R->ops->grad(R, run->shape, w, g);
}

static double metric_at(const erm_run *run, const double *metric, int64_t j) { return metric ? metric[j / run->k] : 1; }

double erm_run_smoothness(erm_run *run, const double *metric, double *scratch)
{
    enum { ROUNDS = 30 };
    const double curvature = run->problem->loss.ops->curvature(&run->problem->loss, run->k);
    if (!isfinite(curvature)) return INFINITY;
    double *const v = scratch, *const product = scratch + run->size;
    erm_rng rng = erm_rng_seed(1); /* any start that is not orthogonal to the answer */
    for (int64_t j = 0; j < run->size; j++) v[j] = erm_rng_normal(&rng);
    double eigenvalue = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double norm = 0, energy = 0;
        for (int64_t j = 0; j < run->size; j++) norm += metric_at(run, metric, j) * v[j] * v[j];
        for (int64_t j = 0; j < run->size; j++) v[j] *= metric_at(run, metric, j) / sqrt(norm > 0 ? norm : 1);
        erm__sweep_hessian(run->workspace, run->centre, NULL, v, product);
        for (int64_t j = 0; j < run->size; j++) energy += v[j] * product[j];
        eigenvalue = energy;
        memcpy(v, product, (size_t)run->size * sizeof(double));
    }
    run->passes += ROUNDS;
    return 1.05 * curvature * eigenvalue;
}
