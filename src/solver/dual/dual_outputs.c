/* Dual coordinate ascent's epoch for several outputs: the k dual variables of a row are set together, as Keerthi, Sundararajan,
 * Chang, Hsieh and Lin (2008, "A sequential dual method for large scale multi-class linear SVMs") do for the hinge loss of
 * Crammer and Singer. */
#include <string.h>

#include "solver/dual/dual.h"

/* The row, less the means where columns are centred. */
static erm_row centred(const erm__dual *self, const erm_run *run, erm_row row)
{
    if (!run->centre) return row;
    for (int64_t j = 0; j < run->d; j++) self->row[j] = -run->centre[j];
    for (int64_t p = 0; p < row.count; p++) self->row[row.index ? row.index[p] : p] += row.value[p];
    return (erm_row){.count = run->d, .value = self->row};
}

static void find_margins(const erm__dual *self, const erm_run *run, int64_t i, erm_row row)
{
    const int64_t k = run->k;
    double *const z = self->z;
    for (int64_t c = 0; c < k; c++) {
        z[c] = run->problem->intercept ? run->w[run->d * k + c] : 0;
        if (run->problem->offset) z[c] += run->problem->offset[i * k + c];
    }
    for (int64_t p = 0; p < row.count; p++) {
        const double *const w = run->w + (row.index ? row.index[p] : p) * k;
        for (int64_t c = 0; c < k; c++) z[c] += row.value[p] * w[c];
    }
}

/* W and b follow a_i that has grown by self->z. */
static void follow(erm__dual *self, erm_run *run, int64_t i, erm_row row)
{
    const int64_t k = run->k;
    const double t = -erm__dual_weight(run, i) / run->workspace->total_weight;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        double *const to = (self->u ? self->u : run->w) + j * k;
        const double scale = t * row.value[p];
        for (int64_t c = 0; c < k; c++) to[c] += scale * self->z[c] * (self->u ? 1 : self->inverse[j * k + c]);
    }
    if (self->u) erm__dual_map(self, run, row);
    for (int64_t e = run->d * k; e < run->size; e++) run->w[e] += t * self->loose * self->z[e - run->d * k];
}

static void visit(erm__dual *self, erm_run *run, int64_t i, erm_row row)
{
    const erm_loss *loss = &run->problem->loss;
    const int64_t k = run->k;
    double *const a = self->a + i * k;
    row = centred(self, run, row);
    find_margins(self, run, i, row);
    memcpy(self->next, a, (size_t)k * sizeof(double));
    loss->ops->dual_step(loss, k, run->problem->y + i * run->workspace->targets, self->q[i], self->z, self->next);
    double moved = 0;
    for (int64_t c = 0; c < k; c++) {
        self->z[c] = self->next[c] - a[c];
        moved += self->z[c] * self->z[c];
        a[c] = self->next[c];
    }
    if (moved > 0) follow(self, run, i, row);
}

void erm__dual_epoch_outputs(erm__dual *self, erm_run *run)
{
    erm_row ahead[ERM_DUAL_AHEAD + 1];
    const int64_t count = self->active;
    erm__dual_shuffle(self, run);
    for (int64_t t = 0, read = 0; t < count; t++) {
        for (; read < count && read <= t + ERM_DUAL_AHEAD; read++)
            ahead[read % (ERM_DUAL_AHEAD + 1)] = erm__dual_row(self, self->order[self->turn[read]], read);
        visit(self, run, self->order[self->turn[t]], ahead[t % (ERM_DUAL_AHEAD + 1)]);
    }
    run->passes += (double)count / (double)run->problem->X->rows;
}
