/* Coordinate descent on working sets; prox-Newton around it where the loss is not quadratic.
 *
 * A step: the units (coordinates, or groups) that violate optimality most, and all that are not 0, make the working set, at least
 * twice as large as the latter; the problem is solved on it, to a part of the violation there was; then all columns are
 * looked at again. Once the working set holds the support, the others are not touched any more but for that look.
 *
 * Massias, Gramfort and Salmon (2018), "Celer: a fast solver for the lasso with dual extrapolation", algorithm 4; Johnson and
 * Guestrin (2015), "Blitz"; Bertrand, Klopfenstein, Bannier, Gidel and Massias (2022), "Beyond L1: faster and better sparse
 * models with skglm", algorithm 1. The passes: cd_pass.c, cd_group.c; with extrapolation: cd_solve.c; the line search:
 * cd_round.c; the model of the loss, on columns or on a matrix: cd_model.c; the working set: cd_work.c; scores, gap and
 * screening: cd_score.c. */
#include <math.h>
#include <string.h>

#include "problem/intercept.h"
#include "problem/sweep.h"
#include "solver/columns/transpose.h"
#include "solver/descent/cd_many.h"
#include "solver/descent/cd_state.h"

enum { FIRST_SET = 64, FIRST_SHARE = 40, MOST_FIRST = 512 };
static const double FIRST_SAMPLING = 64;

static void take_gram(erm__descent *self, erm_run *run)
{
    const int64_t n = run->workspace->n, room = run->d < ERM_GRAM_MOST ? run->d : ERM_GRAM_MOST;
    erm__cd_gram *const gram = &self->gram;
    gram->room = room;
    gram->place = erm_run_take_bytes(run, run->d, sizeof *gram->place);
    gram->features = erm_run_take_bytes(run, room, sizeof *gram->features);
    gram->G = erm_run_take(run, (room + 1) * (room + 1));
    gram->mean = erm_run_take(run, room + 1);
    gram->point = erm_run_take(run, room);
    gram->change = erm_run_take(run, room);
    gram->start = erm_run_take(run, room);
    gram->centre = run->centre;
    gram->offset = erm_run_take(run, room);
    gram->cd.q = erm_run_take(run, room + 1);
    gram->cd.mean = erm_run_take(run, run->d); /* stays 0: G is centred already */
    gram->packed = erm_run_take(run, erm__cd_gram_packed(room));
    gram->rows = erm_run_take(run, erm__cd_gram_rows(room));
    gram->picked = run->columns->picked.X ? &run->columns->picked : NULL;
    gram->threads = run->workspace->threads;
    gram->slot = erm_run_take_bytes(run, ERM_PICKED_MOST, sizeof *gram->slot);
    self->sample = (erm__row_sample){.n = n, .offset = erm_run_take_bytes(run, n / ERM_GRAM_ROWS + 1, sizeof(int64_t))};
    self->by_rows = gram->picked != NULL;
    self->sampling = gram->picked ? ERM_FIRST_PICKED : FIRST_SAMPLING;
}

static void take_vectors(erm__descent *self, erm_run *run)
{
    const int64_t n = run->workspace->n, d = run->d;
    double **const rows[] = {&self->z, &self->u, &self->d, &self->h, &self->dual, &self->model.q};
    for (size_t v = 0; v < sizeof rows / sizeof *rows; v++) *rows[v] = erm_run_take(run, n);
    double **const cols[] = {&self->g,    &self->mean_square, &self->from,       &self->end,
                             &self->pull, &self->point_x,     &self->model.mean, &self->model.curvature};
    for (size_t v = 0; v < sizeof cols / sizeof *cols; v++) *cols[v] = erm_run_take(run, d);
    self->alive = erm_run_take_bytes(run, d, sizeof *self->alive);
    self->moved = erm_run_take_bytes(run, d, sizeof *self->moved);
    const erm__picked *const picked = &run->columns->picked;
    if (self->model.X->by_rows || (picked->X && !picked->by_columns)) { /* not all columns are there, or were in the beginning */
        self->absent = erm_run_take_bytes(run, d, sizeof *self->absent);
        self->whole = erm_run_take(run, run->size);
    }
    if (run->columns->picked.X || run->columns->by_rows) {
        self->kept.list = erm_run_take_bytes(run, d, sizeof *self->kept.list);
        self->kept.place = erm_run_take_bytes(run, d, sizeof *self->kept.place);
    }
    if (run->columns->picked.X && !self->model.groups) self->mark = erm_run_take_bytes(run, d, sizeof *self->mark);
    self->score = erm_run_take(run, self->units);
    self->scratch = erm_run_take(run, self->units);
    self->list = erm_run_take_bytes(run, self->units, sizeof *self->list);
    self->active = erm_run_take_bytes(run, self->units, sizeof *self->active);
    self->opened = erm_run_take_bytes(run, self->units, sizeof *self->opened);
    if (!self->model.groups) take_gram(self, run);
    if (self->params.no_anderson) return;
    const int64_t most_slopes = 1 + (n > self->gram.room ? n : self->gram.room); /* of the rows, or of the working set */
    self->point_y = erm_run_take(run, most_slopes);
    self->anderson = (erm__anderson){.room = d};
    self->anderson.x = erm_run_take(run, (ERM_ANDERSON + 1) * d);
    self->anderson.y = erm_run_take(run, (ERM_ANDERSON + 1) * most_slopes);
    self->anderson.scale = erm_run_take(run, d);
}

/* The penalty, entry by entry if it has a formula for them all; else its `advance` is used. */
static erm_status read_penalty(erm__descent *self, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    if (self->model.groups) return ERM_OK;
    erm_entry *const entry = R->ops->entry ? erm_run_take_bytes(run, run->d, sizeof *entry) : NULL;
    bool all = entry != NULL;
    for (int64_t j = 0; all && j < run->d; j++) all = R->ops->entry(R, j, j, &entry[j]);
    if (all) self->model.entry = entry;
    if (all || !erm_run_ok(run)) return ERM_OK;
    if (!R->ops->advance) return ERM_EUNSUPPORTED;
    self->model.metric = erm_run_take(run, run->d);
    self->model.drift = erm_run_take(run, run->d);
    return ERM_OK;
}

static void measure_columns(erm__descent *self, const erm_run *run)
{
    const erm__columns *X = self->model.X;
    const int threads = run->workspace->threads;
    const double *s = run->problem->weight, total = run->workspace->total_weight;
    for (int64_t j = 0; run->metric && j < run->d; j++) self->mean_square[j] = 1 / run->metric[j];
    if (run->metric) return;
    if (X->by_rows || X->partly) {
        erm__column_mean_squares(run->workspace, run->centre, self->mean_square);
        return;
    }
#pragma omp parallel for schedule(dynamic, 64) num_threads(threads) if (threads > 1)
    for (int64_t j = 0; j < run->d; j++)
        self->mean_square[j] = X->ops->spread(X, j, s, total, run->centre ? run->centre[j] : 0) / total;
}

/* z = X w + b + o */
void erm__descent_refresh(erm__descent *self, const erm_run *run)
{
    const double *o = run->problem->offset;
    for (int64_t i = 0; i < run->workspace->n; i++) self->z[i] = self->b + (o ? o[i] : 0);
    int64_t count = 0;
    for (int64_t j = 0; j < run->d; j++) {
        if (run->w[j] == 0) continue;
        self->moved[count] = (int32_t)j;
        self->pull[count++] = run->w[j];
    }
    if (self->model.X->partly && count > 0) {
        memcpy(self->whole, run->w, (size_t)run->d * sizeof(double));
        if (run->problem->intercept) self->whole[run->d] = self->b;
        erm__sweep_margins(run->workspace, NULL, self->whole, true, self->z);
        return;
    }
    erm__columns_want(run->columns, count, self->moved, run->workspace->threads, self->absent);
    self->model.X->ops->adds(self->model.X, count, self->moved, self->pull, self->z);
}

/* Whether the certificate that was just made knows z and the gradient. */
static bool is_known(erm__descent *self, const erm_run *run)
{
    const erm__workspace *const ws = run->workspace;
    if (!ws->known_margin || !ws->known_gradient) return false;
    memcpy(self->z, ws->known_margin, (size_t)ws->n * sizeof(double));
    self->derived = false;
    for (int64_t t = 0; t < self->living; t++) self->g[self->alive[t]] = ws->known_gradient[self->alive[t]];
    return true;
}

/* The gradient at z, of the columns that are not screened out. */
static void look_at_all(erm__descent *self, erm_run *run)
{
    const bool known = self->left && is_known(self, run);
    if (!self->derived || self->squared) erm__descent_derivatives(self, run);
    self->fresh = true;
    self->left = false;
    run->handed += known;
    if (known) return;
    if (run->gradient && !self->corrected) {
        run->handed++;
        memcpy(self->g, run->gradient, (size_t)run->d * sizeof(double));
        return;
    }
    if (erm__columns_are_dear(self->model.X, self->living, self->alive)) {
        const bool dense = self->model.X->by_rows != NULL;
        const double scale = dense ? 1 / run->workspace->total_weight : 1;
        if (dense)
            erm__transpose(run->problem->X, 1, self->d, run->workspace->threads, self->whole);
        else
            erm__sweep_transpose(run->workspace, NULL, self->d, self->whole);
        for (int64_t t = 0; t < self->living; t++) self->g[self->alive[t]] = scale * self->whole[self->alive[t]];
        run->passes++;
        return;
    }
    erm__columns_want(run->columns, self->living, self->alive, run->workspace->threads, self->absent);
    erm__columns_dots(self->model.X, self->living, self->alive, self->d, run->workspace->threads, self->pull);
    for (int64_t t = 0; t < self->living; t++) self->g[self->alive[t]] = self->pull[t] / run->workspace->total_weight;
    run->passes += (double)self->living / (double)(run->d > 0 ? run->d : 1);
}

/* b of the run is the intercept of the centred columns. */
static void tell_intercept(const erm__descent *self, erm_run *run)
{
    if (!run->problem->intercept) return;
    double b = self->b;
    for (int64_t j = 0; run->centre && j < run->d; j++) b += run->centre[j] * run->w[j];
    run->w[run->d] = b;
}

static void read_intercept(erm__descent *self, const erm_run *run)
{
    if (!run->problem->intercept) return;
    self->b = run->w[run->d];
    for (int64_t j = 0; run->centre && j < run->d; j++) self->b -= run->centre[j] * run->w[j];
    erm__descent_refresh(self, run);
    double memory[4] = {0}; /* as erm__intercept_fit asks for one output */
    erm__intercept_fit(run->workspace, self->z, 0, memory, self->dual);
    if (isfinite(memory[0])) self->b += memory[0];
}

static erm_status start_one(void *state, erm_run *run)
{
    erm__descent *self = state;
    const erm_problem *problem = run->problem;
    if (run->params) self->params = *(const erm_cd_params *)run->params;
    const erm_cd_params *const p = &self->params;
    erm_run_parameters(run, 4, (const double[]){p->random_order, p->no_working_set, p->no_anderson, p->no_screening});
    self->squared = problem->loss.ops == erm_loss_squared().ops;
    self->damping = 1e-4;
    self->units = run->d;
    self->model = (erm__cd){.X = run->columns,
                            .R = &problem->regularizer,
                            .shape = run->shape,
                            .total_weight = run->workspace->total_weight,
                            .intercept = problem->intercept,
                            .w = run->w};
    if (problem->regularizer.ops->blocks || problem->regularizer.ops->row) erm__descent_open_groups(self, run);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    take_vectors(self, run);
    const erm_status status = read_penalty(self, run);
    if (status) return status;
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    measure_columns(self, run);
    for (int64_t j = 0; j < run->d; j++) self->alive[j] = (int32_t)j;
    self->living = run->d;
    const int64_t first = self->units / FIRST_SHARE > MOST_FIRST ? MOST_FIRST : self->units / FIRST_SHARE;
    self->wanted = first > FIRST_SET ? first : FIRST_SET;
    memcpy(self->from, run->w, (size_t)run->d * sizeof(double));
    erm_run_prox(run, 1e-300, NULL, run->w, run->w); /* into the set, where there is one */
    self->corrected = problem->intercept || memcmp(self->from, run->w, (size_t)run->d * sizeof(double)) != 0;
    read_intercept(self, run);
    erm__descent_refresh(self, run);
    self->penalty = erm_run_penalty(run, run->w);
    look_at_all(self, run);
    tell_intercept(self, run);
    return ERM_OK;
}

/* At w: the gradient, the gap, and what it screens out. */
static void look(erm__descent *self, erm_run *run)
{
    look_at_all(self, run);
    self->gap = erm__descent_gap(self, run, true);
}

/* The last look of a fit is its certificate's, which is made anyhow: where a step most likely was the last one,
 * it is left to that. */
static erm_status step_one(void *state, erm_run *run)
{
    erm__descent *self = state;
    int64_t support;
    erm__columns_restore(run->columns, &self->kept, run->workspace->threads, self->absent);
    if (self->left) look(self, run);
    self->products = NULL;
    self->reached = false;
    const double worst = erm__descent_scores(self, run, &support);
    self->wanted = self->wanted > 2 * support ? self->wanted : 2 * support;
    const int64_t count = erm__descent_choose(self);
    run->unfinished = false;
    const double change = erm__descent_work(self, run, count, support, worst);
    self->left = self->reached;
    if (!self->left) look(self, run);
    const double gap = self->left ? 0 : self->gap;
    run->unfinished = change > 0 && gap < INFINITY && gap > run->tol * fabs(self->loss + self->penalty);
    tell_intercept(self, run);
    erm__columns_keep(run->columns, &self->kept);
    return ERM_OK;
}

typedef union any {
    erm__descent one;
    erm__many many;
} any;

static erm_status start(void *state, erm_run *run) { return run->k > 1 ? erm__many_start(state, run) : start_one(state, run); }

static erm_status step(void *state, erm_run *run) { return run->k > 1 ? erm__many_run(state, run) : step_one(state, run); }

static const erm_solver_ops ops = {
    .name = "cd",
    .state_size = sizeof(any),
    .needs = ERM_NEEDS_DIFFERENTIABLE_LOSS | ERM_NEEDS_COLUMNS | ERM_NEEDS_COORDINATES | ERM_CAN_RESUME,
    .start = start,
    .step = step,
};

erm_solver erm_solver_cd(const erm_cd_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
