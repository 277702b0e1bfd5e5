/* How large a working set is, and how long it is worked on before all columns are looked at again. */
#include <math.h>
#include <string.h>

#include "solver/descent/cd_state.h"
#include "solver/descent/working_set.h"

enum { MOST_ROUNDS = 8, MOST_SET_ROUNDS = 6, SETTLED = 50 /* a part of the support */ };
static const double FILL = 0.5, ROUND_RATIO = 0.1, STEP_RATIO = 0.1, PICKED_RATIO = 0.3, SET_TOL = 0.5, SET_RATIO = 0.3;
static const double TOL_SHARE = 0.3, LEAST_RATIO = 1e-4, STEP_SHARE = 0.25, WALK_COST = 1, LIKELY_RATIO = 1e-5;

/* The set stays as it is while it holds all that would move; where its matrix is kept, it holds more, which is nearest to moving,
 * so that it can stay. */
static int64_t set_size(erm__descent *self)
{
    int64_t moves = 0, known = 0, kept = 0;
    for (int64_t j = 0; j < self->units; j++) moves += self->score[j] > ERM_NEARLY;
    for (int64_t t = 0; t < self->count; t++) {
        double *const score = &self->score[self->list[t]];
        known += *score > ERM_NEARLY;
        kept += *score > 0;
        if (*score > 0 && *score <= ERM_NEARLY) *score = ERM_NEARLY;
    }
    self->settled = self->count > 0 && known == moves;
    if (self->params.no_working_set) return moves;
    if (!self->gram.picked || moves > self->gram.room) return moves < self->wanted ? moves : self->wanted;
    if (self->settled && kept <= self->gram.room) return kept;
    const int64_t most = self->wanted < self->gram.room ? self->wanted : self->gram.room;
    const int64_t more = moves + (int64_t)(FILL * (double)moves);
    return more < most ? more : most;
}

/* What the matrix of the listed columns costs, with some forty walks over it at 0.1 ns an entry. */
static double cost_of(const erm__descent *self, int64_t count, const int32_t *list)
{
    const erm__picked_size size = erm__picked_estimate(self->gram.picked, count, list, self->mark);
    return erm__descent_pairs_cost(self, count, size) + WALK_COST * (double)count * (double)count;
}

/* Enlarges the set by what is nearest to moving, as far as that costs no more than a third of what another step would for a look
 * at all columns and picking others. near: the `found` units with the highest scores, which are in `pull`. */
static void enlarge(erm__descent *self, int64_t found, const int32_t *near)
{
    const double most = cost_of(self, self->count, self->list) + STEP_SHARE * (double)self->gram.picked->X->nnz;
    int32_t *const some = self->moved;
    for (int64_t wanted = found; wanted > self->count + self->count / 4; wanted = (wanted + self->count) / 2) {
        const int64_t count = erm__working_set(found, self->pull, wanted, self->scratch, some);
        for (int64_t t = 0; t < count; t++) some[t] = near[some[t]];
        if (cost_of(self, count, some) > most) continue;
        memcpy(self->list, some, (size_t)count * sizeof *some);
        self->count = count;
        return;
    }
}

int64_t erm__descent_choose(erm__descent *self)
{
    const int64_t wanted = set_size(self), room = self->gram.room;
    if (!self->mark || self->settled || wanted >= room || self->params.no_working_set) {
        self->count = erm__working_set(self->units, self->score, wanted, self->scratch, self->list);
        return self->count;
    }
    int32_t *const near = self->active;
    const int64_t found = erm__working_set(self->units, self->score, room, self->scratch, near);
    for (int64_t t = 0; t < found; t++) self->pull[t] = self->score[near[t]];
    self->count = erm__working_set(found, self->pull, wanted, self->scratch, self->list);
    for (int64_t t = 0; t < self->count; t++) self->list[t] = near[self->list[t]];
    enlarge(self, found, near);
    return self->count;
}

/* How far the problem on the working set is to be solved: once the set has settled, until the gap is likely to be within tol. */
static double step_ratio(erm__descent *self, const erm_run *run)
{
    const double most = self->by_rows ? PICKED_RATIO : STEP_RATIO;
    self->aimed = false;
    if (!self->by_rows || !self->settled || !(self->gap > 0)) return most;
    const double needed = TOL_SHARE * run->tol * fabs(self->loss + self->penalty) / self->gap;
    self->aimed = needed >= LIKELY_RATIO;
    return fmin(most, fmax(LEAST_RATIO, needed));
}

/* The loss is not quadratic: rounds of a model each, until one changes no more than tol, or the next one is likely to. Returns
 * the last one's first change. */
static double minimise(erm__descent *self, erm_run *run, int64_t count, double tol)
{
    double change = INFINITY;
    self->enough = tol;
    for (int round = 0; round < MOST_ROUNDS && change > self->enough; round++) {
        if (!self->derived) erm__descent_derivatives(self, run);
        if (self->by_rows && round > 0)
            self->enough = fmax(tol, sqrt(tol * change)); /* the next one changes change^2 / last, or less */
        change = erm__descent_round(self, run, count, ROUND_RATIO * tol, ROUND_RATIO);
    }
    self->reached = self->aimed && change <= self->enough;
    return change;
}

/* The gradient on the working set alone, 0 elsewhere: where the gap is as wide for the set alone, it is not worth
 * a look at the others. */
static double look_at_set(erm__descent *self, erm_run *run, int64_t count)
{
    const int threads = run->workspace->threads;
    erm__descent_derivatives(self, run);
    memset(self->g, 0, (size_t)run->d * sizeof(double));
    const int64_t columns = erm__descent_members(self, count, self->moved);
    const double *products = self->pull;
    if (self->by_rows)
        products = erm__picked_products(self->gram.picked, self->d, threads);
    else
        erm__columns_dots(self->model.X, columns, self->moved, self->d, threads, self->pull);
    for (int64_t t = 0; t < columns; t++) {
        const int32_t j = self->moved[t];
        self->g[j] = products[self->by_rows ? self->gram.picked->slot[j] : t] / run->workspace->total_weight;
    }
    run->passes += (double)columns / (double)run->d;
    return erm__descent_gap(self, run, false);
}

/* The squared loss, which is its own model. Of a set with hardly anything new in it, which may be the last, the own gap is
 * brought down to what is wanted of the whole; digits of another would be lost again. */
static double minimise_quadratic(erm__descent *self, erm_run *run, int64_t count, int64_t support, double worst)
{
    const bool settled = count - support <= support / SETTLED || (self->gram.picked && self->settled);
    double tol = ROUND_RATIO * STEP_RATIO * worst, change = 0;
    for (int round = 0; round < MOST_SET_ROUNDS; round++, tol *= SET_RATIO) {
        const double now = erm__descent_round(self, run, count, tol, round == 0 ? ROUND_RATIO : SET_RATIO);
        change = round == 0 ? now : change;
        erm__descent_refresh(self, run);
        if (!settled || now == 0) break;
        const double gap = look_at_set(self, run, count);
        self->reached = gap <= SET_TOL * run->tol * fabs(self->loss + self->penalty);
        if (!(gap < INFINITY) || self->reached) break;
    }
    return change;
}

double erm__descent_work(erm__descent *self, erm_run *run, int64_t count, int64_t support, double worst)
{
    if (self->squared) return minimise_quadratic(self, run, count, support, worst);
    return minimise(self, run, count, step_ratio(self, run) * worst);
}
