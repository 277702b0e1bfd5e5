/* Steps by a few dense rows for one output, in two walks: one for the margins, one for all that happens to w.
 *
 * A row of some hundred values is read from memory in about the time of three walks over as many entries in cache, so that what
 * is done to w must not take more. */
#include "solver/stochastic/dense_rows.h"

#include <math.h>

#include "base/simd.h"
#include "base/vmath.h"

bool erm__dense_fits(const erm_run *run, int64_t batch)
{
    const erm_matrix_ops *X = run->problem->X->ops;
    erm_entry penalty;
    return run->k == 1 && batch <= ERM_DENSE_MOST && !X->sparse && !X->by_columns && X->row &&
           erm__common_penalty(run, &penalty) && penalty.pull == 0;
}

void erm__dense_take(erm__dense_rows *self, erm_run *run)
{
    self->d = run->d;
    (void)erm__common_penalty(run, &self->penalty);
    for (int r = 0; r < 2 * ERM_DENSE_MOST; r++) self->reader[r / ERM_DENSE_MOST][r % ERM_DENSE_MOST] = erm__reader_take(run);
}

static void read_rows(erm__dense_rows *self, const erm_run *run, erm_rows rows, int place)
{
    enum { LINE = 64, MOST_LINES = 8 }; /* of a row: by then the processor has seen by itself how it goes on */
    const erm_matrix *X = run->problem->X;
    for (int64_t s = 0; s < rows.count; s++) {
        const erm__reader reader = self->reader[place][s];
        const double *const x = X->ops->row(X, erm_row_number(rows, s), reader.index, reader.value).value;
        const int64_t bytes = self->d * (int64_t)sizeof *x;
        for (int64_t at = 0; at < bytes && at < LINE * MOST_LINES; at += LINE) __builtin_prefetch((const char *)x + at);
        self->x[place][s] = x;
    }
}

const double *const *erm__dense_read(erm__dense_rows *self, const erm_run *run, erm_rows rows, int64_t total, bool first)
{
    const int64_t next = rows.begin + rows.count, left = total - next;
    self->now = first ? 0 : 1 - self->now;
    if (first) read_rows(self, run, rows, self->now);
    const erm_rows following = {.begin = next, .count = left < rows.count ? left : rows.count, .list = rows.list};
    read_rows(self, run, following, 1 - self->now);
    return self->x[self->now];
}

ERM_KERNEL double erm__dense_dot(int64_t d, const double *x, const double *w)
{
    double sum = 0;
    ERM_SIMD_SUM(sum)
    for (int64_t j = 0; j < d; j++) sum += x[j] * w[j];
    return sum;
}

/* base, rows and centre alike: vectors and what each is multiplied by. */
typedef struct combination {
    int count;
    const double *v[ERM_DENSE_MOST + 2];
    double a[ERM_DENSE_MOST + 2];
} combination;

ERM_INLINE void walk(const combination *of, int count, bool divides, bool sums, int64_t d, const erm__dense_step *step,
                     erm_entry penalty, double *restrict w)
{
    const double *const restrict metric = step->metric;
    double *const restrict sum = step->sum;
    const double t = step->length, pull = 1 + step->pull;
    ERM_SIMD
    for (int64_t j = 0; j < d; j++) {
        double g = 0;
        for (int s = 0; s < count; s++) g += of->a[s] * of->v[s][j];
        const double length = t * metric[j], v = w[j] - length * g;
        const double rest = fabs(v) - length * penalty.l1;
        const double soft = copysign(erm__choose(rest < 0, 0, rest), v);
        const double free = divides ? soft / (pull + length * penalty.l2) : soft;
        const double above = erm__choose(free < penalty.low, penalty.low, free);
        w[j] = erm__choose(above > penalty.high, penalty.high, above);
        if (sums) sum[j] += w[j];
    }
}

ERM_INLINE void walk_any(const combination *of, bool divides, bool sums, int64_t d, const erm__dense_step *step,
                         erm_entry penalty, double *w)
{
    switch (of->count) {
    case 1: walk(of, 1, divides, sums, d, step, penalty, w); break;
    case 2: walk(of, 2, divides, sums, d, step, penalty, w); break;
    default: walk(of, ERM_DENSE_MOST + 2, divides, sums, d, step, penalty, w); break;
    }
}

ERM_KERNEL static void run_walk(const combination *of, int64_t d, const erm__dense_step *step, erm_entry penalty, double *w)
{
    const bool divides = penalty.l2 != 0 || step->pull != 0;
    if (step->sum)
        divides ? walk_any(of, true, true, d, step, penalty, w) : walk_any(of, false, true, d, step, penalty, w);
    else
        divides ? walk_any(of, true, false, d, step, penalty, w) : walk_any(of, false, false, d, step, penalty, w);
}

static void add(combination *of, const double *v, double a)
{
    of->v[of->count] = v;
    of->a[of->count++] = a;
}

void erm__dense_move(const erm__dense_rows *self, const erm__dense_step *step, double *w)
{
    combination of = {0};
    double total = 0;
    if (step->base) add(&of, step->base, 1);
    for (int64_t s = 0; s < step->rows; s++) {
        add(&of, step->x[s], step->change[s]);
        total += step->change[s];
    }
    if (step->centre) add(&of, step->centre, -total);
    for (int s = of.count; of.count > 2 && s < ERM_DENSE_MOST + 2; s++) of.v[s] = of.v[0]; /* times 0 */
    run_walk(&of, self->d, step, self->penalty, w);
}
