/* What a certifier measures before all else, of dense data in one walk: loss and gradient at W = 0, the columns' mean squares and
 * means. Of compressed rows all but the means.
 *
 * The squares about the mean are mean square - mean^2 where no column loses more than a few digits by that; a metric needs no
 * more. Else, as for all other data, each of these is a walk of its own, and the means are refined. */
#include "problem/first_look.h"

#include <string.h>

#include "matrix/csr.h"
#include "problem/sweep.h"
#include "problem/walk.h"

static const double CANCELLED = 1e-4; /* of the mean square */

/* Margins and derivatives at W = 0; returns the loss. */
static double look_at_labels(const erm__workspace *ws, const erm__block *block, const erm__first_look *look)
{
    const erm_loss *loss = &ws->problem->loss;
    const int64_t n = block->rows.count, k = ws->k;
    double *const z = look->margin + block->first * k, *const d = look->derivative + block->first * k;
    if (block->o)
        memcpy(z, block->o, (size_t)(n * k) * sizeof *z);
    else
        memset(z, 0, (size_t)(n * k) * sizeof *z);
    return loss->ops->eval(loss, n, k, z, block->y, block->s, d, NULL);
}

/* The block's sums: gradient (size), squares (d), and values (d) where means are wanted. */
static double look_block(const erm__workspace *ws, const erm__block *block, void *data)
{
    const erm__first_look *look = data;
    const erm_matrix *X = ws->problem->X;
    const int64_t n = block->rows.count, k = ws->k;
    const double value = look_at_labels(ws, block, look), *const d = look->derivative + block->first * k;
    double *sum = block->sum;
    X->ops->mul_t(X, block->rows, k, d, sum);
    for (int64_t i = 0; ws->problem->intercept && i < n * k; i++) sum[ws->d * k + i % k] += d[i];
    sum += ws->size;
    X->ops->col_sqsums(X, block->rows, block->s, sum);
    if (!look->mean) return value;
    for (int64_t i = 0; i < n; i++) block->z[i] = block->s ? block->s[i] : 1;
    X->ops->mul_t(X, block->rows, 1, block->z, sum + ws->d);
    return value;
}

static void look_at_all(erm__workspace *ws, erm__first_look *look)
{
    const int64_t d = ws->d, length = ws->size + (look->mean ? 2 : 1) * d;
    double *const sum = ws->lane_gradient;
    look->value = erm__walk(ws, erm__all_rows(ws), look_block, look, length, sum) / ws->total_weight;
    for (int64_t j = 0; j < length; j++) sum[j] /= ws->total_weight;
    memcpy(look->gradient, sum, (size_t)ws->size * sizeof *sum);
    memcpy(look->mean_square, sum + ws->size, (size_t)d * sizeof *sum);
    if (look->mean) memcpy(look->mean, sum + ws->size + d, (size_t)d * sizeof *sum);
    look->whole = true;
}

/* The block's sums: pairs of gradient and square of each column (2 d), and the derivatives' sum. */
static double look_block_of_csr(const erm__workspace *ws, const erm__block *block, void *data)
{
    const erm__first_look *look = data;
    const double value = look_at_labels(ws, block, look), *const d = look->derivative + block->first;
    erm__csr_pair_sums(ws->problem->X, block->rows, d, block->s, block->sum);
    for (int64_t i = 0; i < block->rows.count; i++) block->sum[2 * ws->d] += d[i];
    return value;
}

static void look_at_csr(erm__workspace *ws, erm__first_look *look)
{
    const int64_t d = ws->d;
    double *const sum = ws->lane_gradient;
    const double scale = 1 / ws->total_weight;
    look->value = erm__walk(ws, erm__all_rows(ws), look_block_of_csr, look, 2 * d + 1, sum) / ws->total_weight;
    for (int64_t j = 0; j < d; j++) {
        look->gradient[j] = scale * sum[2 * j];
        look->mean_square[j] = sum[2 * j + 1] / ws->total_weight;
    }
    if (ws->problem->intercept) look->gradient[d] = scale * sum[2 * d];
    look->whole = true;
}

static bool spread_is_known(const erm__workspace *ws, const erm__first_look *look)
{
    for (int64_t j = 0; j < ws->d; j++) {
        const double square = look->mean_square[j];
        look->spread[j] = square - look->mean[j] * look->mean[j];
        if (!(look->spread[j] >= CANCELLED * square)) return false;
    }
    return true;
}

void erm__look_first(erm__workspace *ws, erm__first_look *look)
{
    const bool dense = !ws->problem->X->ops->sparse;
    look->whole = false;
    if (dense) {
        look_at_all(ws, look);
        if (!look->mean || spread_is_known(ws, look)) return;
    } else if (ws->k == 1 && erm__is_csr(ws->problem->X)) {
        look_at_csr(ws, look);
    } else {
        const erm__sweep at_zero = {.rows = erm__all_rows(ws), .w = look->gradient, .derivative = look->derivative};
        memset(look->gradient, 0, (size_t)ws->size * sizeof(double));
        look->value = erm__sweep_run(ws, &at_zero);
        erm__column_mean_squares(ws, NULL, look->mean_square);
    }
    if (!look->mean) return;
    erm__column_means(ws, look->scratch, look->mean);
    erm__column_mean_squares(ws, look->mean, look->spread);
}
