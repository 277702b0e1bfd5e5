/* From a model to margins, decisions and probabilities. */
#include <math.h>
#include <string.h>

#include "ermopt/model.h"

#include "base/detail.h"

enum { BLOCK = 1024 }; /* rows: their margins are still in cache when the intercept is added */

erm_status erm_model_margins(const erm_model *model, const erm_matrix *X, double *Z, char *detail)
{
    if (!model || !model->w || !X || !Z) return erm__fail(detail, ERM_EINVAL, "no model, matrix or room for margins was given");
    if (X->cols > model->d) {
        return erm__fail(detail, ERM_EINVAL, "the data have %lld features, but the model knows only %lld", (long long)X->cols,
                         (long long)model->d);
    }
    const erm_status checked = X->ops->check ? X->ops->check(X, detail) : ERM_OK;
    if (checked != ERM_OK) return checked;
    const int64_t k = model->k;
    const double *b = model->w + model->d * k;
    for (int64_t begin = 0; begin < X->rows; begin += BLOCK) {
        const int64_t count = X->rows - begin < BLOCK ? X->rows - begin : BLOCK;
        double *block = Z + begin * k;
        /* W is row-major, so the rows of X's features are its first X->cols rows */
        X->ops->mul(X, (erm_rows){.begin = begin, .count = count}, k, model->w, block);
        if (!model->intercept) continue;
        for (int64_t i = 0; i < count; i++) {
            for (int64_t c = 0; c < k; c++) block[i * k + c] += b[c];
        }
    }
    return ERM_OK;
}

/* The first of the largest entries; NaN if any entry is. */
static double largest(int64_t k, const double *z)
{
    int64_t best = 0;
    for (int64_t c = 0; c < k; c++) {
        if (isnan(z[c])) return NAN;
        if (z[c] > z[best]) best = c;
    }
    return (double)best;
}

void erm_model_decide(const erm_model *model, int64_t n, const double *Z, double *decision)
{
    const int64_t k = model->k;
    const erm_loss *loss = &model->loss;
    if (!loss->ops->classifies) {
        if (loss->ops->mean) {
            loss->ops->mean(loss, n, k, Z, decision);
        } else {
            memcpy(decision, Z, (size_t)(n * k) * sizeof *Z);
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        if (k == 1) {
            decision[i] = isnan(Z[i]) ? NAN : Z[i] > 0;
        } else {
            decision[i] = largest(k, Z + i * k);
        }
    }
}

/* P(class 1) = mean(z). P(class 0) = mean(-z), because 1 - mean(z) would lose its digits where mean(z) is near 1. */
static void two_probabilities(const erm_loss *loss, int64_t n, const double *Z, double *P)
{
    double negated[BLOCK], other[BLOCK], p[BLOCK];
    for (int64_t begin = 0; begin < n; begin += BLOCK) {
        const int64_t count = n - begin < BLOCK ? n - begin : BLOCK;
        for (int64_t i = 0; i < count; i++) negated[i] = -Z[begin + i];
        loss->ops->mean(loss, count, 1, Z + begin, p);
        loss->ops->mean(loss, count, 1, negated, other);
        for (int64_t i = 0; i < count; i++) {
            P[2 * (begin + i)] = other[i];
            P[2 * (begin + i) + 1] = p[i];
        }
    }
}

bool erm_model_probabilities(const erm_model *model, int64_t n, const double *Z, double *P)
{
    const erm_loss *loss = &model->loss;
    if (!loss->ops->classifies || !loss->ops->mean) return false;
    if (model->k == 1) {
        two_probabilities(loss, n, Z, P);
    } else {
        loss->ops->mean(loss, n, model->k, Z, P);
    }
    return true;
}
