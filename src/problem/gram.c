/* The weighted Gram matrices of the data, built from one row after the other. */
#include "problem/gram.h"

#include <string.h>

int64_t erm__gram_order(const erm__workspace *ws) { return ws->d + (ws->problem->intercept ? 1 : 0); }

int64_t erm__gram_memory(const erm__workspace *ws) { return 2 * (ws->d + 1); }

/* x (d, and 1 for the intercept) = row i less the centre. */
static void take_row(const erm__workspace *ws, int64_t i, const double *centre, double *x)
{
    const double one = 1;
    memset(x, 0, (size_t)ws->d * sizeof *x);
    ws->problem->X->ops->mul_t(ws->problem->X, (erm_rows){.begin = i, .count = 1}, 1, &one, x);
    for (int64_t j = 0; centre && j < ws->d; j++) x[j] -= centre[j];
    x[ws->d] = 1;
}

void erm__gram(erm__workspace *ws, const double *centre, const double *h, double *memory, double *A)
{
    const int64_t m = erm__gram_order(ws);
    const double *weight = h ? h : ws->problem->weight;
    memset(A, 0, (size_t)(m * m) * sizeof *A);
    for (int64_t i = 0; i < ws->n; i++) {
        take_row(ws, i, centre, memory);
        const double scale = (weight ? weight[i] : 1) / ws->total_weight;
        for (int64_t a = 0; a < m; a++)
            for (int64_t b = 0; b < m; b++) A[a * m + b] += scale * memory[a] * memory[b];
    }
}

void erm__gram_of_rows(erm__workspace *ws, const double *centre, const double *metric, double *memory, double *A)
{
    double *const x = memory, *const y = memory + ws->d + 1;
    for (int64_t i = 0; i < ws->n; i++) {
        take_row(ws, i, centre, x);
        for (int64_t k = 0; k <= i; k++) {
            take_row(ws, k, centre, y);
            double sum = 0;
            for (int64_t j = 0; j < ws->d; j++) sum += (metric ? metric[j] : 1) * x[j] * y[j];
            A[i * ws->n + k] = A[k * ws->n + i] = sum;
        }
    }
}
