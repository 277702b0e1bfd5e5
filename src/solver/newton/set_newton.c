/* Proximal Newton's method on a working set of the features, for losses that are straight along most rows.
 *
 *     v = argmin over the set of  g'(v - w) + (v - w)'(A + D)(v - w) / 2 + R(v),      A = (1/S) sum_i s_i l''_i x_i x_i'
 *
 * Semismooth Newton steps on the augmented Lagrangian as those of Li, Sun and Toh (2018), "A highly efficient semismooth Newton
 * augmented Lagrangian method for solving lasso problems", in the primal: A is a sum over the rows with l'' > 0 alone and the set
 * holds little more than the support, so that A is small and exact, and its problem is solved to the last digit (quadratic.c). D
 * is a trifle of what all rows could give, for fewer rows may be near a kink than features in the set. Along the step, F is at
 * most f(w + t p) + (1 - t) R(w) + t R(w + p), whose slope the margins tell.
 *
 * Memory: 4 n + 20 d doubles and 3 room^2, room = min(d, 2000). */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/margins.h"
#include "problem/sweep.h"
#include "solver/newton/set_model.h"
#include "solver/newton/set_newton.h"

enum { MOST_TRIALS = 30 };
static const double DAMPING = 1e-5, LEAST_DAMPING = 1e-10, MOST_DAMPING = 1e-1; /* of the most that the Hessian can be */
static const double SHORT = 0.3;                                                /* a step that asks for more damping */
static const double ROUNDING = 8 * DBL_EPSILON;
static const double FLATTER = 0.3; /* the slope at the end of a step, of that at its beginning */

typedef struct set_newton {
    erm__set_model model;
    double *z, *u, *d, *h; /* n: margins, their change, s l', s l'' of the rows in the zone */
    int64_t *zone;         /* n: the rows with l'' > 0 */
    double *g, *p;         /* size */
} set_newton;

static erm_status start(void *state, erm_run *run)
{
    set_newton *self = state;
    const int64_t n = run->workspace->n;
    double **const rows[] = {&self->z, &self->u, &self->d, &self->h};
    for (size_t v = 0; v < sizeof rows / sizeof *rows; v++) *rows[v] = erm_run_take(run, n);
    self->g = erm_run_take(run, run->size);
    self->p = erm_run_take(run, run->size);
    self->zone = erm_run_take_bytes(run, n, sizeof *self->zone);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    erm_run_prox(run, DBL_MIN, NULL, run->w, run->w); /* into the set, where there is one */
    return erm__set_model_open(&self->model, run);
}

/* z, g, d at w, and l'' of the rows in the zone. Returns how many these are. */
static int64_t look(set_newton *self, erm_run *run, double *value)
{
    erm__workspace *const ws = run->workspace;
    if (!erm__run_known(run, self->z, self->g)) {
        erm__sweep_run(
            ws,
            &(erm__sweep){.rows = erm__all_rows(ws), .w = run->w, .centre = run->centre, .gradient = self->g, .margin = self->z});
        run->passes++;
    }
    *value = erm__margins_derivatives(ws, self->z, self->d, self->h) + erm_run_penalty(run, run->w);
    int64_t count = 0;
    for (int64_t i = 0; i < ws->n; i++) {
        self->zone[count] = i;
        self->h[count] = self->h[i];
        count += self->h[i] > 0;
    }
    return count;
}

/* A step length up to 1 at which the slope, which only rises, is small; rise: R(w + p) - R(w). */
static double line_search(set_newton *self, erm_run *run, double slope, double rise)
{
    double t = 1, below = 0, slope_below = slope, above = INFINITY, slope_above = INFINITY;
    for (int trial = 0; trial < MOST_TRIALS; trial++) {
        double now;
        erm__margins_slope(run->workspace, self->z, self->u, t, &now);
        now += rise;
        if (now <= -FLATTER * slope && (t == 1 || now >= FLATTER * slope)) break;
        if (now < 0) {
            below = t;
            slope_below = now;
        } else {
            above = t;
            slope_above = now;
        }
        const double share = slope_below / (slope_below - slope_above); /* regula falsi, away from the ends */
        t = below + (above - below) * fmin(fmax(share, 0.1), 0.9);
    }
    return t;
}

static erm_status step(void *state, erm_run *run)
{
    set_newton *self = state;
    erm__set_model *const model = &self->model;
    double value;
    const int64_t rows = look(self, run, &value);
    erm__set_model_choose(model, run, self->g);
    if (model->count == 0 && !run->problem->intercept) return ERM_OK;
    const double slope = erm__set_model_descend(model, run, self->g, rows, self->zone, self->h, self->p);
    erm__sweep_margins(run->workspace, run->centre, self->p, false, self->u);
    run->passes++;
    double rise = slope;
    for (int64_t j = 0; j < run->size; j++) rise -= self->g[j] * self->p[j];
    const bool visible = slope < -ROUNDING * fabs(value); /* else what F says is rounding, but the gradient still has digits */
    const double t = visible ? line_search(self, run, slope, rise) : 1;
    for (int64_t j = 0; j < run->size; j++) run->w[j] += t * self->p[j];
    if (t == 1) model->damping = fmax(LEAST_DAMPING, model->damping / 10);
    if (t < SHORT) model->damping = fmin(MOST_DAMPING, model->damping * 10);
    return ERM_OK;
}

/* Of what is kept from step to step nothing is about the loss. */
static void changed(void *state, erm_run *run)
{
    set_newton *const self = state;
    (void)run;
    self->model.damping = fmax(self->model.damping, DAMPING);
}

static const erm_solver_ops ops = {
    .name = "set-newton",
    .state_size = sizeof(set_newton),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_BOUNDED_CURVATURE | ERM_NEEDS_ONE_OUTPUT | ERM_CAN_RESUME,
    .start = start,
    .step = step,
    .changed = changed,
};

bool erm__set_newton_suits(const erm_problem *problem)
{
    return erm__set_gram_suits(problem->X) && erm__set_model_suits(&problem->regularizer, problem->X->cols);
}

erm_solver erm__solver_set_newton(void) { return (erm_solver){.ops = &ops}; }
