/* The Hessian of the loss part of F along given directions of W: rows of X are gathered into rows of directions, multiplied by
 * roots of the loss's Hessians, and their outer products added up. */
#include "problem/smoother.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/chol_pivoted.h"
#include "base/syrk.h"
#include "matrix/scan.h"
#include "problem/sweep.h"
#include "problem/take.h"

typedef struct gathering {
    const erm__smoother *to;
    erm__workspace *ws;
    int64_t samples; /* at a time */
    double *rows;    /* samples k rows of m */
    double *shift;   /* k x m: what centred columns take off the rows */
    double *z, *h;   /* n k, and n: margins, curvatures (k = 1) */
    double *small;   /* k x k */
    double *taken;   /* for matrices without scan */
    erm__packed packed;
    bool scans;
} gathering;

static erm_status take_memory(gathering *self)
{
    erm__workspace *ws = self->ws;
    const int64_t k = ws->k, m = self->to->m;
    self->samples = ws->n < ERM_SYRK_ROWS ? ws->n : ERM_SYRK_ROWS;
    if (!self->scans && self->samples > ERM_TAKE_ROWS) self->samples = ERM_TAKE_ROWS;
    if (k > 1) self->samples = 1 + self->samples / k;
    self->rows = erm__arena_doubles(&ws->arena, self->samples * k * m);
    self->shift = erm__arena_doubles(&ws->arena, k * m);
    self->z = erm__arena_doubles(&ws->arena, ws->n * k);
    self->h = erm__arena_doubles(&ws->arena, k > 1 ? ERM_SYRK_ROWS : ws->n);
    self->small = erm__arena_doubles(&ws->arena, 2 * k * k);
    self->taken = erm__arena_doubles(&ws->arena, self->scans ? 0 : erm__take_scratch(ws->d));
    self->packed = (erm__packed){.m = m};
    self->packed.left = self->packed.right = erm__arena_doubles(&ws->arena, erm__panels(m) * ERM_PANEL * ERM_SYRK_ROWS);
    return ws->arena.failed ? ERM_ENOMEM : ERM_OK;
}

static void gather_piece(const erm_piece *piece, void *context)
{
    const gathering *self = context;
    const int64_t k = self->ws->k, m = self->to->m;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = erm__piece_place(piece, p);
        const int64_t j = piece->column ? piece->line : place, row = piece->column ? place : piece->line;
        for (int64_t c = 0; c < k; c++) {
            const int64_t i = j * k + c, direction = self->to->direction[i];
            if (direction >= 0) self->rows[(row * k + c) * m + direction] += self->to->along[i] * piece->value[p];
        }
    }
}

/* rows = those of `samples` from `begin` on, centred, with the intercepts' ones. */
static void gather(gathering *self, int64_t begin, int64_t samples)
{
    const erm__workspace *ws = self->ws;
    const erm_rows range = {.begin = begin, .count = samples};
    const int64_t k = ws->k, m = self->to->m;
    memset(self->rows, 0, (size_t)(samples * k * m) * sizeof(double));
    if (self->scans) {
        ws->problem->X->ops->scan(ws->problem->X, range, gather_piece, self);
    } else {
        erm__taken taken;
        erm__take_rows(ws->problem->X, range, self->taken, &taken);
        for (int64_t t = 0; t < samples; t++) gather_piece(&(erm_piece){.line = t, .count = ws->d, .value = taken.x[t]}, self);
    }
    for (int64_t r = 0; r < samples * k; r++) {
        double *const row = self->rows + r * m;
        for (int64_t p = 0; p < self->to->count; p++) row[p] -= self->shift[r % k * m + p];
        if (ws->problem->intercept) row[self->to->count + r % k] = 1;
    }
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
static void multiply_sample(gathering *self, int64_t i, double *rows)
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
static void add_rows(gathering *self, int64_t count, const double *rows, const double *weight)
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

/* The columns' means, gathered as a row of X is. mean: 2 d */
static void set_shift(gathering *self, double *mean)
{
    erm__workspace *ws = self->ws;
    if (!ws->problem->intercept) return;
    erm__column_means(ws, mean + ws->d, mean);
    gathering shift = *self;
    shift.rows = self->shift;
    gather_piece(&(erm_piece){.count = ws->d, .value = mean}, &shift);
}

erm_status erm__smoother_hessian(erm__smoother *smoother, erm__workspace *ws, const double *w)
{
    const erm_problem *problem = ws->problem;
    const int64_t k = ws->k, m = smoother->m;
    gathering self = {.to = smoother, .ws = ws, .scans = erm__can_scan(problem->X)};
    smoother->M = erm__arena_doubles(&ws->arena, m * m);
    double *const mean = erm__arena_doubles(&ws->arena, 2 * ws->d);
    if (take_memory(&self)) return ERM_ENOMEM;
    set_shift(&self, mean);
    erm__sweep_margins(ws, NULL, w, true, self.z);
    if (k == 1) problem->loss.ops->eval(&problem->loss, ws->n, 1, self.z, problem->y, problem->weight, NULL, self.h);
    for (int64_t t = 0; k > 1 && t < ERM_SYRK_ROWS; t++) self.h[t] = 1;
    for (int64_t begin = 0; begin < ws->n; begin += self.samples) {
        const int64_t samples = ws->n - begin < self.samples ? ws->n - begin : self.samples;
        gather(&self, begin, samples);
        for (int64_t t = 0; k > 1 && t < samples; t++) multiply_sample(&self, begin + t, self.rows + t * k * m);
        add_rows(&self, samples * k, self.rows, k == 1 ? self.h + begin : self.h);
    }
    for (int64_t i = 0; i < m * m; i++) smoother->M[i] /= ws->total_weight;
    return ERM_OK;
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

/* (M + Q)^-1 M = I - (M + Q)^-1 Q: without a penalty, the rank. */
double erm__smoother_trace(const erm__smoother *smoother, double *root, double *column, int64_t *pivot)
{
    const int64_t m = smoother->m;
    double *const A = smoother->M;
    bool bends = false;
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j <= i; j++) {
            A[i * m + j] += smoother->Q[i * m + j];
            bends |= smoother->Q[i * m + j] != 0;
        }
    const int64_t rank = erm__cholesky_pivoted(m, A, 64 * DBL_EPSILON * (double)(m + 16), root, pivot);
    double trace = (double)rank;
    for (int64_t q = 0; bends && q < rank; q++) {
        for (int64_t i = 0; i < rank; i++) column[i] = smoother->Q[pivot[i] * m + pivot[q]] / root[pivot[i]] / root[pivot[q]];
        trace -= solve_for(rank, m, A, q, column);
    }
    return trace;
}
