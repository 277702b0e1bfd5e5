/* The Gram matrix of the rows, X M X' for a diagonal M. Rows taken as dense are packed so many columns at a time, less their
 * means and times sqrt(M), and multiplied while in cache. Sparse ones go through the products that every matrix has: a group
 * of rows is made the vectors V that the rows from there on are multiplied by; with V = M (x_i - c) the entries are x_k'V -
 * c'V. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/syrk.h"
#include "problem/gram.h"
#include "problem/take.h"

enum {
    SPAN = 8 * ERM_SYRK_ROWS, /* columns that are packed together */
    GROUP = 15, /* rows that are made vectors at a time: a multiple of the outputs that the dense products like best */
    CHUNK = 64  /* rows that a thread multiplies at a time */
};

static bool takes_dense(const erm__workspace *ws) { return !ws->problem->X->ops->sparse; }

/* A part of ERM_SYRK_ROWS columns of all rows, packed. */
static int64_t part_size(const erm__workspace *ws) { return erm__panels(ws->n) * ERM_PANEL * ERM_SYRK_ROWS; }

/* V (d x GROUP), their products with c, the unit matrix, the products of all rows with V; or the packed columns, the roots
 * of the metric, and what taking rows needs. */
int64_t erm__gram_rows_memory(const erm__workspace *ws)
{
    const int64_t dense = SPAN / ERM_SYRK_ROWS * part_size(ws) + ws->d + 8 + ws->threads * erm__take_scratch(ws->d);
    return takes_dense(ws) ? dense : GROUP * (ws->d + 1 + GROUP + ws->n);
}

/* V[j][t] = metric_j (x_tj - c_j), shift[t] = c'V[t] */
static void make_vectors(const erm__workspace *ws, erm_rows rows, const double *centre, const double *metric, double *unit,
                         double *V, double *shift)
{
    const int64_t d = ws->d, k = rows.count;
    for (int64_t p = 0; p < k * k; p++) unit[p] = p % (k + 1) == 0;
    memset(V, 0, (size_t)(d * k) * sizeof *V);
    memset(shift, 0, (size_t)k * sizeof *shift);
    ws->problem->X->ops->mul_t(ws->problem->X, rows, k, unit, V);
    for (int64_t j = 0; j < d; j++)
        for (int64_t t = 0; t < k; t++) {
            const double c = centre ? centre[j] : 0, v = (metric ? metric[j] : 1) * (V[j * k + t] - c);
            V[j * k + t] = v;
            shift[t] += c * v;
        }
}

static void of_sparse_rows(erm__workspace *ws, const double *centre, const double *metric, double *memory, double *A)
{
    const erm_matrix *X = ws->problem->X;
    const int64_t n = ws->n;
    const int threads = ws->threads;
    double *const V = memory, *const shift = V + GROUP * ws->d, *const unit = shift + GROUP, *const Z = unit + GROUP * GROUP;
    for (int64_t first = 0; first < n; first += GROUP) {
        const int64_t k = n - first < GROUP ? n - first : GROUP;
        make_vectors(ws, (erm_rows){.begin = first, .count = k}, centre, metric, unit, V, shift);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1)
        for (int64_t begin = first; begin < n; begin += CHUNK) {
            const int64_t count = n - begin < CHUNK ? n - begin : CHUNK;
            X->ops->mul(X, (erm_rows){.begin = begin, .count = count}, k, V, Z + begin * k);
            for (int64_t i = begin; i < begin + count; i++)
                for (int64_t t = 0; t < k && first + t <= i; t++)
                    A[i * n + first + t] = A[(first + t) * n + i] = Z[i * k + t] - shift[t];
        }
    }
}

/* Columns from..to of rows first.. (as many as are taken at a time) into their places: column j is row j - from of the parts. */
static void pack_rows(const erm__workspace *ws, int64_t first, int64_t from, int64_t to, const double *centre, const double *root,
                      double *scratch, double *packed)
{
    const int64_t left = ws->n - first, count = left < ERM_TAKE_ROWS ? left : ERM_TAKE_ROWS;
    erm__taken taken;
    erm__take_rows(ws->problem->X, (erm_rows){.begin = first, .count = count}, scratch, &taken);
    for (int64_t i = 0; i < ERM_TAKE_ROWS && first + i < erm__panels(ws->n) * ERM_PANEL; i++) {
        double *const out = packed + (first + i) / ERM_PANEL * (ERM_PANEL * ERM_SYRK_ROWS) + (first + i) % ERM_PANEL;
        for (int64_t j = from; j < to; j++) {
            double *const part = out + (j - from) / ERM_SYRK_ROWS * part_size(ws);
            const double x = i < count ? taken.x[i][j] - (centre ? centre[j] : 0) : 0;
            part[(j - from) % ERM_SYRK_ROWS * ERM_PANEL] = root[j] * x;
        }
    }
}

/* By all threads of a team together: they share the packing, then the panels of A. */
static void add_columns(const erm__workspace *ws, int64_t from, int64_t to, const double *centre, const double *root,
                        double *scratch, double *packed, double *A)
{
    const int64_t panels = erm__panels(ws->n), parts = (to - from + ERM_SYRK_ROWS - 1) / ERM_SYRK_ROWS;
    double *const own = scratch + omp_get_thread_num() * erm__take_scratch(ws->d);
#pragma omp for schedule(dynamic, 1)
    for (int64_t first = 0; first < ws->n; first += ERM_TAKE_ROWS) pack_rows(ws, first, from, to, centre, root, own, packed);
#pragma omp for schedule(dynamic, 1)
    for (int64_t i = 0; i < panels; i++) /* the longest first */
        for (int64_t p = 0; p < parts; p++) {
            double *const part = packed + p * part_size(ws);
            const int64_t left = to - from - p * ERM_SYRK_ROWS;
            erm__syrk_add(&(erm__packed){.m = ws->n, .left = part, .right = part}, left < ERM_SYRK_ROWS ? left : ERM_SYRK_ROWS,
                          panels - 1 - i, panels - i, NULL, 0, A);
        }
}

static void of_dense_rows(erm__workspace *ws, const double *centre, const double *metric, double *memory, double *A)
{
    const int64_t n = ws->n, d = ws->d;
    const int threads = ws->threads;
    double *const packed = memory, *const root = packed + SPAN / ERM_SYRK_ROWS * part_size(ws);
    double *const scratch = root + (d + 7) / 8 * 8;
    for (int64_t j = 0; j < d; j++) root[j] = metric ? sqrt(metric[j]) : 1;
    memset(A, 0, (size_t)(n * n) * sizeof *A);
#pragma omp parallel num_threads(threads) if (threads > 1)
    for (int64_t from = 0; from < d; from += SPAN)
        add_columns(ws, from, d < from + SPAN ? d : from + SPAN, centre, root, scratch, packed, A);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) A[j * n + i] = A[i * n + j];
}

void erm__gram_of_rows(erm__workspace *ws, const double *centre, const double *metric, double *memory, double *A)
{
    if (takes_dense(ws))
        of_dense_rows(ws, centre, metric, memory, A);
    else
        of_sparse_rows(ws, centre, metric, memory, A);
}
