/* Value and gradient of the loss part of F: each block of rows is multiplied by W, given to the loss, and multiplied by the
 * loss's derivatives while it is still in cache, so that X is read from memory once. */
#include "problem/sweep.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/deviation.h"
#include "problem/walk.h"

static const double ROUNDING = 1e-10; /* of means: no more than that of a sum of any length */

static void add_bias_and_offset(const double *bias, const double *o, int64_t n, int64_t k, double *z)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++) z[i * k + c] += bias[c];
    if (o)
        for (int64_t i = 0; i < n * k; i++) z[i] += o[i];
}

/* sum[c] += sum_i A[i][c] */
static void add_column_sums(const double *A, int64_t n, int64_t k, double *sum)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++) sum[c] += A[i * k + c];
}

/* sum += X'A and the column sums of A, for the intercept. */
static void add_transpose(const erm__workspace *ws, const erm__block *block, const double *A)
{
    ws->problem->X->ops->mul_t(ws->problem->X, block->rows, ws->k, A, block->sum);
    if (ws->problem->intercept) add_column_sums(A, block->rows.count, ws->k, block->sum + ws->d * ws->k);
}

static double sweep_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const erm__sweep *sweep = data;
    const erm_matrix *X = ws->problem->X;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k;
    double *z = sweep->margin ? sweep->margin + block->first * k : block->z;
    double *d = sweep->derivative ? sweep->derivative + block->first * k : sweep->gradient ? block->d : NULL;
    if (sweep->at_zero)
        memset(z, 0, (size_t)(n * k) * sizeof *z);
    else
        X->ops->mul(X, block->rows, k, sweep->w, z);
    add_bias_and_offset(ws->bias, block->o, n, k, z);
    const double value = loss->ops->eval(loss, n, k, z, block->y, block->s, d, NULL);
    if (sweep->gradient) add_transpose(ws, block, d);
    return value;
}

static bool is_zero(int64_t count, const double *w)
{
    for (int64_t j = 0; j < count; j++)
        if (w[j] != 0) return false;
    return true;
}

/* The intercept of the columns as they are: b - centre'W. */
static void set_bias(erm__workspace *ws, const double *w, const double *centre)
{
    const int64_t k = ws->k;
    memset(ws->bias, 0, (size_t)k * sizeof(double));
    if (!ws->problem->intercept) return;
    memcpy(ws->bias, w + ws->d * k, (size_t)k * sizeof(double));
    for (int64_t j = 0; centre && j < ws->d; j++)
        for (int64_t c = 0; c < k; c++) ws->bias[c] -= centre[j] * w[j * k + c];
}

/* Divides by S, and takes the share of the column means out of the gradient. */
static void finish_gradient(const erm__workspace *ws, const double *centre, double *g)
{
    const int64_t k = ws->k;
    const double scale = 1 / ws->total_weight;
    for (int64_t j = 0; j < ws->size; j++) g[j] *= scale;
    for (int64_t j = 0; centre && j < ws->d; j++)
        for (int64_t c = 0; c < k; c++) g[j * k + c] -= centre[j] * g[ws->d * k + c];
}

double erm__sweep_run(erm__workspace *ws, const erm__sweep *sweep)
{
    set_bias(ws, sweep->w, sweep->centre);
    erm__sweep job = *sweep;
    job.at_zero = is_zero(ws->d * ws->k, sweep->w);
    const double value = erm__walk(ws, sweep->rows, sweep_block, &job, sweep->gradient ? ws->size : 0, sweep->gradient);
    if (sweep->gradient) finish_gradient(ws, sweep->centre, sweep->gradient);
    return value / ws->total_weight;
}

typedef struct product {
    const double *A; /* n k: residuals to multiply by X'; or the weights of a Hessian */
    const double *v;
    double *margin; /* n k: where margins go */
    bool offset;
    const double *z; /* n k: margins of the Hessian that hessian_mul multiplies by */
} product;

static double transpose_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const product *job = data;
    add_transpose(ws, block, job->A + block->first * ws->k);
    return 0;
}

void erm__sweep_transpose(erm__workspace *ws, const double *centre, const double *A, double *gradient)
{
    product job = {.A = A};
    erm__walk(ws, erm__all_rows(ws), transpose_block, &job, ws->size, gradient);
    finish_gradient(ws, centre, gradient);
}

static double margins_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const product *job = data;
    double *const u = job->margin + block->first * ws->k;
    ws->problem->X->ops->mul(ws->problem->X, block->rows, ws->k, job->v, u);
    add_bias_and_offset(ws->bias, job->offset ? block->o : NULL, block->rows.count, ws->k, u);
    return 0;
}

void erm__sweep_margins(erm__workspace *ws, const double *centre, const double *v, bool offset, double *u)
{
    set_bias(ws, v, centre);
    product job = {.v = v, .margin = u, .offset = offset};
    erm__walk(ws, erm__all_rows(ws), margins_block, &job, 0, NULL);
}

void erm__sweep_bend(const erm__workspace *ws, const erm__block *block, erm__middle middle, const double *u, double *d)
{
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k, first = block->first * k;
    if (middle.z) {
        loss->ops->hessian_mul(loss, n, k, middle.z + first, block->y, block->s, u, d);
        return;
    }
    for (int64_t i = 0; i < n * k; i++) d[i] = u[i] * (middle.h ? middle.h[first + i] : block->s ? block->s[i / k] : 1);
}

static double hessian_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const product *job = data;
    const int64_t n = block->rows.count, k = ws->k;
    double *const u = job->margin ? job->margin + block->first * k : block->z;
    ws->problem->X->ops->mul(ws->problem->X, block->rows, k, job->v, u);
    add_bias_and_offset(ws->bias, NULL, n, k, u);
    erm__sweep_bend(ws, block, (erm__middle){.z = job->z, .h = job->A}, u, block->d);
    add_transpose(ws, block, block->d);
    return 0;
}

void erm__sweep_curvature(erm__workspace *ws, const double *centre, erm__middle middle, const double *v, double *u, double *out)
{
    set_bias(ws, v, centre);
    product job = {.A = middle.h, .z = middle.z, .v = v, .margin = u};
    erm__walk(ws, erm__all_rows(ws), hessian_block, &job, ws->size, out);
    finish_gradient(ws, centre, out);
}

void erm__sweep_hessian(erm__workspace *ws, const double *centre, const double *h, const double *v, double *out)
{
    erm__sweep_curvature(ws, centre, (erm__middle){.h = h}, v, NULL, out);
}

static double mean_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    (void)data;
    for (int64_t i = 0; i < block->rows.count; i++) block->z[i] = block->s ? block->s[i] : 1;
    ws->problem->X->ops->mul_t(ws->problem->X, block->rows, 1, block->z, block->sum);
    return 0;
}

/* Is some mean the value of a row, but for rounding? row: d doubles. */
static bool may_be_constant(const erm__workspace *ws, const double *mean, double *row)
{
    const erm_matrix *X = ws->problem->X;
    const double *s = ws->problem->weight, one = 1;
    int64_t i = 0;
    while (i < ws->n && s && s[i] == 0) i++;
    if (i == ws->n) return false;
    memset(row, 0, (size_t)ws->d * sizeof *row);
    X->ops->mul_t(X, (erm_rows){.begin = i, .count = 1}, 1, &one, row);
    for (int64_t j = 0; j < ws->d; j++)
        if (row[j] != 0 && fabs(mean[j] - row[j]) <= ROUNDING * fabs(mean[j])) return true;
    return false;
}

/* What rounding left of the means: a column that is constant gets that very value, and is 0 once it is centred; were it but
 * nearly 0, its reciprocal would make a feature of it. Where zeros are not stored the rest is far more than rounding. */
static void refine_means(erm__workspace *ws, double *left, double *mean)
{
    if (!may_be_constant(ws, mean, left)) return;
    erm__column_moments(ws, mean, 1, left);
    for (int64_t j = 0; j < ws->d; j++) {
        const double change = left[j] / ws->total_weight;
        if (fabs(change) <= ROUNDING * fabs(mean[j])) mean[j] += change;
    }
}

void erm__column_means(erm__workspace *ws, double *scratch, double *mean)
{
    erm__walk(ws, erm__all_rows(ws), mean_block, NULL, ws->d, mean);
    for (int64_t j = 0; j < ws->d; j++) mean[j] /= ws->total_weight;
    if (ws->problem->X->ops->scan) refine_means(ws, scratch, mean);
}

static double square_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    (void)data;
    ws->problem->X->ops->col_sqsums(ws->problem->X, block->rows, block->s, block->sum);
    return 0;
}

/* The squares about the centre of rows that hold every column, which lose nothing where a column varies little. */
static double spread_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const double *centre = data;
    const erm_matrix *X = ws->problem->X;
    for (int64_t i = 0; i < block->rows.count; i++) {
        const erm_row row = X->ops->row(X, erm_row_number(block->rows, i), block->row_index, block->row_value);
        const double s = block->s ? block->s[i] : 1;
        for (int64_t p = 0; p < row.count; p++) {
            const int64_t j = row.index ? row.index[p] : p;
            const double x = row.value[p] - centre[j];
            block->sum[j] += s * x * x;
        }
    }
    return 0;
}

void erm__column_mean_squares(erm__workspace *ws, const double *centre, double *mean_square)
{
    const double cancelled = 1e-14; /* what rounding may leave of a column that is constant */
    const erm_matrix *X = ws->problem->X;
    const bool whole = centre && X->ops->row && X->nnz == ws->n * ws->d;
    if (whole)
        erm__walk(ws, erm__all_rows(ws), spread_block, (void *)(uintptr_t)centre, ws->d, mean_square);
    else
        erm__walk(ws, erm__all_rows(ws), square_block, NULL, ws->d, mean_square);
    for (int64_t j = 0; j < ws->d; j++) {
        const double raw = mean_square[j] / ws->total_weight;
        mean_square[j] = centre && !whole ? fmax(raw - centre[j] * centre[j], cancelled * raw) : raw;
    }
}

double erm__metric_from_squares(int64_t d, double *x)
{
    double smallest = INFINITY;
    for (int64_t j = 0; j < d; j++) {
        const double inverse = fmax(1 / x[j], DBL_MIN); /* never 0, though squares may overflow */
        smallest = x[j] > 0 && inverse < smallest ? inverse : smallest;
        x[j] = x[j] > 0 ? inverse : 1;
    }
    return smallest < INFINITY ? smallest : 1;
}
