/* OWL-QN: L-BFGS for F = f + sum_j a_j |w_j|, f smooth: each step stays in one orthant, where the penalty is linear.
 *
 * Andrew and Gao (2007), "Scalable training of L1-regularized log-linear models", ICML: the direction comes from the
 * pseudo-gradient (their equation 4) and the pairs of f's gradients, entries of it that point against the pseudo-gradient
 * are dropped, and the trial point is projected on the orthant of w (of the negative pseudo-gradient where w_j = 0).
 * Backtracking as in their equation 6, with the minimiser of the parabola through what is known. a_j = l1 factor_j, 0 for
 * the intercept; the l2 part belongs to f.
 *
 * Memory: 2 n k + (2 m + 8) (d + 1) k doubles, m pairs. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/sweep.h"
#include "solver/newton/lbfgs_pairs.h"

enum { DEFAULT_PAIRS = 20, MOST_TRIALS = 50 };
static const double ARMIJO = 1e-4;

typedef struct owlqn {
    double *g, *next_g;        /* size: gradients of f */
    double *pseudo, *p, *next; /* size: pseudo-gradient of F; direction; trial point */
    double *l1, *l2;           /* size: the penalty of each entry */
    double value;              /* F(w) */
    erm__pairs pairs;
} owlqn;

static double evaluate(const owlqn *self, erm_run *run, const double *w, double *g)
{
    const double value = erm_run_gradient(run, (erm_rows){.count = run->workspace->n}, w, g);
    for (int64_t j = 0; j < run->size; j++) g[j] += self->l2[j] * w[j];
    return value + erm_run_penalty(run, w);
}

static erm_status start(void *state, erm_run *run)
{
    owlqn *self = state;
    const erm_lbfgs_params *params = run->params;
    const erm_regularizer *R = &run->problem->regularizer;
    double **const vectors[] = {&self->g, &self->next_g, &self->pseudo, &self->p, &self->next, &self->l1, &self->l2};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = erm_run_take(run, run->size);
    erm__pairs_take(&self->pairs, run, params && params->pairs > 0 ? params->pairs : DEFAULT_PAIRS);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    for (int64_t j = 0; j < run->d * run->k; j++) {
        const double factor = R->factor ? R->factor[j / run->k] : 1;
        self->l1[j] = R->param[0] * factor;
        self->l2[j] = R->param[1] * factor;
    }
    erm__pairs_open(&self->pairs, run, self->l2);
    self->value = evaluate(self, run, run->w, self->g);
    return ERM_OK;
}

/* The subgradient of F of least size. */
static void fill_pseudo(owlqn *self, const erm_run *run)
{
    for (int64_t j = 0; j < run->size; j++) {
        const double g = self->g[j], l1 = self->l1[j], w = run->w[j];
        self->pseudo[j] = w > 0 ? g + l1 : w < 0 ? g - l1 : g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
    }
}

/* p from the pseudo-gradient; returns its slope. */
static double direction(owlqn *self, const erm_run *run)
{
    erm__pairs_direction(&self->pairs, run, self->pseudo, self->p);
    double slope = 0;
    for (int64_t j = 0; j < run->size; j++) {
        if (self->l1[j] > 0 && self->p[j] * self->pseudo[j] >= 0) self->p[j] = 0;
        slope += self->p[j] * self->pseudo[j];
    }
    return slope;
}

/* next = w + t p, projected on the orthant; returns pseudo'(next - w). */
static double project(owlqn *self, const erm_run *run, double t)
{
    double slope = 0;
    for (int64_t j = 0; j < run->size; j++) {
        const double w = run->w[j], orthant = w != 0 ? w : -self->pseudo[j], to = w + t * self->p[j];
        self->next[j] = self->l1[j] > 0 && to * orthant <= 0 ? 0 : to;
        slope += self->pseudo[j] * (self->next[j] - w);
    }
    return slope;
}

static void accept(owlqn *self, erm_run *run, double value)
{
    for (int64_t j = 0; j < run->size; j++) self->p[j] = self->next[j] - run->w[j];
    erm__pairs_add(&self->pairs, run, 1, self->p, self->next_g, self->g);
    memcpy(run->w, self->next, (size_t)run->size * sizeof(double));
    double *const other = self->g;
    self->g = self->next_g;
    self->next_g = other;
    self->value = value;
}

static bool try_step(owlqn *self, erm_run *run)
{
    fill_pseudo(self, run);
    if (!(direction(self, run) < 0)) return false;
    const double rounding = 8 * DBL_EPSILON * fabs(self->value);
    double t = 1;
    for (int trial = 0; trial < MOST_TRIALS; trial++) {
        const double slope = project(self, run, t);
        if (!(slope < 0)) return false;
        const double value = evaluate(self, run, self->next, self->next_g);
        if (value <= self->value + ARMIJO * slope + rounding) {
            accept(self, run, value);
            return true;
        }
        const double share = -slope / (2 * (value - self->value - slope)); /* where the parabola has its minimum */
        t *= isfinite(share) ? fmin(fmax(share, 0.1), 0.5) : 0.1;
    }
    return false;
}

static erm_status step(void *state, erm_run *run)
{
    owlqn *self = state;
    if (try_step(self, run) || self->pairs.count == 0) return ERM_OK;
    erm__pairs_clear(&self->pairs);
    try_step(self, run);
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "owlqn",
    .state_size = sizeof(owlqn),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_ELASTIC_NET | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_owlqn(const erm_lbfgs_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
