/* Which features a lambda needs, and the regularizer for these alone.
 *
 * Feature j stays at 0 where prox_{t lambda R}(w - t g) leaves it there. With g of the last lambda and 2 lambda - (last lambda)
 * for lambda this is the sequential strong rule of Tibshirani, Bien, Friedman, Hastie, Simon, Taylor and Tibshirani (2012),
 * "Strong rules for discarding predictors in lasso-type problems", for every R that has a prox: |g_j| + (last - lambda) < lambda
 * for the lasso. With the present g and lambda it is the optimality condition. */
#include <string.h>

#include "solver/null_model.h"
#include "solver/path/path_job.h"

static const double STEP = 1e-3; /* short, as in lambda_max.c; which features it leaves at 0 does not depend on it */

static const erm_groups *groups_of(const erm_regularizer *R)
{
    const bool has = R->ops == erm_group_lasso(0, NULL).ops || R->ops == erm_sparse_group_lasso(0, 0, NULL).ops;
    return has ? R->data : NULL;
}

static bool has_bounds(const erm_regularizer *R) { return R->ops == erm_box_vectors(NULL).ops; }

bool erm__restrict_suits(const erm_regularizer *R)
{
    if (groups_of(R) || has_bounds(R) || R->ops == erm_slope(0, NULL).ops) return true;
    return !R->data && (R->ops->separable || R->ops == erm_l21(0).ops);
}

bool erm__restrict_open(erm__path_job *job)
{
    erm__arena *const arena = &job->ws.arena;
    const int64_t d = job->ws.d;
    const erm_regularizer *const R = &job->unit;
    const erm_groups *const groups = groups_of(R);
    erm__restricted *const part = &job->part;
    if (R->factor) part->factor = erm__arena_doubles(arena, d);
    if (groups) part->group = erm__arena_take(arena, d, sizeof(int32_t));
    if (has_bounds(R)) {
        part->low = erm__arena_doubles(arena, d);
        part->high = erm__arena_doubles(arena, d);
    }
    job->have = erm__arena_take(arena, d, 1);
    if (groups) job->mark = erm__arena_take(arena, groups->count, 1);
    job->list = erm__arena_take(arena, d, sizeof(int32_t));
    job->fresh = erm__arena_take(arena, d, sizeof(int32_t));
    job->waiting = erm__arena_take(arena, d, sizeof(int32_t));
    job->absent = erm__arena_take(arena, d, sizeof(int32_t));
    job->V = erm__arena_doubles(arena, d * job->ws.k);
    return !arena->failed;
}

static const double *gather(const double *from, int64_t count, const int32_t *list, double *to)
{
    if (!from) return NULL;
    for (int64_t t = 0; t < count; t++) to[t] = from[list[t]];
    return to;
}

void erm__restrict(erm__path_job *job, int64_t count, const int32_t *list)
{
    erm__restricted *const part = &job->part;
    part->R = job->problem.regularizer;
    part->R.factor = gather(part->R.factor, count, list, part->factor);
    const erm_groups *const groups = groups_of(&part->R);
    if (groups) {
        for (int64_t t = 0; t < count; t++) part->group[t] = groups->group[list[t]];
        part->groups = (erm_groups){groups->count, part->group, groups->weight};
        part->R.data = &part->groups;
    } else if (has_bounds(&part->R)) {
        const erm_bounds *const bounds = part->R.data;
        part->bounds.low = gather(bounds->low, count, list, part->low);
        part->bounds.high = gather(bounds->high, count, list, part->high);
        part->R.data = &part->bounds;
    }
}

/* V = prox(w - t g) for all features. */
static void look_ahead(erm__path_job *job, double lambda, const double *gradient)
{
    const erm_regularizer R = erm_regularizer_scaled(&job->unit, lambda);
    const int64_t length = job->ws.d * job->ws.k;
    double *const V = job->V;
    for (int64_t i = 0; i < length; i++) V[i] = job->w[i] - STEP * gradient[i];
    R.ops->prox(&R, job->certifier.shape, STEP, NULL, V, V);
}

static bool moves(const double *V, int64_t k)
{
    for (int64_t c = 0; c < k; c++)
        if (V[c] != 0) return true;
    return false;
}

/* The features list[t] (NULL: t), t < count, outside of `have` whose V is not 0, or some feature's in their group. */
static int64_t collect(erm__path_job *job, int64_t count, const int32_t *list, int64_t k)
{
    const erm_groups *const groups = groups_of(&job->unit);
    int64_t found = 0;
    if (groups) memset(job->mark, 0, (size_t)groups->count);
    for (int64_t t = 0; groups && t < count; t++)
        if (moves(job->V + t * k, k)) job->mark[groups->group[list ? list[t] : t]] = 1;
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = list ? list[t] : (int32_t)t;
        if ((groups ? job->mark[groups->group[j]] : moves(job->V + t * k, k)) && !job->have[j]) job->fresh[found++] = j;
    }
    return found;
}

int64_t erm__path_select(erm__path_job *job, double lambda, const double *gradient)
{
    look_ahead(job, lambda, gradient);
    const int64_t k = job->ws.k;
    for (int64_t j = 0; job->unit.factor && j < job->ws.d; j++)
        if (erm__is_free(&job->unit, j)) job->V[j * k] = 1; /* whatever its gradient is */
    return collect(job, job->ws.d, NULL, k);
}

int64_t erm__path_select_waiting(erm__path_job *job, const double *gradient)
{
    const int64_t count = job->waiting_count;
    erm__restrict(job, count, job->waiting);
    const erm_regularizer *const R = &job->part.R;
    const erm_shape shape = {.d = count, .k = 1, .scratch = job->certifier.shape.scratch};
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = job->waiting[t];
        job->V[t] = erm__is_free(&job->unit, j) ? 1 : job->w[j] - STEP * gradient[j];
    }
    R->ops->prox(R, shape, STEP, NULL, job->V, job->V);
    return collect(job, count, job->waiting, 1);
}
