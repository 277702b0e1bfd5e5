/* Augmented Lagrangian with semismooth Newton steps, for losses of straight lines and a quadratic penalty.
 *
 * With r_i = z_i - at_i the loss is the maximum of a r - flat |a| over low <= a <= high. The proximal point method in the
 * multipliers a (Rockafellar 1976, "Augmented Lagrangians and applications of the proximal point algorithm in convex
 * programming") takes width/2 (a_i - anchor_i)^2 off, which smoothes the loss: l'_i = a_i = the clipped anchor_i + r_i / width,
 * l''_i = 1 / width where a_i is inside, else 0. The smooth problem is solved roughly by Newton's method (Li, Sun, Toh 2018,
 * "A highly efficient semismooth Newton augmented Lagrangian method for solving lasso problems"; for support vector machines
 * Yan and Li 2020, "An efficient augmented Lagrangian method for support vector machine"), then the anchors move to a and the
 * width falls. Its Hessian
 *     lambda R'' + (1/S) X'diag(s l'')X
 * is a sum over the rows near a kink alone, soon a few times d of them, so that a step costs two passes over X and a
 * factor; at first a sample of these rows does. The slope along a step is known from the margins. The multipliers are in the
 * domain of l* and give the certificate. */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "problem/gram.h"
#include "problem/sweep.h"
#include "solver/newton/alm_rows.h"
#include "solver/run.h"

static const double SHRINK = 2;          /* of the width */
static const double ROUGHLY = 0.1;       /* a Newton step that promises less of what the rows leave of the gap is the last */
static const double LEAST_WIDTH = 1e-12; /* of the first */
static const double FLATTER = 0.3;       /* the slope at the end of a step, of that at its beginning */
static const double FAR = 100;           /* times the gap that is asked for: a sample of the zone is enough */
static const double MISSING = 0.5;       /* of the mean squares of a column, for a sample of the rows */
static const double DAMPING = 1e-10, RIDGE = 1e-13; /* of the most that the Hessian can be; of what it is */
enum { MOST_TRIALS = 30, MOST_DAMPINGS = 8, SAMPLE_ROWS_A_COLUMN = 20 };

typedef struct alm {
    erm__alm_rows rows;
    int64_t *zone;           /* n: the rows near a kink */
    double *h;               /* n: their second derivatives, or of all rows */
    double *g, *p, *slope;   /* size; slope: of the penalty */
    double *curvature;       /* size: of the penalty */
    double *factor, *memory; /* m x m; for the Gram matrix */
    double least_width;
    bool far;
    int64_t steps;
} alm;

static void find_gradient(alm *self, erm_run *run)
{
    erm__sweep_transpose(run->workspace, run->centre, self->rows.dual, self->g);
    erm_run_penalty_gradient(run, run->w, self->g);
    run->passes++;
}

static erm_status start(void *state, erm_run *run)
{
    alm *self = state;
    const int64_t n = run->problem->X->rows, m = run->size;
    erm__alm_rows_take(&self->rows, run);
    self->zone = erm_run_take_bytes(run, n, sizeof *self->zone);
    self->h = erm_run_take(run, n);
    double **const vectors[] = {&self->g, &self->p, &self->slope, &self->curvature};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = erm_run_take(run, m);
    self->factor = erm_run_take(run, m * m);
    self->memory = erm__run_scratch(run, erm__gram_memory(run->workspace));
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    const erm_regularizer *R = &run->problem->regularizer;
    R->ops->hessian(R, run->shape, run->w, self->curvature);
    erm__sweep_margins(run->workspace, run->centre, run->w, true, self->rows.r);
    run->passes++;
    erm__alm_rows_set(&self->rows, run);
    self->least_width = LEAST_WIDTH * self->rows.width;
    self->far = true;
    double loss;
    erm__alm_rows_move(&self->rows, run, 0, &loss);
    find_gradient(self, run);
    run->dual = self->rows.dual;
    return ERM_OK;
}

static double weight_of(const erm_run *run, int64_t i) { return run->problem->weight ? run->problem->weight[i] : 1; }

/* A column that few rows have may be missing in a sample of `taken` rows: it gets at least half of what
 * the zone has on average. */
static void mend_diagonal(alm *self, const erm_run *run, int64_t taken)
{
    double mean = 0;
    for (int64_t t = 0; t < taken; t++) mean += self->h[t] / run->workspace->total_weight;
    for (int64_t j = 0; j < run->size; j++) {
        double *const diagonal = self->factor + j * run->size + j;
        *diagonal = fmax(*diagonal, MISSING * mean / run->metric[j]);
    }
}

/* factor = the Hessian of the smoothed loss, of every so many rows of the zone. */
static void sum_zone(alm *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n, wanted = SAMPLE_ROWS_A_COLUMN * run->size;
    const int64_t count = erm__alm_rows_zone(&self->rows, n, self->zone);
    if (run->problem->X->ops->by_columns) { /* single rows are dear */
        memset(self->h, 0, (size_t)n * sizeof(double));
        for (int64_t t = 0; t < count; t++) self->h[self->zone[t]] = weight_of(run, self->zone[t]) / self->rows.width;
        erm__gram(ws, run->centre, self->h, self->memory, self->factor);
        run->passes++;
        return;
    }
    const int64_t stride = self->far && count >= 2 * wanted ? count / wanted : 1;
    int64_t taken = 0;
    for (int64_t t = self->steps % stride; t < count; t += stride) {
        self->zone[taken] = self->zone[t];
        self->h[taken++] = weight_of(run, self->zone[t]) * (double)stride / self->rows.width;
    }
    erm__gram_sample(ws, run->centre, (erm_rows){.count = taken, .list = self->zone}, self->h, self->memory, self->factor);
    run->passes += (double)taken / (double)n;
    if (stride > 1) mend_diagonal(self, run, taken);
}

/* Fewer rows than columns may be in the zone: then a trifle of what all rows could give keeps the factor regular. */
static bool factor(alm *self, erm_run *run)
{
    const int64_t m = run->size;
    double damping = DAMPING / self->rows.width, ridge = RIDGE;
    for (int trial = 0; trial < MOST_DAMPINGS; trial++, damping *= 100, ridge *= 100) {
        sum_zone(self, run);
        for (int64_t j = 0; j < m; j++) {
            double *const diagonal = self->factor + j * m + j;
            *diagonal += self->curvature[j] + ridge * *diagonal + damping / run->metric[j];
        }
        if (erm__cholesky(m, self->factor, run->workspace->threads)) return true;
    }
    return false;
}

/* p = the Newton step, u = X p; returns g'p */
static double direction(alm *self, erm_run *run)
{
    double slope = 0;
    for (int64_t j = 0; j < run->size; j++) self->p[j] = -self->g[j];
    erm__cholesky_solve(run->size, 1, self->factor, self->p);
    for (int64_t j = 0; j < run->size; j++) slope += self->p[j] * self->g[j];
    erm__sweep_margins(run->workspace, run->centre, self->p, false, self->rows.u);
    run->passes++;
    return slope;
}

/* A step length at which the slope along p, which only rises, is small. */
static double line_search(alm *self, erm_run *run, double slope)
{
    double linear = 0, quadratic = 0; /* of the penalty */
    memset(self->slope, 0, (size_t)run->size * sizeof(double));
    erm_run_penalty_gradient(run, run->w, self->slope);
    for (int64_t j = 0; j < run->size; j++) {
        linear += self->slope[j] * self->p[j];
        quadratic += self->curvature[j] * self->p[j] * self->p[j];
    }
    double t = 1, below = 0, slope_below = slope, above = INFINITY, slope_above = INFINITY;
    for (int trial = 0; trial < MOST_TRIALS; trial++) {
        const double now = erm__alm_rows_slope(&self->rows, run, t) + linear + t * quadratic;
        if (fabs(now) <= FLATTER * fabs(slope)) break;
        if (now < 0) {
            below = t;
            slope_below = now;
        } else {
            above = t;
            slope_above = now;
        }
        const double share = slope_below / (slope_below - slope_above); /* regula falsi, away from the ends */
        t = above < INFINITY ? below + (above - below) * fmin(fmax(share, 0.1), 0.9) : 2 * t;
    }
    return t;
}

/* The share of the gap that the gradient leaves: ||g||^2 / 2 in the inverse of the penalty's curvature; where that is 0, what
 * g says to first order, for there a certificate has to mend the multipliers, which is dear. */
static double gap_of_gradient(const alm *self, const erm_run *run)
{
    double gap = 0;
    for (int64_t j = 0; j < run->size; j++) {
        const double g = self->g[j];
        gap += self->curvature[j] > 0 ? g * g / (2 * self->curvature[j]) : fabs(g * run->w[j]);
    }
    return gap;
}

static erm_status step(void *state, erm_run *run)
{
    alm *self = state;
    run->unfinished = false;
    self->steps++;
    if (!factor(self, run)) return ERM_OK; /* rounding level: standing still, which erm_solve sees */
    const double slope = direction(self, run);
    if (!(slope < 0)) return ERM_OK;
    const double t = line_search(self, run, slope);
    for (int64_t j = 0; j < run->size; j++) run->w[j] += t * self->p[j];
    double loss;
    const double gap = erm__alm_rows_move(&self->rows, run, t, &loss);
    const double wanted = run->tol * fabs(loss + erm_run_penalty(run, run->w));
    const bool next = gap > wanted / 2 && -slope / 2 <= ROUGHLY * gap && self->rows.width > self->least_width;
    self->far = gap > FAR * wanted;
    if (next) {
        memcpy(self->rows.anchor, self->rows.a, (size_t)run->workspace->n * sizeof(double));
        self->rows.width /= SHRINK;
        erm__alm_rows_move(&self->rows, run, 0, &loss);
    }
    find_gradient(self, run);
    run->unfinished = next || gap + gap_of_gradient(self, run) > wanted;
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "alm",
    .state_size = sizeof(alm),
    .needs = ERM_NEEDS_KINK | ERM_NEEDS_DIFFERENTIABLE_REGULARIZER | ERM_NEEDS_DIAGONAL_HESSIAN | ERM_NEEDS_ONE_OUTPUT |
             ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_alm(const void *params) { return (erm_solver){.ops = &ops, .params = params}; }
