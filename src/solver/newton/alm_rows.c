/* The rows of an augmented Lagrangian: a = the maximiser of a r - flat |a| - width/2 (a - anchor)^2 between low and high. */
#include "solver/newton/alm_rows.h"

#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"
#include "problem/sweep.h"
#include "problem/walk.h"

static const double FIRST_WIDTH =
    3; /* of that at which a mean residual moves a from the middle to a bound: few rows stand still */

void erm__alm_rows_take(erm__alm_rows *rows, erm_run *run)
{
    const erm_problem *problem = run->problem;
    const int64_t n = problem->X->rows;
    double **const all[] = {&rows->low, &rows->high, &rows->r, &rows->u, &rows->a, &rows->anchor, &rows->dual};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = erm_run_take(run, n);
    erm_dual_form form;
    problem->loss.ops->dual_form(&problem->loss, problem->y[0], &form);
    if (form.flat > 0) rows->flat = erm_run_take(run, n);
}

void erm__alm_rows_set(erm__alm_rows *rows, const erm_run *run)
{
    const erm_problem *problem = run->problem;
    double size = 0, range = 0;
    for (int64_t i = 0; i < problem->X->rows; i++) {
        erm_dual_form form;
        problem->loss.ops->dual_form(&problem->loss, problem->y[i], &form);
        rows->low[i] = form.low;
        rows->high[i] = form.high;
        if (rows->flat) rows->flat[i] = form.flat;
        rows->r[i] -= form.at;
        rows->anchor[i] = (form.low + form.high) / 2;
        size += fabs(rows->r[i]);
        range += form.high - form.low;
    }
    rows->width = FIRST_WIDTH * (size > 0 ? size / range : 1);
}

typedef struct part {
    int64_t n;
    const double *restrict low, *restrict high, *restrict flat, *restrict anchor, *restrict u, *restrict s;
    double *restrict r, *restrict a, *restrict dual;
} part;

ERM_INLINE double clip(double x, double low, double high)
{
    const double above = erm__choose(x < low, low, x);
    return erm__choose(above > high, high, above);
}

ERM_INLINE double multiplier(const part *p, int64_t i, double r, double inverse)
{
    const double v = p->anchor[i] + r * inverse, f = p->flat ? p->flat[i] * inverse : 0;
    return clip(v - clip(v, -f, f), p->low[i], p->high[i]);
}

static part part_of(const erm__alm_rows *rows, const erm__block *block)
{
    const int64_t first = block->first;
    return (part){.n = block->rows.count,
                  .low = rows->low + first,
                  .high = rows->high + first,
                  .flat = rows->flat ? rows->flat + first : NULL,
                  .anchor = rows->anchor + first,
                  .u = rows->u + first,
                  .s = block->s,
                  .r = rows->r + first,
                  .a = rows->a + first,
                  .dual = rows->dual + first};
}

/* The kernels know at compile time whether there are weights and flat parts. */
ERM_INLINE double slope_sum(part p, double t, double inverse)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t i = 0; i < p.n; i++) sum += (p.s ? p.s[i] : 1) * multiplier(&p, i, p.r[i] + t * p.u[i], inverse) * p.u[i];
    return sum;
}

ERM_KERNEL static double slope_of(const part *rows, double t, double inverse)
{
    part p = *rows;
    if (p.s || p.flat) return slope_sum(p, t, inverse);
    p.s = p.flat = NULL;
    return slope_sum(p, t, inverse);
}

ERM_INLINE double move_rows(part p, double t, double inverse, double *total)
{
    double gap = 0, sum = 0;
#pragma omp simd reduction(+ : gap, sum)
    for (int64_t i = 0; i < p.n; i++) {
        const double s = p.s ? p.s[i] : 1, f = p.flat ? p.flat[i] : 0, r = p.r[i] + t * p.u[i];
        const double a = multiplier(&p, i, r, inverse);
        const double up = p.high[i] * (r - f), down = p.low[i] * (r + f), larger = erm__choose(up > down, up, down);
        const double loss = erm__choose(larger < 0, 0, larger), size = erm__choose(a < 0, -a, a);
        p.r[i] = r;
        p.a[i] = a;
        p.dual[i] = s * a;
        gap += s * (loss - a * r + f * size);
        sum += s * loss;
    }
    *total += sum;
    return gap;
}

ERM_KERNEL static double move_of(const part *rows, double t, double inverse, double *total)
{
    part p = *rows;
    if (p.s || p.flat) return move_rows(p, t, inverse, total);
    p.s = p.flat = NULL;
    return move_rows(p, t, inverse, total);
}

typedef struct along {
    const erm__alm_rows *rows;
    double t;
} along;

static double slope_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    (void)ws;
    const along *job = data;
    const part p = part_of(job->rows, block);
    return slope_of(&p, job->t, 1 / job->rows->width);
}

double erm__alm_rows_slope(const erm__alm_rows *rows, const erm_run *run, double t)
{
    erm__workspace *ws = run->workspace;
    along job = {.rows = rows, .t = t};
    return erm__walk(ws, erm__all_rows(ws), slope_block, &job, 0, NULL) / ws->total_weight;
}

static double move_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    (void)ws;
    const along *job = data;
    const part p = part_of(job->rows, block);
    return move_of(&p, job->t, 1 / job->rows->width, block->sum);
}

double erm__alm_rows_move(erm__alm_rows *rows, const erm_run *run, double t, double *loss)
{
    erm__workspace *ws = run->workspace;
    along job = {.rows = rows, .t = t};
    const double gap = erm__walk(ws, erm__all_rows(ws), move_block, &job, 1, loss);
    *loss /= ws->total_weight;
    return gap / ws->total_weight;
}

int64_t erm__alm_rows_zone(const erm__alm_rows *rows, int64_t n, int64_t *list)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        const double a = rows->a[i];
        list[count] = i; /* kept or overwritten: no branch, which would be hard to foresee */
        count += (a > rows->low[i]) & (a < rows->high[i]) & ((a != 0) | !(rows->flat && rows->flat[i] > 0));
    }
    return count;
}
