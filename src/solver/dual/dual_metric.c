/* Dual coordinate ascent's curvatures: of the regularizer along each weight, and of the dual along each row. */
#include <math.h>

#include "solver/dual/dual.h"

static const double LEAST_SQUARE = 1e-12; /* of a row, relative to the mean: rows without values have a curvature, too */

void erm__dual_set_metric(erm__dual *self, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t size = run->d * run->k;
    if (!self->target) {
        for (int64_t j = 0; j < size; j++) self->inverse[j] = 1 / R->ops->modulus(R, run->d);
        return;
    }
    R->ops->hessian(R, run->shape, self->target, self->second);
    R->ops->grad(R, run->shape, self->target, self->gradient);
    for (int64_t j = 0; j < size; j++) {
        self->inverse[j] = 1 / self->second[j];
        self->target[j] = -self->gradient[j] * self->inverse[j];
    }
    self->alike = size > 0 ? self->inverse[0] : 0;
    for (int64_t j = 0; j < size; j++)
        if (self->inverse[j] != self->alike) self->alike = 0;
}

/* The square of row i, centred where the columns are, in the metric. */
static double row_square(erm__dual *self, const erm_run *run, int64_t i)
{
    const erm_row row = erm__dual_row(self, i, 0);
    double square = 0, cross = 0;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        const double scaled = row.value[p] * self->inverse[j * run->k];
        square += row.value[p] * scaled;
        if (run->centre) cross += scaled * run->centre[j];
    }
    if (run->centre) self->cross[i] = cross;
    const double centred = square - 2 * cross + self->centre_square;
    return centred > 0 ? centred : 0;
}

void erm__dual_measure_rows(erm__dual *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows;
    const double S = run->workspace->total_weight;
    double mean = 0;
    for (int64_t j = 0; run->centre && j < run->d; j++)
        self->centre_square += self->inverse[j * run->k] * run->centre[j] * run->centre[j];
    const bool plain = self->alike > 0 && !run->centre;
    if (plain) self->X->ops->row_sqnorms(self->X, (erm_rows){.count = n}, self->q);
    for (int64_t i = 0; i < n; i++) {
        self->q[i] = plain ? self->alike * self->q[i] : row_square(self, run, i);
        mean += erm__dual_weight(run, i) * self->q[i] / S;
    }
    run->passes++;
    if (run->problem->intercept) self->loose = mean > 0 ? mean : 1;
    for (int64_t i = 0; i < n; i++)
        self->q[i] = fmax(erm__dual_weight(run, i) / S * (self->q[i] + self->loose), LEAST_SQUARE * (mean > 0 ? mean : 1));
    const double curvature = run->problem->loss.ops->curvature(&run->problem->loss, run->k);
    self->multiple = 1 + (isfinite(curvature) ? curvature : 0) * (mean + self->loose) / (double)n;
}
