/* The model of proximal Newton steps on a working set: a Hessian from the rows with a second derivative, and the penalty.
 *
 * The intercept, which no penalty touches, is eliminated. A penalty on single entries is minimised over the features that matter
 * by quadratic.c, any other over all of them by gram_prox.c. */
#include "solver/newton/set_model.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/sweep.h"
#include "regularizer/entries.h"
#include "solver/descent/working_set.h"

enum { MOST_ROOM = 2000, MOST_FEATURES = 1000, LEAST_MORE = 64 };
static const double RATIO = 1e-3; /* of the prox-gradient step at w is left of the model's */
static const double FIRST_DAMPING = 1e-5;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static bool has_entries(const erm_regularizer *R, int64_t d)
{
    erm_entry entry;
    bool all = R->ops->separable && R->ops->entry;
    for (int64_t j = 0; all && j < d; j++) all = R->ops->entry(R, j, j, &entry);
    return all;
}

/* Whether most features may rest, at 0. */
static bool leaves_few(const erm_regularizer *R, int64_t d)
{
    erm_entry entry = {0};
    int64_t rest = 0;
    for (int64_t j = 0; j < d; j++) rest += R->ops->entry(R, j, j, &entry) && (entry.l1 > 0 || entry.low == 0 || entry.high == 0);
    return d - rest <= MOST_ROOM / 2;
}

bool erm__set_model_suits(const erm_regularizer *R, int64_t d)
{
    return d <= MOST_FEATURES || (has_entries(R, d) && (d <= MOST_ROOM || leaves_few(R, d)));
}

erm_status erm__set_model_open(erm__set_model *self, erm_run *run)
{
    const int64_t d = run->d, room = least(d, MOST_ROOM);
    const erm_regularizer *const R = &run->problem->regularizer;
    self->by_entries = has_entries(R, d);
    self->by_groups = !self->by_entries && erm__quadratic_suits(R);
    self->room = room;
    self->damping = FIRST_DAMPING;
    self->entry = erm_run_take_bytes(run, d, sizeof *self->entry);
    self->chosen = erm_run_take_bytes(run, room, sizeof *self->chosen);
    self->square = erm_run_take(run, d);
    self->score = erm_run_take(run, run->size);
    self->scratch = erm_run_take(run, run->size);
    self->list = erm_run_take_bytes(run, d, sizeof *self->list);
    self->A = erm__run_scratch(run, (room + 1) * (room + 1));
    erm__set_gram_take(&self->gram, run, room);
    if (!self->by_entries && !self->by_groups) erm__gram_prox_take(&self->gram_prox, run);
    const erm_regularizer entries = erm__entries(self->chosen);
    if (!erm_run_ok(run) || !erm__quadratic_open(&self->quadratic, &run->workspace->arena, room, self->by_groups ? R : &entries,
                                                 run->workspace->threads))
        return ERM_ENOMEM;
    for (int64_t j = 0; self->by_entries && j < d; j++) R->ops->entry(R, j, j, &self->entry[j]);
    for (int64_t j = 0; run->metric && j < d; j++) self->square[j] = 1 / run->metric[j];
    if (!run->metric) erm__column_mean_squares(run->workspace, run->centre, self->square);
    return ERM_OK;
}

static double curvature_of(const erm_run *run) { return run->problem->loss.ops->curvature(&run->problem->loss, 1); }

static bool is_inside(const erm_entry *entry, double w)
{
    return w > entry->low && w < entry->high && (w != 0 || entry->l1 == 0);
}

/* The features that may move both ways, and of the others those that would move most; where the former are too many, of all. */
void erm__set_model_choose(erm__set_model *self, const erm_run *run, const double *g)
{
    const double bound = curvature_of(run);
    int64_t inside = 0;
    self->count = run->d;
    for (int64_t j = 0; !self->by_entries && j < run->d; j++) self->list[j] = (int32_t)j;
    if (!self->by_entries) return;
    for (int64_t j = 0; j < run->d; j++) {
        const double curvature = bound * self->square[j], w = run->w[j];
        self->score[j] = fabs(erm__entry_least(&self->entry[j], w, g[j], curvature) - w) * sqrt(curvature);
        inside += is_inside(&self->entry[j], w);
    }
    for (int64_t j = 0; inside < self->room && j < run->d; j++)
        if (is_inside(&self->entry[j], run->w[j])) self->score[j] = INFINITY;
    const int64_t more = inside / 2 > LEAST_MORE ? inside / 2 : LEAST_MORE;
    self->count = erm__working_set(run->d, self->score, least(self->room, inside + more), self->scratch, self->list);
}

/* A, and G (d or `room` a row), slope and w without the intercept. */
static void fill(erm__set_model *self, const erm_run *run, const double *g, int64_t row, double *G, double *slope, double *w)
{
    const int64_t count = self->count, m = self->m;
    double *const A = self->A, *const last = A + count * m, damping = self->damping * curvature_of(run);
    for (int64_t t = 0; t < count; t++) {
        const double square = self->square[self->list[t]];
        A[t * m + t] += damping * (square > 0 ? square : 1);
    }
    if (m > count) last[count] += damping;
    for (int64_t s = 0; s < count; s++) {
        const int32_t j = self->list[s];
        const double share = m > count ? last[s] / last[count] : 0;
        for (int64_t t = 0; t < count; t++) G[s * row + t] = A[s * m + t] - (m > count ? share * last[t] : 0);
        slope[s] = g[j] - (m > count ? share * g[run->d] : 0);
        w[s] = run->w[j];
    }
}

/* The size of the prox-gradient step at w, in the metric that the model is measured in. */
static double size_of_step(const erm__set_model *self)
{
    const erm__quadratic *const model = &self->quadratic;
    double energy = 0;
    for (int64_t s = 0; s < self->count; s++) {
        const double curvature = model->G[s * model->room + s];
        const double move = erm__entry_least(&self->chosen[s], model->w[s], model->g[s], curvature) - model->w[s];
        energy += curvature * move * move;
    }
    return sqrt(energy);
}

/* The minimiser over the set, in quadratic.w; returns by how much R rises. */
static double descend_entries(erm__set_model *self, const erm_run *run, const double *g)
{
    erm__quadratic *const model = &self->quadratic;
    fill(self, run, g, model->room, model->G, model->g, model->w);
    for (int64_t s = 0; s < self->count; s++) self->chosen[s] = self->entry[self->list[s]];
    memcpy(self->scratch, model->w, (size_t)self->count * sizeof(double));
    const erm_regularizer R = erm__entries(self->chosen);
    const erm_shape shape = {.d = self->count, .k = 1};
    const double before = R.ops->value(&R, shape, model->w);
    model->f = 1 - before; /* so that the model's value is 1, which its tolerance is relative to */
    model->factored = false;
    erm__quadratic_changed(model, self->count, R);
    erm__quadratic_solve(model, RATIO * size_of_step(self));
    return R.ops->value(&R, shape, model->w) - before;
}

/* Of groups: all features. */
static double descend_groups(erm__set_model *self, erm_run *run, const double *g)
{
    erm__quadratic *const model = &self->quadratic;
    fill(self, run, g, model->room, model->G, model->g, model->w);
    model->f = 1; /* its gap is but to be far above rounding as long as there is something to gain */
    for (int64_t j = 0; j < run->d; j++) model->f += model->g[j] * model->g[j] / model->G[j * model->room + j];
    model->factored = false;
    erm__quadratic_changed(model, run->d, run->problem->regularizer);
    erm__quadratic_solve(model, RATIO * RATIO * erm__quadratic_solve(model, INFINITY));
    return erm_run_penalty(run, model->w) - erm_run_penalty(run, run->w);
}

static double descend_all(erm__set_model *self, erm_run *run, const double *g)
{
    erm__gram_prox *const model = &self->gram_prox;
    fill(self, run, g, run->d, self->quadratic.G, model->slope, model->w);
    const double before = erm_run_penalty(run, run->w);
    erm__gram_prox_solve(model, run, self->quadratic.G, RATIO);
    return erm_run_penalty(run, model->w) - before;
}

double erm__set_model_descend(erm__set_model *self, erm_run *run, const double *g, int64_t rows, const int64_t *list,
                              const double *h, double *p)
{
    const int64_t count = self->count, m = self->m = count + (run->problem->intercept ? 1 : 0), d = run->d;
    const double *const last = self->A + count * m;
    erm__set_gram_sum(&self->gram, run, count, self->list, rows, list, h, self->A);
    memset(p, 0, (size_t)run->size * sizeof(double));
    double pull = m > count ? g[d] : 0;
    double slope = self->by_entries  ? descend_entries(self, run, g)
                   : self->by_groups ? descend_groups(self, run, g)
                                     : descend_all(self, run, g);
    const double *const end = self->by_entries || self->by_groups ? self->quadratic.w : self->gram_prox.w;
    for (int64_t s = 0; s < count; s++) {
        const int32_t j = self->list[s];
        p[j] = end[s] - run->w[j];
        slope += g[j] * p[j];
        if (m > count) pull += last[s] * p[j];
    }
    if (m == count) return slope;
    p[d] = -pull / last[count];
    return slope + g[d] * p[d];
}
