/* The Hessian of the loss part of F along given directions of W: rows of directions are multiplied by roots of the loss's
 * Hessians, and their outer products added up. */
#include "problem/smoother.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/chol_pivoted.h"
#include "base/syrk.h"
#include "problem/sweep.h"

typedef struct summing {
    const erm__smoother *to;
    erm__workspace *ws;
    double *z, *h; /* n k, and n: margins, curvatures (k = 1) */
    double *small; /* k x k, twice */
    erm__packed packed;
} summing;

static erm_status take_memory(summing *self)
{
    erm__workspace *ws = self->ws;
    const int64_t k = ws->k, m = self->to->m;
    self->z = erm__arena_doubles(&ws->arena, ws->n * k);
    self->h = erm__arena_doubles(&ws->arena, k > 1 ? ERM_SYRK_ROWS : ws->n);
    self->small = erm__arena_doubles(&ws->arena, 2 * k * k);
    self->packed = (erm__packed){.m = m};
    self->packed.left = self->packed.right = erm__arena_doubles(&ws->arena, erm__panels(m) * ERM_PANEL * ERM_SYRK_ROWS);
    return ws->arena.failed ? ERM_ENOMEM : ERM_OK;
}

/* The lower triangle L of H = L L' (k x k), in place; what depends on earlier rows, or is rounding, becomes 0. */
static void root_of(int64_t k, double *H)
{
    double largest = 0;
    for (int64_t c = 0; c < k; c++) largest = fmax(largest, H[c * k + c]);
    for (int64_t c = 0; c < k; c++) {
        for (int64_t e = 0; e < c; e++) H[c * k + c] -= H[c * k + e] * H[c * k + e];
        const bool independent = H[c * k + c] > 16 * DBL_EPSILON * largest;
        H[c * k + c] = independent ? sqrt(H[c * k + c]) : 0;
        for (int64_t i = c + 1; i < k; i++) {
            for (int64_t e = 0; e < c; e++) H[i * k + c] -= H[i * k + e] * H[c * k + e];
            H[i * k + c] = independent ? H[i * k + c] / H[c * k + c] : 0;
        }
    }
}

/* The k rows of a sample become L' times them: their outer products then add up to J'H J. */
static void multiply_sample(summing *self, int64_t i, double *rows)
{
    const erm__workspace *ws = self->ws;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t k = ws->k, m = self->to->m;
    const double *z = self->z + i * k, *y = ws->problem->y + i * ws->targets;
    const double *weight = ws->problem->weight ? ws->problem->weight + i : NULL;
    double *const H = self->small, *const diagonal = H + k * k;
    memset(H, 0, (size_t)(2 * k * k) * sizeof(double));
    if (loss->ops->hessian) {
        loss->ops->hessian(loss, 1, k, z, y, weight, H);
    } else {
        loss->ops->eval(loss, 1, k, z, y, weight, NULL, diagonal);
        for (int64_t c = 0; c < k; c++) H[c * k + c] = diagonal[c];
    }
    root_of(k, H);
    for (int64_t c = 0; c < k; c++)
        for (int64_t p = 0; p < m; p++) {
            double sum = 0;
            for (int64_t e = c; e < k; e++) sum += H[e * k + c] * rows[e * m + p];
            rows[c * m + p] = sum;
        }
}

/* M += sum over rows of weight row row' */
static void add_rows(summing *self, int64_t count, const double *rows, const double *weight)
{
    const int64_t m = self->to->m;
    for (int64_t begin = 0; begin < count; begin += ERM_SYRK_ROWS) {
        const int64_t now = count - begin < ERM_SYRK_ROWS ? count - begin : ERM_SYRK_ROWS;
        const double *x[ERM_SYRK_ROWS];
        for (int64_t t = 0; t < now; t++) x[t] = rows + (begin + t) * m;
        erm__syrk_pack(&self->packed, 0, now, m, x, NULL, weight);
        erm__syrk_add(&self->packed, now, 0, erm__panels(m), rows, 0, self->to->M);
    }
}

static void add_samples(int64_t begin, int64_t samples, double *rows, void *context)
{
    summing *const self = context;
    const int64_t k = self->ws->k, m = self->to->m;
    for (int64_t t = 0; k > 1 && t < samples; t++) multiply_sample(self, begin + t, rows + t * k * m);
    add_rows(self, samples * k, rows, k == 1 ? self->h + begin : self->h);
}

erm_status erm__smoother_hessian(erm__smoother *smoother, erm__workspace *ws, const double *w)
{
    const erm_problem *problem = ws->problem;
    const int64_t k = ws->k, m = smoother->m;
    summing self = {.to = smoother, .ws = ws};
    smoother->M = erm__arena_doubles(&ws->arena, m * m);
    if (take_memory(&self)) return ERM_ENOMEM;
    erm__sweep_margins(ws, NULL, w, true, self.z);
    if (k == 1) problem->loss.ops->eval(&problem->loss, ws->n, 1, self.z, problem->y, problem->weight, NULL, self.h);
    for (int64_t t = 0; k > 1 && t < ERM_SYRK_ROWS; t++) self.h[t] = 1;
    const erm_status status = erm__smoother_rows(smoother, ws, add_samples, &self);
    for (int64_t i = 0; i < m * m; i++) smoother->M[i] /= ws->total_weight;
    return status;
}

/* Entry q of the solution of L L' x = column; the column is overwritten. */
static double solve_for(int64_t rank, int64_t m, const double *L, int64_t q, double *column)
{
    for (int64_t i = 0; i < rank; i++) {
        for (int64_t j = 0; j < i; j++) column[i] -= L[i * m + j] * column[j];
        column[i] /= L[i * m + i];
    }
    for (int64_t i = rank - 1; i >= q; i--) {
        column[i] /= L[i * m + i];
        for (int64_t j = q; j < i; j++) column[j] -= L[i * m + j] * column[i];
    }
    return column[q];
}

int64_t erm__smoother_factor(const erm__smoother *smoother, double *root, int64_t *pivot)
{
    const int64_t m = smoother->m;
    for (int64_t i = 0; i < m * m; i++) smoother->M[i] += smoother->Q[i];
    return erm__cholesky_pivoted(m, smoother->M, 64 * DBL_EPSILON * (double)(m + 16), root, pivot);
}

/* (M + Q)^-1 M = I - (M + Q)^-1 Q: without a penalty, the rank. */
double erm__smoother_trace(const erm__smoother *smoother, double *root, double *column, int64_t *pivot)
{
    const int64_t m = smoother->m;
    const double *const A = smoother->M;
    bool bends = false;
    for (int64_t i = 0; i < m * m; i++) bends |= smoother->Q[i] != 0;
    const int64_t rank = erm__smoother_factor(smoother, root, pivot);
    double trace = (double)rank;
    for (int64_t q = 0; bends && q < rank; q++) {
        for (int64_t i = 0; i < rank; i++) column[i] = smoother->Q[pivot[i] * m + pivot[q]] / root[pivot[i]] / root[pivot[q]];
        trace -= solve_for(rank, m, A, q, column);
    }
    return trace;
}
