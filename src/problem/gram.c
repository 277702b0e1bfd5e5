/* The weighted Gram matrices of the data. Dense rows are centred before they are multiplied, so that columns with means far
 * larger than their spread keep their digits. Sparse rows are centred afterwards,
 *     sum h (x - c)(x - c)' = sum h x x' - c u' - u c' + H c c',     u = sum h x, H = sum h,
 * but for columns whose mean is far larger than their spread: few of their values can be 0, so those are taken as dense. */
#include "problem/gram.h"

#include <assert.h>
#include <float.h>
#include <string.h>

#include "problem/gram_sum.h"
#include "problem/sweep.h"
#include "problem/walk.h"

enum {
    LANES = 16,
    LANE_ORDER = 512,  /* the largest m for which there are lanes */
    LANE_ROWS = 2048,  /* the fewest rows for which there are */
    ROWS_OF_ORDER = 64 /* with n = this times m, the lanes take a quarter of what dense data take */
};

/* Below this share of stored values the pairs of a row are added one by one, some 16 times slower than in tiles. */
static const double sparse_below = 0.25;
/* A column whose squared mean is this many times its variance is nowhere near sparse: at most 1 % of it is 0. */
static const double dense_from = 100;

int64_t erm__gram_order(const erm__workspace *ws) { return ws->d + (ws->problem->intercept ? 1 : 0); }

static int64_t lanes_for(const erm__workspace *ws, int64_t n)
{
    const int64_t m = erm__gram_order(ws);
    return m <= LANE_ORDER && n >= LANE_ROWS && n >= ROWS_OF_ORDER * m ? LANES : 1;
}

static bool is_sparse(const erm__workspace *ws)
{
    const erm_matrix *X = ws->problem->X;
    return X->ops->sparse && (double)X->nnz < sparse_below * (double)ws->n * (double)ws->d;
}

static int64_t scratch_for(const erm__workspace *ws)
{
    return is_sparse(ws) ? erm__sparse_scratch(ws->d) : erm__dense_scratch(ws->d, erm__gram_order(ws));
}

static int64_t lanes_size(const erm__workspace *ws)
{
    const int64_t m = erm__gram_order(ws), lanes = lanes_for(ws, ws->n);
    return lanes > 1 ? lanes * m * m : 0;
}

int64_t erm__gram_memory(const erm__workspace *ws)
{
    const int64_t columns = 2 * ws->d + (ws->d + 1) / 2; /* see centre_sparse */
    return ws->threads * scratch_for(ws) + lanes_size(ws) + columns;
}

static bool any_negative(int64_t n, const double *weight)
{
    for (int64_t i = 0; weight && i < n; i++)
        if (weight[i] < 0) return true;
    return false;
}

/* The lanes' sums, in A. */
static void add_up(const erm__gram_sum *sum, double *A)
{
    const int64_t length = sum->m * sum->m, chunk = 4096, lanes = sum->lanes;
    const int threads = sum->ws->threads;
    if (lanes == 1) return;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (int64_t begin = 0; begin < length; begin += chunk)
        erm__add_lanes(sum->A, lanes, length, begin, length < begin + chunk ? length : begin + chunk, A);
}

/* The columns whose mean is far larger than their spread. memory: d doubles. */
static int64_t choose_centred(const erm__gram_sum *sum, double *memory, int32_t *columns)
{
    if (!sum->centre) return 0;
    erm__column_mean_squares(sum->ws, sum->centre, memory);
    int64_t count = 0;
    for (int32_t j = 0; j < sum->ws->d; j++)
        if (sum->centre[j] * sum->centre[j] > dense_from * memory[j]) columns[count++] = j;
    return count;
}

/* Takes the centre off the columns that are not centred yet, in the lower triangle, which first gets what was added to the
 * upper one. */
static void centre_sparse(const erm__gram_sum *sum, int64_t count, const int32_t *centred, double *memory, double *A)
{
    const int64_t d = sum->ws->d, m = sum->m;
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < i; j++) A[i * m + j] += A[j * m + i];
    if (!sum->centre) return;
    double *const c = memory, *const u = memory + d, H = A[d * m + d];
    memcpy(c, sum->centre, (size_t)d * sizeof *c);
    for (int64_t p = 0; p < count; p++) c[centred[p]] = 0;
    memcpy(u, A + d * m, (size_t)d * sizeof *u);
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j <= i; j++) A[i * m + j] -= c[i] * (u[j] - H * c[j]) + u[i] * c[j];
    for (int64_t j = 0; j < d; j++) A[d * m + j] -= H * c[j];
}

static void scale_and_mirror(int64_t m, double scale, double *A)
{
    for (int64_t i = 0; i < m; i++) {
        A[i * m + i] *= scale;
        for (int64_t j = 0; j < i; j++) A[j * m + i] = A[i * m + j] *= scale;
    }
}

void erm__gram_sample(erm__workspace *ws, const double *centre, erm_rows rows, const double *h, double *memory, double *A)
{
    assert(!centre || ws->problem->intercept);
    assert(rows.count <= ws->n);
    const int64_t m = erm__gram_order(ws), lanes = lanes_for(ws, rows.count);
    erm__gram_sum sum = {.ws = ws, .rows = rows, .centre = centre, .weight = h, .m = m, .lanes = lanes};
    sum.negative = any_negative(rows.count, sum.weight);
    sum.scratch = memory;
    double *const own = memory + ws->threads * scratch_for(ws), *const columns = own + lanes_size(ws);
    sum.A = lanes > 1 ? own : A;
    memset(sum.A, 0, (size_t)(lanes * m * m) * sizeof *A);
    if (is_sparse(ws)) {
        int32_t *const centred = (void *)(columns + 2 * ws->d);
        const int64_t count = choose_centred(&sum, columns, centred);
        erm__sparse_sum(&sum, count, centred);
        add_up(&sum, A);
        centre_sparse(&sum, count, centred, columns, A);
    } else {
        erm__dense_sum(&sum);
        add_up(&sum, A);
    }
    scale_and_mirror(m, 1 / ws->total_weight, A);
}

bool erm__gram_is_dense(const erm__workspace *ws) { return !is_sparse(ws); }

void erm__gram_rough(erm__workspace *ws, const double *centre, const double *unit, erm_rows rows, const double *h, double each,
                     double *memory, double *A)
{
    const int64_t m = erm__gram_order(ws), lanes = lanes_for(ws, rows.count);
    double *const own = memory + ws->threads * scratch_for(ws);
    erm__gram_sum sum = {.ws = ws,
                         .rows = rows,
                         .centre = centre,
                         .weight = h,
                         .unit = unit,
                         .each = each,
                         .m = m,
                         .lanes = lanes,
                         .scratch = memory};
    assert(!is_sparse(ws) && rows.count <= ws->n);
    sum.A = lanes > 1 ? own : A;
    memset(sum.A, 0, (size_t)(lanes * m * m) * sizeof *A);
    erm__dense_sum(&sum);
    add_up(&sum, A);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j <= i; j++) A[i * m + j] /= (i < ws->d ? unit[i] : 1) * (j < ws->d ? unit[j] : 1);
    scale_and_mirror(m, each / ws->total_weight, A);
}

bool erm__gram_is_certain(int64_t m, const double *factor, const double *diagonal)
{
    for (int64_t j = 0; j < m; j++) {
        const double pivot = factor[j * m + j];
        if (!(pivot * pivot > (double)m * FLT_EPSILON * diagonal[j])) return false;
    }
    return true;
}

void erm__gram(erm__workspace *ws, const double *centre, const double *h, double *memory, double *A)
{
    erm__gram_sample(ws, centre, (erm_rows){.count = ws->n}, h ? h : ws->problem->weight, memory, A);
}
