/* The small system of a mend: G = (1/S) sum_i (x_i x_i') with a k x k block B_i for the outputs, on the held entries. */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/mend.h"
#include "problem/take.h"

enum {
    MOST_TRIFLES = 12,
    WORTH_THREADS = 64 /* entries */
};

/* B_i of sample i. */
static void fill_block(const erm__mend *self, erm__mend_weight weight, const double *A, int64_t i, double *B)
{
    const erm__workspace *ws = self->ws;
    const erm_loss *loss = &ws->problem->loss;
    const int64_t k = ws->k;
    memset(B, 0, (size_t)(k * k) * sizeof *B);
    if (weight == ERM_MEND_BY_SIZE) {
        double squares = 0;
        for (int64_t c = 0; c < k; c++) squares += A[i * k + c] * A[i * k + c];
        const double scale = squares > 0 ? 1 / sqrt(squares) : 0;
        for (int64_t c = 0; c < k * k; c++) B[c] = scale * A[i * k + c / k] * A[i * k + c % k];
    } else if (k > 1 && loss->ops->hessian) {
        const double s = ws->problem->weight ? ws->problem->weight[i] : 1;
        loss->ops->hessian(loss, 1, k, self->margin + i * k, ws->problem->y + i * ws->targets, &s, B);
    } else {
        for (int64_t c = 0; c < k; c++) B[c * k + c] = self->h[i * k + c];
    }
}

/* value: the entries' x_ij; weighted: for each output, those times the row of B that belongs to it. */
static void weigh_row(const erm__mend *self, const double *x, const double *B, double *value, double *weighted)
{
    const int64_t k = self->ws->k, m = self->count;
    for (int64_t e = 0; e < m; e++) value[e] = self->entry[e] / k < self->ws->d ? x[self->entry[e] / k] : 1;
    for (int64_t c = 0; c < k; c++)
        for (int64_t e = 0; e < m; e++) weighted[c * m + e] = B[c * k + self->entry[e] % k] * value[e];
}

/* The lower triangle of the sum over the rows of the table, in their order for every entry. */
static void add_rows(erm__mend *self, int64_t rows, const double *value, const double *weighted)
{
    const int64_t k = self->ws->k, m = self->count;
    const int threads = m >= WORTH_THREADS ? self->ws->threads : 1;
#pragma omp parallel for schedule(static, 8) num_threads(threads) if (threads > 1)
    for (int64_t e = 0; e < m; e++)
        for (int64_t t = 0; t < rows; t++) {
            const double x = value[t * m + e], *const row = weighted + (t * k + self->entry[e] % k) * m;
            if (x == 0) continue;
            for (int64_t f = 0; f <= e; f++) self->system[e * m + f] += x * row[f];
        }
}

static void assemble(erm__mend *self, erm__mend_weight weight, const double *A)
{
    const erm__workspace *ws = self->ws;
    const int64_t k = ws->k, m = self->count;
    double *const B = self->table, *const value = B + k * k, *const weighted = value + ERM_TAKE_ROWS * m;
    memset(self->system, 0, (size_t)(m * m) * sizeof *self->system);
    for (int64_t begin = 0; begin < ws->n; begin += ERM_TAKE_ROWS) {
        const int64_t rows = ws->n - begin < ERM_TAKE_ROWS ? ws->n - begin : ERM_TAKE_ROWS;
        erm__taken taken;
        erm__take_rows(ws->problem->X, (erm_rows){.begin = begin, .count = rows}, self->taking, &taken);
        for (int64_t t = 0; t < rows; t++) {
            fill_block(self, weight, A, begin + t, B);
            weigh_row(self, taken.x[t], B, value + t * m, weighted + t * k * m);
        }
        add_rows(self, rows, value, weighted);
    }
    for (int64_t e = 0; e < m * m; e++) self->system[e] /= ws->total_weight;
}

/* With a trifle more on the diagonal where columns are dependent; the upper triangle keeps what the trials need. */
static bool factor(erm__mend *self)
{
    const int64_t m = self->count;
    double *const G = self->system, *const diagonal = self->table; /* the rows are done with */
    for (int64_t e = 0; e < m; e++) {
        diagonal[e] = G[e * m + e];
        for (int64_t f = 0; f < e; f++) G[f * m + e] = G[e * m + f];
    }
    double trifle = 0;
    for (int trial = 0; trial<MOST_TRIFLES; trial++, trifle = trifle> 0 ? 10 * trifle : 1e-15) {
        for (int64_t e = 0; e < m; e++) {
            G[e * m + e] = diagonal[e] > 0 ? diagonal[e] * (1 + trifle) : 1;
            for (int64_t f = 0; f < e; f++) G[e * m + f] = G[f * m + e];
        }
        if (erm__cholesky(m, G)) return true;
    }
    return false;
}

bool erm__mend_solve(erm__mend *self, erm__mend_weight weight, const double *A)
{
    assemble(self, weight, A);
    if (!factor(self)) return false;
    erm__cholesky_solve(self->count, 1, self->system, self->answer);
    for (int64_t e = 0; e < self->count; e++)
        if (!isfinite(self->answer[e])) return false;
    return true;
}
