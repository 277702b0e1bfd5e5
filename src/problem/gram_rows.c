/* The Gram matrix of the rows, X M X' for a diagonal M, through the products that every matrix has: a group of rows is made
 * the vectors V that the rows from there on are multiplied by. With V = M (x_i - c) the entries are x_k'V - c'V. */
#include <string.h>

#include "problem/gram.h"
#include "problem/gram_sum.h"

enum {
    GROUP = 15, /* rows that are made vectors at a time: a multiple of the outputs that the dense products like best */
    CHUNK = 64  /* rows that a thread multiplies at a time */
};

/* V (d x GROUP), their products with c, the unit matrix, the products of all rows with V. */
int64_t erm__gram_rows_memory(const erm__workspace *ws) { return GROUP * (ws->d + 1 + GROUP + ws->n); }

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

void erm__gram_of_rows(erm__workspace *ws, const double *centre, const double *metric, double *memory, double *A)
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
