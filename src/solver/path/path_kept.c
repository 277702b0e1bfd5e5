/* A lambda of a path by a solver that stays open from one lambda to the next, with what it has learnt of the curvature: for many
 * rows, where all features are worked on at once. A step and its certificate share their pass over X. */
#include <math.h>
#include <string.h>

#include "base/detail.h"
#include "solver/choose.h"
#include "solver/path/path_job.h"
#include "solver/run.h"
#include "solver/suits.h"

enum {
    MOST_IDLE = 8, /* steps without progress: rounding level */
    MOST_COLS = 1000,
    ROWS_A_COLUMN = 3
};

/* Proximal Newton steps cost a sum of n d^2 now and then and d^2 at least each, but read X twice a step; coordinate descent reads
 * the columns in use some ten times. */
static bool has_few_columns(const erm_problem *p)
{
    return p->X->cols <= MOST_COLS && p->X->rows >= ROWS_A_COLUMN * p->X->cols && !p->X->ops->by_columns;
}

bool erm__path_keeps(erm__path_job *job, bool in_parts)
{
    const char *why;
    const erm_problem *const problem = &job->problem;
    const erm_solver newton = erm_solver_prox_newton(NULL);
    erm_solver chosen = job->options.solver;
    if (job->options.monitor || (chosen.ops && in_parts && !has_few_columns(problem))) return false;
    if (!chosen.ops) chosen = erm__choose_solver(problem, &why);
    const bool coordinates = !job->options.solver.ops && chosen.ops == erm_solver_cd(NULL).ops;
    if (coordinates && has_few_columns(problem) && erm__suits(problem, newton, NULL) == ERM_OK) chosen = newton;
    job->kept.solver = chosen;
    return chosen.ops->changed != NULL;
}

static erm_status open(erm__path_job *job)
{
    erm__kept *const kept = &job->kept;
    const erm_status status = erm__run_open(&kept->run, &job->certifier, kept->solver, job->options.seed, job->detail);
    if (status) return status;
    kept->run.tol = job->options.tol;
    kept->state = erm__arena_take(&job->ws.arena, 1, kept->solver.ops->state_size);
    kept->last = erm__arena_doubles(&job->ws.arena, job->ws.size);
    return kept->state && kept->last ? ERM_OK : ERM_ENOMEM;
}

static void close(erm__path_job *job) { erm__run_close(&job->kept.run); }

/* The certifier has the margins and the gradient at job->w, be it from the last lambda. */
static void tell_what_is_known(erm__path_job *job, bool known)
{
    job->ws.known_margin = known ? job->certifier.margin : NULL;
    job->ws.known_gradient = known ? job->certifier.gradient : NULL;
}

static erm_status begin(erm__path_job *job)
{
    erm__kept *const kept = &job->kept;
    tell_what_is_known(job, !kept->elsewhere);
    erm__run_enter(&kept->run, job->w, kept->run.w);
    erm_status status = ERM_OK;
    if (kept->started)
        kept->solver.ops->changed(kept->state, &kept->run);
    else
        status = kept->solver.ops->start(kept->state, &kept->run);
    kept->started = true;
    kept->elsewhere = false;
    return status ? erm__fail(job->detail, status, "%s", erm_status_text(status)) : ERM_OK;
}

/* job->w from the solver; false, and nothing, where that is not finite. */
static bool read_answer(erm__path_job *job)
{
    erm__kept *const kept = &job->kept;
    erm__run_leave(&kept->run, kept->run.w, kept->last);
    for (int64_t j = 0; j < job->ws.size; j++)
        if (!isfinite(kept->last[j])) return false;
    memcpy(job->w, kept->last, (size_t)job->ws.size * sizeof(double));
    return true;
}

/* One step, certified. */
static erm_status advance(erm__path_job *job, erm_result *result)
{
    erm__kept *const kept = &job->kept;
    const double passes = kept->run.passes;
    const erm_status status = kept->solver.ops->step(kept->state, &kept->run);
    if (status) return erm__fail(job->detail, status, "%s", erm_status_text(status));
    tell_what_is_known(job, false);
    result->epochs++;
    job->passes += kept->run.passes - passes;
    kept->lost = !read_answer(job);
    if (kept->lost) return ERM_OK;
    erm__path_certify_best_intercept(job);
    erm__run_enter(&kept->run, job->w, kept->run.w);
    tell_what_is_known(job, true);
    return ERM_OK;
}

/* What this solver cannot finish, by erm_solve. */
static erm_status finish(erm__path_job *job, erm_result *result)
{
    tell_what_is_known(job, false);
    job->kept.elsewhere = true;
    return erm__path_whole.solve(job, result);
}

static double left(const erm_certificate *now) { return now->kind == ERM_CERTIFICATE_GAP ? now->gap : now->kkt; }

static erm_status solve(erm__path_job *job, erm_result *result)
{
    double least = INFINITY;
    result->solver = job->kept.solver.ops->name;
    job->certifier.passes = 0; /* a step brings more than mending, where there is a bound */
    erm_status status = job->kept.lost ? ERM_OK : begin(job);
    for (int idle = 0; !status && idle < MOST_IDLE && !job->kept.lost;) {
        status = advance(job, result);
        if (status || job->kept.lost) break;
        result->stop = erm__path_certified(job)                    ? ERM_STOP_CONVERGED
                       : erm__path_out_of_time(job)                ? ERM_STOP_TIME
                       : result->epochs >= job->options.max_epochs ? ERM_STOP_MAX_EPOCHS
                                                                   : ERM_STOP_NONE;
        if (result->stop) return ERM_OK;
        idle = left(&job->certificate) < least ? 0 : idle + 1;
        least = fmin(least, left(&job->certificate));
    }
    return status ? status : finish(job, result);
}

const erm__path_engine erm__path_kept = {.open = open, .solve = solve, .close = close};
