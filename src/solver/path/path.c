/* Regularization paths: the lambdas, the loop over them, and what is kept of each. */
#include "ermopt/path.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/detail.h"
#include "problem/squared_loss.h"
#include "problem/sweep.h"
#include "solver/null_model.h"
#include "solver/options.h"
#include "solver/path/path_job.h"
#include "solver/suits.h"

enum { DEFAULT_COUNT = 100 };

bool erm__path_out_of_time(const erm__path_job *job)
{
    return job->max_seconds > 0 && erm__seconds() - job->started >= job->max_seconds;
}

/* The null model as the start, and lambda_max; only a sentence where the lambdas are given. */
static erm_status begin(erm__path_job *job, const erm_path_options *options, double *lambda_max)
{
    erm__workspace *const ws = &job->ws;
    char why[ERM_DETAIL_SIZE] = "";
    *lambda_max = NAN;
    job->certifier.is_at_zero = false; /* its margins and gradient will be others */
    erm_status status = erm__lambda_max_check(&job->problem, why);
    if (!status) status = erm__null_model(ws, job->w, why);
    if (!status) {
        erm__sweep_run(ws, &(erm__sweep){.rows = erm__all_rows(ws),
                                         .w = job->w,
                                         .gradient = job->certifier.gradient,
                                         .margin = job->certifier.margin});
        job->passes++;
        double *const scratch = erm__arena_doubles(&ws->arena, 2 * ws->d * ws->k);
        if (!scratch) return ERM_ENOMEM;
        status = erm__lambda_max(&job->unit, job->certifier.shape, job->certifier.gradient, scratch, lambda_max, why);
    } else {
        memset(job->w, 0, (size_t)ws->size * sizeof(double));
    }
    if (status == ERM_EUNSUPPORTED && options->lambda) return ERM_OK;
    if (status) return erm__fail(job->detail, status, "%s", why[0] ? why : erm_status_text(status));
    if (!options->lambda && !(*lambda_max > 0))
        return erm__fail(job->detail, ERM_EUNSUPPORTED, "W is 0 for every lambda: there is no path");
    return ERM_OK;
}

static bool can_take_columns(const erm_problem *problem)
{
    return problem->X->ops->scan && problem->X->cols > 0 && problem->X->rows <= INT32_MAX;
}

/* From lambda_max to the last lambda, how much smaller is each than the one before? */
static double mean_ratio(const erm__path_job *job, double lambda_max)
{
    return pow(job->lambdas[job->lambda_count - 1] / lambda_max, 1 / (double)job->lambda_count);
}

/* The squared loss on a Gram matrix; a solver that stays open; else part of the features; else the whole problem. A Gram
 * matrix of wide data is that of the features that have come in, which is far too many where lambda falls by more than half. */
static const erm__path_engine *choose_engine(erm__path_job *job, double lambda_max)
{
    enum { MOST_STORED_ROWS = 50000 };
    static const double LEAST_RATIO = 0.6;
    const bool sparse = lambda_max > 0;
    const erm_problem *const problem = &job->problem;
    const int64_t n = job->ws.n, d = job->ws.d;
    const bool own_choice = !job->options.solver.ops || job->options.solver.ops == erm_solver_gram(NULL).ops;
    const bool columns = can_take_columns(problem) && erm__restrict_suits(&job->unit) && job->screen && sparse;
    const bool squared = erm__is_squared(&problem->loss) && erm__quadratic_suits(&job->unit) && own_choice;
    const bool fine = job->options.solver.ops || (sparse && mean_ratio(job, lambda_max) >= LEAST_RATIO);
    const bool grows = columns && n <= MOST_STORED_ROWS && fine;
    if (squared && d > 0 && ((n >= 2 * d && d <= 4000) || grows)) return &erm__path_quadratic;
    return erm__path_keeps(job, columns) ? &erm__path_kept : columns ? &erm__path_parts : &erm__path_whole;
}

static erm_status open_job(erm__path_job *job, const erm_path_options *options, double *lambda_max)
{
    erm__workspace *const ws = &job->ws;
    erm_status status = erm__workspace_open(ws, &job->problem, job->options.threads);
    if (!status) status = erm__certifier_open(&job->certifier, ws);
    if (status) return status;
    job->w = erm__arena_doubles(&ws->arena, ws->size);
    job->outer = erm__arena_doubles(&ws->arena, ws->size);
    job->gradient = erm__arena_doubles(&ws->arena, ws->size);
    job->sub = erm__arena_doubles(&ws->arena, ws->size);
    if (!erm__restrict_open(job)) return ERM_ENOMEM;
    status = begin(job, options, lambda_max);
    if (status) return status;
    job->lambda_count = options->count > 0 ? options->count : DEFAULT_COUNT;
    job->lambdas = erm__path_lambdas(job, options, *lambda_max, job->lambda_count);
    if (!job->lambdas) return ERM_ENOMEM;
    job->engine = choose_engine(job, *lambda_max);
    if (job->options.solver.ops && job->engine != &erm__path_quadratic)
        status = erm__suits(&job->problem, job->options.solver, job->detail);
    return status ? status : job->engine->open(job);
}

/* Copies what is not 0 of w into memory of the point's own. */
static erm_status keep_point(const erm__path_job *job, erm_path_point *point)
{
    const int64_t length = job->ws.d * job->ws.k, k = job->ws.k;
    double *const w = job->outer;
    erm__prepared_leave(&job->prepared, job->w, w);
    for (int64_t i = 0; i < length; i++) point->nonzeros += w[i] != 0;
    point->result.nonzeros = point->nonzeros;
    const int64_t most = point->nonzeros + k;
    double *const memory = malloc((size_t)most * (sizeof(double) + sizeof(int64_t)));
    if (!memory) return ERM_ENOMEM;
    int64_t *const index = (int64_t *)(void *)(memory + most);
    int64_t at = 0;
    for (int64_t i = 0; i < length; i++)
        if (w[i] != 0) {
            memory[at] = w[i];
            index[at++] = i;
        }
    if (job->problem.intercept) {
        memcpy(memory + at, w + length, (size_t)k * sizeof(double));
        point->intercept = memory + at;
    }
    point->value = memory;
    point->index = index;
    return ERM_OK;
}

static void describe(const erm__path_job *job, erm_result *result)
{
    result->certificate = job->certificate;
    result->tol = job->options.tol;
    result->threads = job->ws.threads;
    result->workspace_bytes = job->ws.arena.bytes;
    if (job->engine == &erm__path_whole) return;
    const bool gap = job->certificate.kind == ERM_CERTIFICATE_GAP;
    const double left = gap ? job->certificate.gap : job->certificate.kkt;
    if (result->stop == ERM_STOP_CONVERGED)
        erm__fail(result->detail, ERM_OK, "the %s %.3g is within tol = %g, on all the data",
                  gap ? "duality gap" : "optimality residual", left, job->options.tol);
    else if (result->stop == ERM_STOP_STALLED || result->stop == ERM_STOP_TIME || result->stop == ERM_STOP_MAX_EPOCHS)
        erm__fail(result->detail, ERM_OK, "%s: %s %.3g, tol = %g",
                  result->stop == ERM_STOP_TIME         ? "the path's max_seconds are over"
                  : result->stop == ERM_STOP_MAX_EPOCHS ? "max_epochs reached"
                                                        : "no further progress in double precision",
                  gap ? "duality gap" : "optimality residual", left, job->options.tol);
}

/* The b-th point of a batch, or a point of its own (b < 0). */
static erm_status one_point(erm__path_job *job, double lambda, int64_t b, erm_path_point *point)
{
    const double began = erm__seconds(), passes = job->passes;
    erm_result *const result = &point->result;
    job->before = job->lambda;
    job->lambda = lambda;
    job->best_dual = -INFINITY;
    erm__certifier_aim(&job->certifier, job->options.tol, job->passes);
    job->problem.regularizer = erm_regularizer_scaled(&job->unit, lambda);
    *point = (erm_path_point){.lambda = lambda};
    if (b >= 0) {
        const double loss = job->engine->take(job, b);
        erm__path_judge(job, erm__certifier_finish(&job->certifier, job->w, loss, NULL));
        *result = (erm_result){.solver = "gram", .stop = ERM_STOP_CONVERGED, .epochs = 1};
    }
    erm_status status = ERM_OK;
    if (b < 0 || !erm__path_certified(job) || job->certificate.kind != ERM_CERTIFICATE_GAP)
        status = job->engine->solve(job, result);
    if (status) return status;
    describe(job, result);
    result->passes = job->passes - passes;
    result->seconds = erm__seconds() - began;
    return keep_point(job, point);
}

/* As many points as are done together; *many: their number. */
static erm_status some_points(erm__path_job *job, const double *lambda, int64_t left, erm_path_point *point, int64_t *many)
{
    const double began = erm__seconds(), passes = job->passes;
    const erm__path_engine *const engine = job->engine;
    int64_t count = engine->batch ? engine->batch(job, left) : 1;
    const bool together = count > 1;
    erm_status status = together ? engine->prepare(job, &count, lambda) : ERM_OK;
    const double seconds = (erm__seconds() - began) / (double)count, shared = (job->passes - passes) / (double)count;
    for (*many = 0; !status && *many < count; ++*many) {
        status = one_point(job, lambda[*many], together ? *many : -1, &point[*many]);
        point[*many].result.seconds += seconds;
        point[*many].result.passes += shared;
        if (status) return status;
    }
    return status;
}

/* Tells the monitor of the points that are new; where it says so the path ends there. */
static erm_stop tell(const erm_path_options *options, erm_path *path, int64_t from)
{
    for (int64_t i = from; i < path->count; i++) {
        if (!options->monitor || options->monitor(&path->point[i], options->monitor_data)) continue;
        for (int64_t late = i + 1; late < path->count; late++) free((void *)(uintptr_t)path->point[late].value);
        path->count = i + 1;
        return ERM_STOP_CANCELLED;
    }
    return ERM_STOP_NONE;
}

static erm_status loop(erm__path_job *job, const erm_path_options *options, erm_path *path)
{
    const int64_t count = job->lambda_count;
    const double *const lambda = job->lambdas;
    path->point = calloc((size_t)count, sizeof *path->point);
    if (!path->point) return ERM_ENOMEM;
    job->lambda = path->lambda_max > 0 ? path->lambda_max : lambda[0];
    erm_stop early = ERM_STOP_NONE;
    while (path->count < count && !early) {
        const int64_t from = path->count;
        int64_t many = 0;
        const erm_status status = some_points(job, lambda + from, count - from, path->point + from, &many);
        path->count += many;
        if (status) return status;
        early = tell(options, path, from);
        if (!early && path->point[path->count - 1].result.stop == ERM_STOP_CANCELLED) early = ERM_STOP_CANCELLED;
        if (!early && erm__path_out_of_time(job) && path->count < count) early = ERM_STOP_TIME;
    }
    path->stop = early;
    for (int64_t i = 0; i < path->count && path->stop == ERM_STOP_NONE; i++)
        if (path->point[i].result.stop != ERM_STOP_CONVERGED) path->stop = path->point[i].result.stop;
    if (path->stop == ERM_STOP_NONE) path->stop = ERM_STOP_CONVERGED;
    return ERM_OK;
}

static erm_status solve(erm__path_job *job, const erm_problem *problem, const erm_path_options *options, erm_path *path)
{
    erm_status status = erm__prepare(&job->prepared, problem, job->options.threads);
    job->problem = job->prepared.problem;
    if (!status) status = open_job(job, options, &path->lambda_max);
    path->d = job->ws.d;
    path->k = job->ws.k;
    if (!status) status = loop(job, options, path);
    path->workspace_bytes = job->ws.arena.bytes + job->prepared.arena.bytes + job->core_memory.bytes +
                            job->together.ws.arena.bytes + job->store.room * job->store.n * (int64_t)sizeof(double);
    if (job->engine) job->engine->close(job);
    erm__workspace_close(&job->ws);
    erm__prepared_close(&job->prepared);
    return status;
}

erm_status erm_path_solve(const erm_problem *problem, const erm_path_options *options, erm_path *path, char *detail)
{
    const erm_path_options defaults = {0};
    char sentence[ERM_DETAIL_SIZE] = "";
    if (!options) options = &defaults;
    if (detail) *detail = 0;
    if (!path) return erm__fail(detail, ERM_EINVAL, "erm_path_solve needs a path to fill");
    *path = (erm_path){0};
    erm__path_job job = {.started = erm__seconds(),
                         .options = erm__options_with_defaults(&options->solve),
                         .max_seconds = options->solve.max_seconds,
                         .screen = !options->no_screening,
                         .detail = sentence};
    erm_status status = erm__path_check_options(options, sentence);
    if (!status) status = erm_problem_check(problem, sentence);
    if (!status) {
        job.unit = problem->regularizer;
        status = solve(&job, problem, options, path);
        path->seconds = erm__seconds() - job.started;
    }
    if (!status) return ERM_OK;
    erm_path_free(path);
    return erm__fail(detail, status, "%s", sentence[0] ? sentence : erm_status_text(status));
}

void erm_path_w(const erm_path *path, int64_t i, double *w)
{
    const erm_path_point *const point = &path->point[i];
    memset(w, 0, (size_t)(path->d * path->k) * sizeof(double));
    for (int64_t p = 0; p < point->nonzeros; p++) w[point->index[p]] = point->value[p];
    if (point->intercept) memcpy(w + path->d * path->k, point->intercept, (size_t)path->k * sizeof(double));
}

void erm_path_free(erm_path *path)
{
    for (int64_t i = 0; i < path->count; i++) free((void *)(uintptr_t)path->point[i].value);
    free(path->point);
    *path = (erm_path){0};
}
