/* Coordinate descent on a kept matrix ("covariance updates", Friedman, Hastie and Tibshirani 2010, section 2.2). For Newton's
 * method a sample of the rows is enough of a Hessian: the gradient and the line search are exact, and the error falls by about
 * sqrt(k / rows) a step (Roosta-Khorasani and Mahoney 2019, "Sub-sampled Newton methods").
 *
 * The passes are those of cd_solve.c, on the matrix instead of the columns. quadratic.c is another method, Newton's, for a matrix
 * that serves many solutions to rounding level: a model's lasts a round or a few and is solved loosely, and for a single fit on
 * n = 1000 rows with 750 coefficients summing and factoring one cost as much as all the passes that it saved. */
#include "solver/descent/cd_gram.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "base/syrk.h"

enum { SQUARE = 8 };

/* ---- the columns of G: x_j'q is the slope itself, and adding a column moves all slopes ------------------------------ */

static const erm__cd_gram *gram_of(const erm__columns *X) { return X->values; }

static double gram_dot(const erm__columns *X, int64_t j, const double *q) { return q[gram_of(X)->place[j]]; }

ERM_KERNEL static void gram_add(const erm__columns *X, int64_t j, double a, const double *h, int64_t next, double *q)
{
    (void)h;
    (void)next;
    const double *const column = gram_of(X)->G + gram_of(X)->place[j] * X->stride;
    ERM_SIMD
    for (int64_t i = 0; i < X->n; i++) q[i] += a * column[i];
}

static const erm__column_ops gram_ops = {.dot = gram_dot, .add = gram_add};

/* ---- the sum over the rows ----------------------------------------------------------------------------------------- */

int64_t erm__cd_gram_packed(int64_t room) { return erm__panels(room + 1) * ERM_PANEL * ERM_SYRK_ROWS; }

int64_t erm__cd_gram_rows(int64_t room) { return ERM_SYRK_ROWS * (room + 2); }

void erm__row_sample_draw(erm__row_sample *self, int64_t wanted, erm_rng *rng)
{
    const int64_t blocks = wanted / ERM_GRAM_ROWS + 1;
    self->stride = self->n / blocks;
    if (self->stride < 2 * ERM_GRAM_ROWS) self->stride = ERM_GRAM_ROWS;
    const int64_t stretches = (self->n + self->stride - 1) / self->stride;
    for (int64_t s = 0; s < stretches; s++) {
        const int64_t left = self->n - s * self->stride, length = left < self->stride ? left : self->stride;
        const int64_t free = length - ERM_GRAM_ROWS;
        self->offset[s] = s * self->stride + (free > 0 ? (int64_t)erm_rng_below(rng, (uint64_t)free + 1) : 0);
    }
}

/* A block of rows of the listed columns, row-major, and their weights. */
typedef struct block {
    int64_t begin, count, k;
    double *rows, *weight;
} block;

/* Adds the block's share to G; returns the sum of its weights. */
static void add_block(erm__cd_gram *self, const erm__cd *full, const int32_t *list, const block *of)
{
    const erm__packed packed = {.m = of->k + 1, .left = self->packed, .right = self->packed};
    const double *x[ERM_SYRK_ROWS];
    for (int64_t c = 0; c < of->k; c++)
        full->X->ops->read(full->X, erm__column_begin(full->X, list[c]) + of->begin, of->count, of->k, of->rows + c);
    for (int64_t t = 0; t < of->count; t++) {
        x[t] = of->rows + t * of->k;
        of->weight[t] = full->h ? full->h[of->begin + t] : 1;
    }
    erm__syrk_pack(&packed, 0, of->count, of->k, x, self->centre ? self->offset : NULL, of->weight);
    erm__syrk_add(&packed, of->count, 0, erm__panels(of->k + 1), NULL, 0, self->G);
}

/* The same where few of a row's values are stored: by pairs of them. */
static void add_pairs(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const erm__row_sample *sample)
{
    const int64_t m = k + 1, stretches = (full->X->n + sample->stride - 1) / sample->stride;
    const erm__picked_rows rows = {.count = stretches, .length = ERM_GRAM_ROWS, .offset = sample->offset};
    for (int64_t s = 0; s < self->picked->count; s++) self->slot[s] = -1;
    for (int64_t c = 0; c < k; c++) self->slot[self->picked->slot[list[c]]] = (int32_t)c;
    erm__picked_pairs(self->picked, rows, full->h, self->slot, m, self->threads, self->G);
}

static void add_rows(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const erm__row_sample *sample)
{
    const int64_t n = full->X->n, stretches = (n + sample->stride - 1) / sample->stride;
    block of = {.k = k, .rows = self->rows, .weight = self->rows + ERM_SYRK_ROWS * k};
    for (int64_t c = 0; c < k && self->centre; c++) self->offset[c] = self->centre[list[c]];
    for (int64_t s = 0; s < stretches; s++) {
        of.begin = sample->offset[s];
        of.count = n - of.begin < ERM_GRAM_ROWS ? n - of.begin : ERM_GRAM_ROWS;
        add_block(self, full, list, &of);
    }
}

/* From sums to G: over S, as if over all rows; the intercept, the last column, is taken out. */
static void finish(erm__cd_gram *self, const erm__cd *full, int64_t k)
{
    const int64_t m = k + 1;
    double *const G = self->G, *const last = G + k * m;
    const double ones = last[k], scale = (ones > 0 ? full->h_sum / ones : 1) / full->total_weight;
    for (int64_t c = 0; c < k; c++) self->mean[c] = full->intercept && ones > 0 ? last[c] / ones : 0;
    for (int64_t c = 0; c < k; c++)
        for (int64_t e = 0; e <= c; e++) G[c * m + e] = scale * (G[c * m + e] - self->mean[c] * self->mean[e] * ones);
    for (int64_t c = 0; c < k && self->centre && !self->picked; c++) self->mean[c] += self->offset[c];
}

/* Gives G the diagonal that all rows have, and keeps its correlations. */
static void correct_diagonal(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list)
{
    const int64_t m = k + 1;
    double *const ratio = self->start; /* not yet in use */
    for (int64_t c = 0; c < k; c++) {
        const double sampled = self->G[c * m + c];
        ratio[c] = sampled > 0 ? sqrt(full->curvature[list[c]] / sampled) : 0;
        self->mean[c] = full->mean[list[c]];
    }
    for (int64_t c = 0; c < k; c++) {
        for (int64_t e = 0; e < c; e++) self->G[c * m + e] *= ratio[c] * ratio[e];
        self->G[c * m + c] = full->curvature[list[c]];
    }
}

void erm__cd_gram_set(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const double *slope,
                      const double *origin)
{
    const int64_t m = k + 1;
    self->columns = (erm__columns){.ops = &gram_ops, .n = k, .d = full->X->d, .values = self, .stride = m};
    self->cd = (erm__cd){.X = &self->columns,
                         .R = full->R,
                         .shape = full->shape,
                         .total_weight = 1,
                         .q = self->cd.q,
                         .w = full->w,
                         .curvature = full->curvature,
                         .mean = self->cd.mean,
                         .entry = full->entry,
                         .drift = full->drift,
                         .metric = full->metric,
                         .start = self->start,
                         .origin = origin,
                         .features = self->features};
    for (int64_t c = 0; c < k; c++) {
        self->place[list[c]] = (int32_t)c;
        self->features[c] = list[c];
        self->point[c] = full->w[list[c]];
        full->curvature[list[c]] = fmax(0, self->G[c * m + c]);
        self->start[c] = self->cd.q[c] = slope[c] + full->shift * self->mean[c] * full->h_sum / full->total_weight;
    }
    self->made = true;
}

/* The other triangle, in squares that stay in cache. */
static void fill_upper(int64_t k, double *G)
{
    const int64_t m = k + 1;
    for (int64_t first = 0; first < k; first += SQUARE)
        for (int64_t c = first; c < k; c++)
            for (int64_t e = first; e < first + SQUARE && e < c; e++) G[e * m + c] = G[c * m + e];
}

void erm__cd_gram_begin(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const erm__row_sample *sample,
                        const double *slope, const double *origin)
{
    memset(self->G, 0, (size_t)((k + 1) * (k + 1)) * sizeof(double));
    if (self->picked)
        add_pairs(self, full, k, list, sample);
    else
        add_rows(self, full, k, list, sample);
    finish(self, full, k);
    if (self->picked) correct_diagonal(self, full, k, list);
    fill_upper(k, self->G);
    erm__cd_gram_set(self, full, k, list, slope, origin);
}

double erm__cd_gram_shift(const erm__cd_gram *self, double shift)
{
    for (int64_t c = 0; c < self->columns.n; c++)
        shift -= (self->cd.w[self->features[c]] - self->cd.origin[self->features[c]]) * self->mean[c];
    return shift;
}
