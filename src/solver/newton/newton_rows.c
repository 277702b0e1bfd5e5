/* Newton's equations for fewer rows than columns, through the n x n matrix K = X L^-1 X' of the rows, L = R'' diagonal:
 *
 *     (X'DX + L)^-1 = L^-1 - L^-1 X' D^1/2 (I + D^1/2 K D^1/2)^-1 D^1/2 X L^-1,        D = diag(s l'' / S)
 *
 * (Woodbury 1950; for ridge regression Saunders, Gammerman, Vovk 1998, "Ridge regression learning algorithm in dual
 * variables"). K is made once, as R'' is constant. The intercept is a border of the system, eliminated last. */
#include "solver/newton/newton_rows.h"

#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/gram.h"
#include "problem/sweep.h"

static const double FEWER = 0.6; /* rows to columns, below which this costs less than X'DX */

static void fill_penalty(const erm_run *run, double *out)
{
    const erm_regularizer *R = &run->problem->regularizer;
    memset(out, 0, (size_t)run->size * sizeof(double));
    R->ops->hessian(R, run->shape, run->w, out);
}

bool erm__rows_form_suits(const erm_run *run, double *scratch)
{
    if (!((double)run->workspace->n < FEWER * (double)run->d)) return false;
    fill_penalty(run, scratch);
    for (int64_t j = 0; j < run->d; j++)
        if (!(scratch[j] > 0)) return false;
    return true;
}

erm_status erm__rows_form_open(erm__rows_form *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n;
    const int64_t square = n <= INT64_MAX / n ? n * n : INT64_MAX;
    self->inverse = erm_run_take(run, run->size);
    self->K = erm_run_take(run, square);
    self->factor = erm_run_take(run, square);
    self->root = erm_run_take(run, n);
    self->t = erm_run_take(run, n);
    self->v = erm_run_take(run, run->size);
    self->border = erm_run_take(run, run->size);
    self->bent = erm_run_take(run, run->size);
    double *const memory = erm__run_scratch(run, erm__gram_rows_memory(ws));
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    fill_penalty(run, self->inverse);
    for (int64_t j = 0; j < run->d; j++) self->inverse[j] = 1 / self->inverse[j];
    erm__gram_of_rows(ws, run->centre, self->inverse, memory, self->K);
    run->passes++;
    return ERM_OK;
}

/* out = H_ww^-1 g, without the intercept: that of g does not count, that of out is 0. */
static void apply(erm__rows_form *self, erm_run *run, const double *g, double *out)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n, d = run->d;
    for (int64_t j = 0; j < run->size; j++) self->v[j] = j < d ? self->inverse[j] * g[j] : 0;
    erm__sweep_margins(ws, run->centre, self->v, false, self->t);
    for (int64_t i = 0; i < n; i++) self->t[i] *= self->root[i];
    erm__cholesky_solve(n, 1, self->factor, self->t);
    for (int64_t i = 0; i < n; i++) self->t[i] *= self->root[i];
    erm__sweep_transpose(ws, run->centre, self->t, self->v);
    for (int64_t j = 0; j < run->size; j++) out[j] = j < d ? self->inverse[j] * (g[j] - self->v[j]) : 0;
    run->passes += 2;
}

bool erm__rows_form_factor(erm__rows_form *self, erm_run *run, const double *h)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n;
    for (int64_t i = 0; i < n; i++) self->root[i] = sqrt(fmax(h[i], 0));
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j <= i; j++)
            self->factor[i * n + j] = self->root[i] * self->root[j] / ws->total_weight * self->K[i * n + j];
        self->factor[i * n + i] += 1;
    }
    if (!erm__cholesky(n, self->factor, ws->threads)) return false;
    if (run->size == run->d) return true;
    erm__sweep_transpose(ws, run->centre, h, self->border);
    apply(self, run, self->border, self->bent);
    self->corner = self->border[run->d];
    for (int64_t j = 0; j < run->d; j++) self->corner -= self->border[j] * self->bent[j];
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, 1), most = isfinite(bound) ? bound : 1;
    if (!(self->corner > 1e-12 * most)) self->corner = most; /* the loss is straight at all rows: a gradient step for b */
    return true;
}

void erm__rows_form_solve(erm__rows_form *self, erm_run *run, const double *g, double *p)
{
    const int64_t d = run->d;
    apply(self, run, g, p);
    double b = run->size > d ? g[d] : 0;
    for (int64_t j = 0; j < d && run->size > d; j++) b -= self->bent[j] * g[j];
    if (run->size > d) b /= self->corner;
    for (int64_t j = 0; j < d; j++) p[j] = run->size > d ? b * self->bent[j] - p[j] : -p[j];
    if (run->size > d) p[d] = -b;
}
