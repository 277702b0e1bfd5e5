/* Dual coordinate ascent's epoch: exact steps along single dual variables, in random order. */
#include <math.h>

#include "solver/dual.h"

enum { ROW_COST = 16 }; /* of a row, in values */

/* The violation of row i's optimality is how far its margin is from the subdifferential of l* at a_i; its slack, where that is 0, is
 * how far the margin can move before the variable does. */
typedef struct stance {
    double violation, slack;
} stance;

static double positive(double x) { return x > 0 ? x : 0; }

static stance stance_of(const erm_dual_form *form, double z, double a)
{
    const double pull = z - form->at - form->curve * a;
    if (a == 0 && form->flat > 0) {
        const double slack = form->flat - fabs(pull);
        return (stance){.violation = positive(-slack), .slack = positive(slack)};
    }
    const double up = a > 0 ? pull - form->flat : pull + form->flat; /* flat is 0 where a is */
    if (a >= form->high) return (stance){.violation = positive(-up), .slack = positive(up)};
    if (a <= form->low) return (stance){.violation = positive(up), .slack = positive(-up)};
    return (stance){.violation = fabs(up)};
}

/* The maximiser of  a'z - l*(a') - q/2 (a' - a)^2. */
static double best_dual(const erm_dual_form *form, double z, double q, double a)
{
    double pull = q * a + z - form->at;
    if (form->flat > 0) pull = pull > form->flat ? pull - form->flat : pull < -form->flat ? pull + form->flat : 0;
    const double best = pull / (form->curve + q);
    return best < form->low ? form->low : best > form->high ? form->high : best;
}

static stance visit(erm__dual *self, erm_run *run, int64_t i, erm_row row)
{
    const erm_loss *loss = &run->problem->loss;
    const double z = erm__dual_margin(self, run, row) + erm__dual_offset(run, i), q = self->q[i], a = self->a[i];
    stance found = {0};
    double next = a;
    if (loss->ops->dual_form) {
        erm_dual_form form;
        loss->ops->dual_form(loss, run->problem->y[i], &form);
        found = stance_of(&form, z, a);
        if (found.violation > 0) next = best_dual(&form, z, q, a);
    } else {
        loss->ops->dual_step(loss, 1, run->problem->y + i, q, &z, &next);
        found.violation = q * fabs(next - a);
    }
    if (next == a) return found;
    self->gain += 0.5 * erm__dual_weight(run, i) * q * (next - a) * (next - a);
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

double erm__dual_epoch(erm__dual *self, erm_run *run, double idle)
{
    erm_row ahead[ERM_DUAL_AHEAD + 1];
    const int64_t count = self->active;
    double largest = 0;
    self->gains += self->gain;
    self->gain = 0;
    erm__dual_shuffle(self, run);
    erm__dual_find_shift(self, run);
    for (int64_t t = 0, read = 0; t < count; t++) {
        for (; read < count && read <= t + ERM_DUAL_AHEAD; read++)
            ahead[read % (ERM_DUAL_AHEAD + 1)] = erm__dual_row(self, self->order[self->turn[read]], read);
        const int64_t i = self->order[self->turn[t]];
        const erm_row row = ahead[t % (ERM_DUAL_AHEAD + 1)];
        const stance found = visit(self, run, i, row);
        self->effort += (double)(row.count + ROW_COST);
        if (found.violation > largest) largest = found.violation;
        if (found.slack > idle) self->order[self->turn[t]] = -1;
    }
    run->passes += (double)count / (double)run->problem->X->rows;
    drop_marked(self);
    return largest;
}
