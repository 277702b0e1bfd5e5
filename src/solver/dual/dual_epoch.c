/* Dual coordinate ascent's epoch: exact steps along single dual variables, in random order. */
#include "solver/dual/dual_step.h"

/* Compiled as dual_compressed.c is, as what kind of matrix the rows come from must make no difference to a bit. */
ERM_KERNEL static erm__stance visit(erm__dual *self, erm_run *run, int64_t i, erm_row row)
{
    const double z = erm__dual_margin(self, run, row) + erm__dual_offset(run, i), a = self->a[i];
    double next;
    const erm__stance found = erm__dual_consider(self, run, i, z, a, &next);
    if (next == a) return found;
    self->gain += 0.5 * erm__dual_weight(run, i) * self->q[i] * (next - a) * (next - a);
    self->a[i] = next;
    erm__dual_follow(self, run, i, row, next - a, run->w);
    return found;
}

void erm__dual_shuffle(erm__dual *self, erm_run *run)
{
    const int64_t count = self->active, length = self->block, blocks = (count + length - 1) / length;
    for (int64_t b = 0; b < blocks; b++) self->block_order[b] = b;
    erm_rng_shuffle(&run->rng, blocks, self->block_order);
    int64_t filled = 0;
    for (int64_t b = 0; b < blocks; b++) {
        const int64_t first = self->block_order[b] * length, left = count - first, here = left < length ? left : length;
        for (int64_t t = 0; t < here; t++) self->turn[filled + t] = first + t;
        erm_rng_shuffle(&run->rng, here, self->turn + filled);
        filled += here;
    }
}

/* Takes the rows out of `order` that are marked by -1. */
static void drop_marked(erm__dual *self)
{
    int64_t kept = 0;
    for (int64_t t = 0; t < self->active; t++)
        if (self->order[t] >= 0) self->order[kept++] = self->order[t];
    self->active = kept;
}

/* Rows of any kind; returns the typical violation. */
ERM_KERNEL static double visit_all(erm__dual *self, erm_run *run, double idle)
{
    erm_row ahead[ERM_DUAL_AHEAD + 1];
    const int64_t count = self->active;
    erm__unrest unrest = {0};
    erm__dual_find_shift(self, run);
    for (int64_t t = 0, read = 0; t < count; t++) {
        for (; read < count && read <= t + ERM_DUAL_AHEAD; read++)
            ahead[read % (ERM_DUAL_AHEAD + 1)] = erm__dual_row(self, self->order[self->turn[read]], read);
        const int64_t i = self->order[self->turn[t]];
        const erm_row row = ahead[t % (ERM_DUAL_AHEAD + 1)];
        const erm__stance found = visit(self, run, i, row);
        self->effort += (double)(row.count + ERM_DUAL_ROW_COST);
        erm__unrest_add(&unrest, found.violation);
        if (found.slack > idle) self->order[self->turn[t]] = -1;
    }
    return erm__unrest_typical(&unrest);
}

double erm__dual_epoch(erm__dual *self, erm_run *run, double idle)
{
    const int64_t count = self->active;
    self->gains += self->gain;
    self->gain = 0;
    erm__dual_shuffle(self, run);
    const double typical = self->compressed ? erm__dual_visit_compressed(self, run, idle) : visit_all(self, run, idle);
    run->passes += (double)count / (double)run->problem->X->rows;
    drop_marked(self);
    return typical;
}
