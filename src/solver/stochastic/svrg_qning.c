/* SVRG's acceleration by QNing: L-BFGS on the Moreau envelope of F, with an epoch of SVRG for each of its values.
 *
 * Lin, Mairal and Harchaoui (2019), "An inexact variable metric proximal point algorithm for generic quasi-Newton
 * acceleration", SIAM J. Optim. 29. About a centre c an epoch roughly minimises, from w = c,
 *     h(w) = F(w) + kappa / 2 ||w - c||^2   in the metric M^-1;   its end z has brought the envelope min h down to h(z)
 *     g = kappa M^-1 (c - z),   c+ = c - H g,   H from the pairs (c+ - c, g+ - g), at first M / kappa, which makes c+ = z.
 * c+ is kept if h+(z+) <= h(z) - ||g||^2 / (4 kappa), in the metric M (the paper's test; here F(z) may not rise either). Else
 * the next centre is z, which is SVRG as it is without acceleration, and the newest pair is forgotten: where the noise of an
 * epoch outweighs what a step has shown, the pairs are used up one by one.
 *
 * The envelope is smooth whatever R is, and a step needs no strong convexity; W is what prox steps end at, with their zeros.
 * The snapshot is z, where F is known, so that an iteration costs a pass for it and one of steps; with the snapshot at c
 * it costs one more, and there are more of them. kappa = L / (10 n), L as for a step by one row (svrg.c). Theory has L / n for
 * each epoch to solve its problem to a constant; but what an epoch leaves is about linear in c as well, L-BFGS learns
 * it too, and less is faster.
 *
 * Measured on a9a, l2 = 0.1 / n: a relative gap of 1e-6 after 30 passes, 1e-9 after 52; SVRG takes 57 and 134, L-BFGS 191 to
 * 1e-6, FISTA above 900. */
#include <string.h>

#include "solver/stochastic/svrg.h"

enum { PAIRS = 20 };

void erm__qning_take(erm__qning *self, erm_run *run)
{
    self->centre = erm_run_take(run, run->size);
    self->way = erm_run_take(run, run->size);
    self->gradient = erm_run_take(run, run->size);
    erm__pairs_take(&self->pairs, run, PAIRS);
}

void erm__qning_open(erm__svrg *svrg, const erm_run *run, double L)
{
    erm__qning *const self = &svrg->qning;
    svrg->kappa = L > 0 ? 0.1 * L / (double)run->problem->X->rows : 1;
    memcpy(self->centre, run->w, (size_t)run->size * sizeof(double));
    for (int64_t e = 0; e < run->size; e++) self->pairs.first[e] = svrg->metric[e] / svrg->kappa;
    erm__pairs_clear(&self->pairs);
}

void erm__qning_enter(erm__svrg *svrg, erm_run *run)
{
    const double *const c = svrg->qning.centre;
    for (int64_t e = 0; e < run->size; e++) svrg->drift[e] = svrg->gradient[e] - svrg->kappa / svrg->metric[e] * c[e];
    memcpy(run->w, c, (size_t)run->size * sizeof(double));
}

/* ||c - z||^2 in M^-1, z = run->w */
static double distance(const erm__svrg *svrg, const erm_run *run)
{
    double sum = 0;
    for (int64_t e = 0; e < run->size; e++) {
        const double way = svrg->qning.centre[e] - run->w[e];
        sum += way * way / svrg->metric[e];
    }
    return sum;
}

bool erm__qning_descends(const erm__svrg *svrg, const erm_run *run, double value, double slack)
{
    const erm__qning *self = &svrg->qning;
    return value + 0.5 * svrg->kappa * distance(svrg, run) <= self->value - self->decrease + slack;
}

void erm__qning_advance(erm__svrg *svrg, const erm_run *run, double value)
{
    erm__qning *const self = &svrg->qning;
    double *const g = svrg->direction;
    const double square = distance(svrg, run);
    self->value = value + 0.5 * svrg->kappa * square;
    self->decrease = 0.25 * svrg->kappa * square;
    for (int64_t e = 0; e < run->size; e++) g[e] = svrg->kappa / svrg->metric[e] * (self->centre[e] - run->w[e]);
    erm__pairs_add(&self->pairs, run, 1, self->way, g, self->gradient); /* at first the way is 0, which is no pair */
    memcpy(self->gradient, g, (size_t)run->size * sizeof(double));
    erm__pairs_direction(&self->pairs, run, g, self->way);
    for (int64_t e = 0; e < run->size; e++) self->centre[e] += self->way[e];
    self->leapt = self->pairs.count > 0;
}

void erm__qning_retreat(erm__svrg *svrg, const erm_run *run)
{
    erm__qning *const self = &svrg->qning;
    for (int64_t e = 0; e < run->size; e++) self->way[e] += svrg->snapshot[e] - self->centre[e];
    memcpy(self->centre, svrg->snapshot, (size_t)run->size * sizeof(double));
    erm__pairs_drop(&self->pairs, run);
    self->leapt = false;
}
