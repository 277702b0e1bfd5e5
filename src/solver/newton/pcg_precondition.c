/* Preconditioners for Newton's equations.
 *
 * Diagonal: that of the Hessian (Hsia, Chiang, Lin 2018, "Preconditioned conjugate gradient methods in truncated Newton
 * frameworks for large-scale linear classification"). Blocks: for each output the Hessian of some five or ten rows a column,
 * drawn with probability proportional to their second derivatives (importance sampling as in Xu, Yang, Roosta, Re, Mahoney 2016,
 * "Sub-sampled Newton methods with non-uniform sampling"), plus the part of its diagonal that a sample of that size cannot
 * know. With s rows for m columns the eigenvalues of M^-1 H lie about [(1 + q)^-2, (1 - q)^-2], q = sqrt(m / s) (Marchenko
 * and Pastur 1967), whatever the data's condition number. Between outputs softmax's Hessian is 0 along what is the same for
 * all of them, where M is R'' alone. */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/gram.h"
#include "problem/squared_loss.h"
#include "problem/walk.h"
#include "solver/newton/pcg.h"
#include "solver/newton/sample_size.h"

enum {
    ROWS_A_COLUMN = 10,  /* in the sample, at least */
    ROWS_OF_OUTPUTS = 5, /* the same with several outputs, whose products cost a third as much for each multiplication */
    MOST_WORK = 40,      /* products with the Hessian that making M may cost */
    MOST_TRIALS = 6
};

static bool ignores_sums(const erm_run *run, double *out)
{
    const erm__workspace *ws = run->workspace;
    const erm_loss *loss = &run->problem->loss;
    if (!loss->ops->hessian_mul) return false;
    double *const z = ws->margin, *const one = ws->derivative;
    for (int64_t c = 0; c < run->k; c++) {
        z[c] = 0;
        one[c] = 1;
    }
    loss->ops->hessian_mul(loss, 1, run->k, z, run->problem->y, NULL, one, out);
    for (int64_t c = 0; c < run->k; c++)
        if (fabs(out[c]) > 1e-14) return false;
    return true;
}

void erm__precondition_open(erm__precondition *self, erm_run *run, erm_newton_cg_preconditioner wanted)
{
    erm__workspace *ws = run->workspace;
    const int64_t m = erm__gram_order(ws), n = ws->n;
    const double product = erm__product_cost(ws), least = (double)((run->k > 1 ? ROWS_OF_OUTPUTS : ROWS_A_COLUMN) * m);
    self->sample = (int64_t)fmin(fmax(product / erm__row_cost(ws), least), (double)n);
    self->work = ((double)self->sample * erm__row_cost(ws) + erm__factor_cost(ws)) / product;
    self->blocks = wanted == ERM_NEWTON_CG_SAMPLE || (wanted == ERM_NEWTON_CG_AUTO && self->work <= MOST_WORK);
    self->flat = run->metric && erm__is_squares(&run->problem->loss);
    self->diagonal = erm_run_take(run, run->size);
    self->seed = run->rng.state[0];
    const int64_t memory = self->blocks ? erm__gram_memory(ws) : run->size;
    self->memory = erm__run_scratch(run, memory);
    self->weight = erm_run_take(run, n);
    self->column = erm_run_take(run, run->size);
    if (!self->blocks) {
        self->work = 1;
        return;
    }
    self->factor = erm_run_take(run, m <= INT64_MAX / (m + 1) / run->k ? run->k * m * m : INT64_MAX);
    self->list = erm_run_take_bytes(run, self->sample, sizeof(int64_t));
    if (run->metric && erm__gram_is_dense(ws)) self->unit = erm_run_take(run, run->d);
    for (int64_t j = 0; self->unit && j < run->d; j++) self->unit[j] = sqrt(run->metric[j]);
    self->sums = erm_run_ok(run) && ignores_sums(run, self->column);
}

/* ---- the diagonal ---- */

typedef struct squares {
    const double *h;
    int64_t k, output;
} squares;

static double squares_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const squares *job = data;
    const int64_t n = block->rows.count, k = job->k;
    for (int64_t i = 0; i < n; i++) block->z[i] = job->h[(block->first + i) * k + job->output];
    ws->problem->X->ops->col_sqsums(ws->problem->X, block->rows, block->z, block->sum);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += block->z[i];
    return sum;
}

/* Where h are the weights of the samples: it was measured. */
static void take_diagonal(erm__precondition *self, const erm_run *run, const double *penalty)
{
    for (int64_t j = 0; j < run->size; j++) self->diagonal[j] = 1 / run->metric[j / run->k] + penalty[j];
}

/* sum h (x - c)^2 = sum h x^2 - 2 c sum h x + c^2 sum h */
static void make_diagonal(erm__precondition *self, erm_run *run, const double *h, const double *penalty)
{
    erm__workspace *ws = run->workspace;
    const double S = ws->total_weight, least = 1e-6;
    const int64_t d = run->d, k = run->k;
    if (run->centre) erm__sweep_transpose(ws, NULL, h, self->column);
    for (int64_t c = 0; c < k; c++) {
        squares job = {.h = h, .k = k, .output = c};
        const double sum = erm__walk(ws, erm__all_rows(ws), squares_block, &job, d, self->memory) / S;
        for (int64_t j = 0; j < d; j++) {
            const double mean = run->centre ? run->centre[j] : 0, cross = run->centre ? self->column[j * k + c] : 0;
            const double square = self->memory[j] / S - mean * (2 * cross - mean * sum);
            self->diagonal[j * k + c] = fmax(square, least * (sum + least) / run->metric[j]) + penalty[j * k + c];
        }
        if (run->size > d * k) self->diagonal[d * k + c] = fmax(sum, least) + penalty[d * k + c];
    }
    run->passes += 1;
}

/* ---- the sample ---- */

/* Rows at equal distances on the running sum of h, so that row i is expected sample h_i / sum times; returns the weight of
 * each. */
static double draw(erm__precondition *self, int64_t n, double sum)
{
    erm_rng rng = erm_rng_seed(self->seed);
    const double distance = sum / (double)self->sample;
    double next = erm_rng_uniform(&rng) * distance, passed = 0;
    int64_t count = 0, last = 0;
    for (int64_t i = 0; i < n && count < self->sample; i++) {
        passed += self->weight[i];
        if (self->weight[i] > 0) last = i;
        for (; count < self->sample && next < passed; next += distance) self->list[count++] = i;
    }
    while (count < self->sample) self->list[count++] = last; /* lost in rounding */
    return distance;
}

/* The Gram matrix of the sample, times S. */
static void sample_gram(erm__precondition *self, erm_run *run, double sum, double *A)
{
    erm__workspace *ws = run->workspace;
    if (self->sample >= ws->n) {
        erm__gram(ws, run->centre, self->weight, self->memory, A);
        return;
    }
    const double each = draw(self, ws->n, sum);
    const erm_rows rows = {.count = self->sample, .list = self->list};
    if (self->unit) {
        erm__gram_rough(ws, run->centre, self->unit, rows, NULL, each, self->memory, A);
        return;
    }
    for (int64_t t = 0; t < self->sample; t++) self->weight[t] = each;
    erm__gram_sample(ws, run->centre, rows, self->weight, self->memory, A);
}

static bool make_block(erm__precondition *self, erm_run *run, const double *h, const double *penalty, int64_t c, double trifle)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n, k = run->k, m = erm__gram_order(ws);
    const double share = self->sample < run->workspace->n ? (double)m / (double)self->sample : 0;
    double sum = 0, *const A = self->factor + c * m * m;
    for (int64_t i = 0; i < n; i++) sum += self->weight[i] = h[i * k + c];
    if (!(sum > 0)) sum = 0;
    sample_gram(self, run, sum, A);
    const double unseen = share * sum / ws->total_weight;
    for (int64_t j = 0; j < m; j++) {
        double *const diagonal = A + j * m + j;
        *diagonal = fmax(*diagonal, unseen / run->metric[j]) * (1 + trifle) + 1e-12 / run->metric[j] + penalty[j * k + c];
    }
    for (int64_t j = 0; j < m; j++) self->column[j] = A[j * m + j];
    return erm__cholesky(m, A, ws->threads) && (!self->unit || erm__gram_is_certain(m, A, self->column));
}

/* Floats are given up where they do not tell all columns apart. */
static void make_sum(erm__precondition *self, erm_run *run, const double *h, const double *penalty, int64_t c)
{
    double trifle = 1e-13;
    if (make_block(self, run, h, penalty, c, trifle)) return;
    self->unit = NULL;
    for (int trial = 0; !make_block(self, run, h, penalty, c, trifle) && trial < MOST_TRIALS; trial++) trifle *= 100;
}

static void make_blocks(erm__precondition *self, erm_run *run, const double *h, const double *penalty)
{
    memcpy(self->diagonal, penalty, (size_t)run->size * sizeof(double));
    for (int64_t c = 0; c < run->k; c++) make_sum(self, run, h, penalty, c);
    run->passes += (double)self->sample / (double)run->workspace->n;
}

void erm__precondition_make(erm__precondition *self, erm_run *run, const double *h, const double *penalty)
{
    if (self->blocks)
        make_blocks(self, run, h, penalty);
    else if (self->flat)
        take_diagonal(self, run, penalty);
    else
        make_diagonal(self, run, h, penalty);
}

/* ---- M^-1 ---- */

/* Takes the mean over the outputs off each feature's row, and puts it into `mean` if that is not NULL. */
static void remove_means(int64_t m, int64_t k, double *x, double *mean)
{
    for (int64_t j = 0; j < m; j++) {
        double sum = 0;
        for (int64_t c = 0; c < k; c++) sum += x[j * k + c];
        for (int64_t c = 0; c < k; c++) x[j * k + c] -= sum / (double)k;
        if (mean) mean[j] = sum / (double)k;
    }
}

static void apply_blocks(const erm__precondition *self, const erm_run *run, double *x)
{
    const int64_t m = erm__gram_order(run->workspace), k = run->k;
    double *const column = self->column, *const mean = self->memory;
    if (self->sums) remove_means(m, k, x, mean);
    for (int64_t c = 0; c < k; c++) {
        for (int64_t j = 0; j < m; j++) column[j] = x[j * k + c];
        erm__cholesky_solve(m, 1, self->factor + c * m * m, column);
        for (int64_t j = 0; j < m; j++) x[j * k + c] = column[j];
    }
    if (!self->sums) return;
    remove_means(m, k, x, NULL);
    for (int64_t p = 0; p < m * k; p++)
        if (self->diagonal[p] > 0) x[p] += mean[p / k] / self->diagonal[p];
}

void erm__precondition_apply(const erm__precondition *self, const erm_run *run, const double *r, double *out)
{
    if (self->blocks) {
        memcpy(out, r, (size_t)run->size * sizeof(double));
        apply_blocks(self, run, out);
        return;
    }
    for (int64_t j = 0; j < run->size; j++) out[j] = r[j] / self->diagonal[j];
}
