/* The small system of a mend: G = (1/S) sum_i (x_i x_i') with a k x k block B_i for the outputs, on the held entries.
 *
 * Where rows can be read, from the pairs of each row's values at held entries; else column by column as products with X. */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/mend.h"

enum {
    MOST_TRIFLES = 12,
    TABLE_ROWS = 32,
    TOGETHER = 8,      /* columns of G that are computed together */
    WORTH_THREADS = 64 /* entries */
};

static bool by_rows(const erm_matrix *X) { return X->ops->row && !X->ops->by_columns; }

/* Entries whose columns of G are computed together, so that a product has a few outputs. */
static int64_t batch_of(int64_t k) { return k < TOGETHER ? TOGETHER / k : 1; }

int64_t erm__mend_table(const erm__workspace *ws, int64_t m)
{
    const int64_t k = ws->k, rows = TABLE_ROWS * (k + 1) * m + m, products = (ws->n + ws->d) * (k + 1) * batch_of(k) + m;
    return k * k + (by_rows(ws->problem->X) ? rows : products);
}

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

/* One sparse row: every pair of its values that are held. list: m doubles. */
static void add_pairs(erm__mend *self, erm_row row, const double *B, double *list)
{
    const int64_t d = self->ws->d, k = self->ws->k, m = self->count;
    int64_t present = 0, *const where = self->place + self->ws->size;
    for (int64_t p = 0; p <= row.count; p++) {
        const int64_t j = p < row.count ? row.index[p] : d; /* the intercept comes last */
        if (j == d && !self->ws->problem->intercept) break;
        for (int64_t c = 0; c < k; c++) {
            const int64_t e = self->place[j * k + c];
            if (e < 0) continue;
            where[present] = e;
            list[present++] = p < row.count ? row.value[p] : 1;
        }
    }
    for (int64_t a = 0; a < present; a++) {
        const double *const b = B + self->entry[where[a]] % k * k;
        for (int64_t f = 0; f < present; f++)
            if (where[f] <= where[a]) self->system[where[a] * m + where[f]] += list[a] * b[self->entry[where[f]] % k] * list[f];
    }
    self->work += (double)(row.count + present * present);
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
static void add_table(erm__mend *self, int64_t rows, const double *value, const double *weighted)
{
    const int64_t k = self->ws->k, m = self->count;
    const int threads = m >= WORTH_THREADS ? self->ws->threads : 1;
#pragma omp parallel for schedule(static, 8) num_threads(threads) if (threads > 1)
    for (int64_t e = 0; e < m; e++)
        for (int64_t t = 0; t < rows; t++) {
            const double x = value[t * m + e], *const row = weighted + (t * k + self->entry[e] % k) * m;
            for (int64_t f = 0; f <= e; f++) self->system[e * m + f] += x * row[f];
        }
    self->work += (double)(rows * m * m) / 4; /* several at once */
}

static void sum_rows(erm__mend *self, erm__mend_weight weight, const double *A)
{
    const erm__workspace *ws = self->ws;
    const erm_matrix *X = ws->problem->X;
    const int64_t k = ws->k, m = self->count;
    double *const B = self->table, *const list = B + k * k, *const value = list + m, *const weighted = value + TABLE_ROWS * m;
    int64_t rows = 0;
    for (int64_t i = 0; i < ws->n; i++) {
        const erm_row row = X->ops->row(X, i, ws->row_index, ws->row_value);
        fill_block(self, weight, A, i, B);
        if (row.index) {
            add_pairs(self, row, B, list);
            continue;
        }
        weigh_row(self, row.value, B, value + rows * m, weighted + rows * k * m);
        if (++rows < TABLE_ROWS) continue;
        add_table(self, rows, value, weighted);
        rows = 0;
    }
    add_table(self, rows, value, weighted);
}

/* Columns `first` to first + count - 1 of G: X V, the blocks, X' times that. */
static void add_products(erm__mend *self, erm__mend_weight weight, const double *A, int64_t first, int64_t count)
{
    const erm__workspace *ws = self->ws;
    const erm_matrix *X = ws->problem->X;
    const int64_t n = ws->n, d = ws->d, k = ws->k, m = self->count, batch = batch_of(k), outputs = count * k;
    double *const B = self->table, *const sum = B + k * k, *const V = sum + m, *const Z = V + d * batch;
    double *const R = Z + n * batch, *const U = R + n * batch * k;
    const int64_t *const entry = self->entry + first;
    memset(V, 0, (size_t)(d * count) * sizeof *V);
    memset(U, 0, (size_t)(d * outputs) * sizeof *U);
    memset(sum, 0, (size_t)outputs * sizeof *sum);
    for (int64_t b = 0; b < count; b++)
        if (entry[b] / k < d) V[entry[b] / k * count + b] = 1;
    X->ops->mul(X, (erm_rows){.count = n}, count, V, Z);
    for (int64_t i = 0; i < n; i++) {
        fill_block(self, weight, A, i, B);
        for (int64_t p = 0; p < outputs; p++) {
            const int64_t e = entry[p / k];
            const double r = B[p % k * k + e % k] * (e / k < d ? Z[i * count + p / k] : 1);
            R[i * outputs + p] = r;
            sum[p] += r;
        }
    }
    X->ops->mul_t(X, (erm_rows){.count = n}, outputs, R, U);
    for (int64_t b = 0; b < count; b++)
        for (int64_t f = first + b; f < m; f++) {
            const int64_t j = self->entry[f] / k, p = b * k + self->entry[f] % k;
            self->system[f * m + first + b] = j < d ? U[j * outputs + p] : sum[p];
        }
    self->work += 2 * (double)(X->nnz * outputs);
}

static void assemble(erm__mend *self, erm__mend_weight weight, const double *A)
{
    const erm__workspace *ws = self->ws;
    const int64_t m = self->count, batch = batch_of(ws->k);
    memset(self->system, 0, (size_t)(m * m) * sizeof *self->system);
    if (by_rows(ws->problem->X)) {
        for (int64_t e = 0; e < m; e++) self->place[self->entry[e]] = e;
        sum_rows(self, weight, A);
        for (int64_t e = 0; e < m; e++) self->place[self->entry[e]] = -1;
    } else {
        for (int64_t e = 0; e < m; e += batch) add_products(self, weight, A, e, m - e < batch ? m - e : batch);
    }
    for (int64_t e = 0; e < m * m; e++) self->system[e] /= ws->total_weight;
}

/* With a trifle more on the diagonal where columns are dependent; the upper triangle keeps what the trials need. */
static bool factor(erm__mend *self)
{
    const int64_t m = self->count;
    double *const G = self->system, *const diagonal = self->table + self->ws->k * self->ws->k;
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
        if (erm__cholesky(m, G, self->ws->threads)) return true;
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
