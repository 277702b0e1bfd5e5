/* The model of proximal Newton steps: a quadratic from a sample's Hessian, which learns, and the penalty.
 *
 * The sample: Xu, Yang, Roosta, Re and Mahoney (2016), "Sub-sampled Newton methods with non-uniform sampling". What a step shows
 * of the curvature corrects it by the formula of Broyden, Fletcher, Goldfarb and Shanno (1970), Nocedal and Wright (2006),
 * section 6.1. The intercept, which no penalty touches, is eliminated. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/gram.h"
#include "solver/newton/prox_newton.h"

static const double MODEL_TOL = 1e-13, LEAST_CURVATURE = 0.1; /* of the mean, for columns that a sample missed */

/* One row from each of as many stretches of equal sum of h; returns the weight of each. */
static double draw(erm__prox_newton *self, erm_run *run, double sum)
{
    const int64_t n = run->workspace->n;
    const double distance = sum / (double)self->rows;
    double passed = 0, next = distance * erm_rng_uniform(&run->rng);
    int64_t count = 0, last = 0;
    for (int64_t i = 0; i < n && count < self->rows; i++) {
        passed += self->h[i];
        if (self->h[i] > 0) last = i;
        while (count < self->rows && next < passed) {
            self->list[count++] = i;
            next = distance * ((double)count + erm_rng_uniform(&run->rng));
        }
    }
    while (count < self->rows) self->list[count++] = last; /* lost in rounding */
    return distance;
}

/* A from the sample at `now`, or from all rows. */
void erm__prox_newton_make(erm__prox_newton *self, erm_run *run)
{
    erm__workspace *ws = run->workspace;
    const int64_t n = ws->n, m = run->size;
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, 1);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += self->h[i];
    if (self->rows >= n || !(sum > 0)) {
        erm__gram(ws, run->centre, self->h, self->memory, self->A);
        run->passes++;
    } else {
        const double each = draw(self, run, sum);
        for (int64_t t = 0; t < self->rows; t++) self->weight[t] = each;
        erm__gram_sample(ws, run->centre, (erm_rows){.count = self->rows, .list = self->list}, self->weight, self->memory,
                         self->A);
        run->passes += (double)self->rows / (double)n;
    }
    const double mean = sum / ws->total_weight, seen = self->rows >= n ? 0 : LEAST_CURVATURE * mean;
    const double damping = self->damping * (isfinite(bound) ? bound : fmax(mean, DBL_MIN));
    for (int64_t j = 0; j < m; j++) {
        const double mean_square = run->metric && j < run->d ? 1 / run->metric[j] : 1;
        self->A[j * m + j] = fmax(self->A[j * m + j], seen * mean_square) + damping * mean_square;
    }
    self->made = true;
}

/* y = A p */
static void multiply(int64_t m, const double *A, const double *p, double *y)
{
    for (int64_t i = 0; i < m; i++) {
        double sum = 0;
        for (int64_t j = 0; j < m; j++) sum += A[i * m + j] * p[j];
        y[i] = sum;
    }
}

/* A += y y' / y'p - A p p'A / p'A p with y what the gradient changed by along p. */
void erm__prox_newton_learn(erm__prox_newton *self, const erm_run *run)
{
    const int64_t m = run->size;
    double *const p = self->p, *const v = self->y, *const A = self->A;
    for (int64_t j = 0; j < m; j++) p[j] = self->now.w[j] - self->before.w[j];
    multiply(m, A, p, v);
    double seen = 0, known = 0;
    for (int64_t j = 0; j < m; j++) {
        known += p[j] * v[j];
        seen += p[j] * (self->now.g[j] - self->before.g[j]);
    }
    if (!(seen > 1e-3 * known) || !(known > 0)) return;
    for (int64_t i = 0; i < m; i++) {
        const double y = (self->now.g[i] - self->before.g[i]) / seen, u = v[i] / known;
        for (int64_t j = 0; j < m; j++) A[i * m + j] += y * (self->now.g[j] - self->before.g[j]) - u * v[j];
    }
}

/* The model at `now` without the intercept, which is eliminated. */
static void set_model(erm__prox_newton *self, const erm_run *run)
{
    erm__quadratic *const model = &self->model;
    const int64_t d = run->d, m = run->size;
    const double *const last = self->A + d * m, *const g = self->now.g;
    const double free = m > d ? 1 / last[d] : 0;
    for (int64_t i = 0; i < d; i++) {
        const double share = m > d ? last[i] * free : 0;
        for (int64_t j = 0; j < d; j++) model->G[i * d + j] = self->A[i * m + j] - (m > d ? share * last[j] : 0);
        model->g[i] = g[i] - (m > d ? share * g[d] : 0);
        model->w[i] = self->now.w[i];
    }
    model->f = fabs(self->now.value); /* its gap is but to be far above rounding as long as there is something to gain */
    for (int64_t j = 0; j < d; j++) model->f += model->g[j] * model->g[j] / model->G[j * d + j];
    model->factored = false;
    erm__quadratic_changed(model, d, run->problem->regularizer);
}

/* Minimises the model. Returns by how much F should fall at first order. */
double erm__prox_newton_descend(erm__prox_newton *self, erm_run *run)
{
    const int64_t d = run->d, m = run->size;
    const double *const last = self->A + d * m, *const g = self->now.g;
    set_model(self, run);
    erm__quadratic_solve(&self->model, MODEL_TOL);
    memcpy(run->w, self->model.w, (size_t)d * sizeof(double));
    double slope = erm_run_penalty(run, run->w) - erm_run_penalty(run, self->now.w), pull = m > d ? g[d] : 0;
    for (int64_t j = 0; j < d; j++) {
        slope += g[j] * (run->w[j] - self->now.w[j]);
        if (m > d) pull += last[j] * (run->w[j] - self->now.w[j]);
    }
    if (m > d) {
        run->w[d] = self->now.w[d] - pull / last[d];
        slope -= g[d] * pull / last[d];
    }
    return -slope;
}
