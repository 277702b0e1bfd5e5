/* Coordinate descent on working sets for several outputs: multinomial and multi-task lasso, elastic
 * net, boxes, L2,1 norm and groups.
 *
 * A step: a quadratic model of the loss around W, minimised over the features that violate optimality most and all that are not
 * 0; then a line search on the margins. Multi-task squares are their own model.
 *
 * Friedman, Hastie and Tibshirani (2010), "Regularization paths for generalized linear models via coordinate descent", section 5;
 * Simon, Friedman and Hastie (2013), "A blockwise descent algorithm for group-penalized multiresponse and multinomial
 * regression"; Lee, Sun and Saunders (2014), "Proximal Newton-type methods for minimizing composite functions"; Massias, Vaiter,
 * Gramfort and Salmon (2020), "Dual extrapolation for sparse generalized linear models". The model has the whole Hessian, not its
 * diagonal as in the first of these: in a step along a feature all outputs meet
 * (cd_many_rows.c, cd_many_model.c, cd_many_penalty.c); passes: cd_many_solve.c. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "problem/margins.h"
#include "problem/sweep.h"
#include "solver/descent/cd_many.h"
#include "solver/descent/working_set.h"
#include "solver/run.h"

enum { FIRST_SET = 256, FIRST_SHARE = 40, MOST_FIRST = 512, MOST_TRIALS = 12, MOST_DAMPINGS = 6 };
static const double FIRST_DAMPING = 1e-4, USUAL_DAMPING = 1e-5, LEAST_DAMPING = 1e-15, MORE_DAMPING = 30;
static const double ARMIJO = 1e-2, SHRINK = 0.5, RATIO = 0.1, LAST_RATIO = 1e-3, FIRST_PASSES = 20;
static const double LEFT = 0.03; /* of what a step brings, what the next one may bring at least */

static void take_rows(erm__many *self, erm_run *run)
{
    const int64_t n = self->n, pitch = self->rows.pitch;
    const bool constant = self->rows.bend == ERM_BEND_CONSTANT;
    self->z = erm__run_scratch(run, n * self->k);
    self->rows.U = erm__run_scratch(run, n * pitch);
    self->other = erm__run_scratch(run, n * pitch);
    self->x = erm__run_scratch(run, n);
    self->weighted = erm__run_scratch(run, n);
    self->ones = erm__run_scratch(run, n);
    if (!constant) self->rows.P = erm__run_scratch(run, n * pitch);
    if (self->rows.bend != ERM_BEND_SOFTMAX) return;
    self->rows.mean = erm__run_scratch(run, n);
    self->rows.sure = erm__run_scratch(run, n);
    self->other_mean = erm__run_scratch(run, n);
}

static void take_columns(erm__many *self, erm_run *run)
{
    double **const sizes[] = {&self->g, &self->from, &self->M, &self->point};
    for (size_t v = 0; v < sizeof sizes / sizeof *sizes; v++) *sizes[v] = erm__run_scratch(run, run->size);
    if (self->pieces == ERM_PIECES_ROWS) self->drift = erm__run_scratch(run, run->d * run->k);
    self->mean_square = erm_run_take(run, run->d);
    self->value = erm__run_scratch(run, self->widest * self->k);
    self->lanes = erm__run_scratch(run, self->rows.pitch);
    self->entry = erm_run_take_bytes(run, self->k, sizeof *self->entry);
    self->score = erm__run_scratch(run, self->units);
    self->scratch = erm__run_scratch(run, self->units);
    self->list = erm_run_take_bytes(run, self->units + 1, sizeof *self->list);
    self->active = erm_run_take_bytes(run, self->units + 1, sizeof *self->active);
    self->moved = erm_run_take_bytes(run, run->d, sizeof *self->moved);
    self->absent = erm_run_take_bytes(run, run->d, sizeof *self->absent);
    erm__many_take_matrix(self, run);
    if (self->params.no_anderson) return;
    self->anderson = (erm__anderson){.room = run->size};
    self->anderson.x = erm__run_scratch(run, (ERM_ANDERSON + 1) * run->size);
    self->anderson.scale = erm__run_scratch(run, run->size);
}

static erm__bend bend_of(const erm_loss *loss)
{
    if (loss->ops == erm_loss_cross_entropy().ops) return ERM_BEND_SOFTMAX;
    return loss->ops == erm_loss_multitask_squared().ops ? ERM_BEND_CONSTANT : ERM_BEND_DIAGONAL;
}

/* Entry by entry, if it has a formula for them all. */
static erm__pieces pieces_of(const erm_regularizer *R, int64_t d, int64_t k)
{
    if (R->ops->row || R->ops->blocks) return ERM_PIECES_GROUPS;
    if (!R->ops->entry) return ERM_PIECES_ROWS;
    erm_entry entry;
    for (int64_t i = 0; i < d * k; i++)
        if (!R->ops->entry(R, i / k, i, &entry)) return ERM_PIECES_ROWS;
    return ERM_PIECES_ENTRIES;
}

static void describe(erm__many *self, erm_run *run)
{
    const erm_problem *const problem = run->problem;
    if (run->params) self->params = *(const erm_cd_params *)run->params;
    self->X = run->columns;
    self->R = &problem->regularizer;
    self->shape = run->shape;
    self->n = run->workspace->n;
    self->d = run->d;
    self->k = run->k;
    self->units = run->d;
    self->widest = 1;
    self->total_weight = run->workspace->total_weight;
    self->intercept = problem->intercept;
    self->centre = run->centre;
    self->w = run->w;
    self->damping = FIRST_DAMPING;
    self->passes = FIRST_PASSES;
    self->pieces = pieces_of(self->R, run->d, run->k);
    self->rows = (erm__many_rows){.bend = bend_of(&problem->loss),
                                  .n = self->n,
                                  .pitch = (run->k + ERM_MANY_LANES - 1) / ERM_MANY_LANES * ERM_MANY_LANES,
                                  .s = problem->weight};
}

erm_status erm__many_start(void *state, erm_run *run)
{
    erm__many *const self = state;
    describe(self, run);
    const erm_cd_params *const p = &self->params;
    erm_run_parameters(run, 4, (const double[]){p->random_order, p->no_working_set, p->no_anderson, p->no_screening});
    if (self->pieces == ERM_PIECES_GROUPS) {
        erm__groups_lay_out(&self->groups, run);
        self->units = self->groups.count;
        self->widest = self->groups.widest;
    }
    take_rows(self, run);
    take_columns(self, run);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    for (int64_t i = 0; i < self->n; i++) self->ones[i] = 1;
    if (run->metric)
        for (int64_t j = 0; j < run->d; j++) self->mean_square[j] = 1 / run->metric[j];
    else
        erm__column_mean_squares(run->workspace, run->centre, self->mean_square);
    const int64_t first = self->units / FIRST_SHARE > MOST_FIRST ? MOST_FIRST : self->units / FIRST_SHARE;
    self->wanted = first > FIRST_SET ? first : FIRST_SET;
    memcpy(self->from, run->w, (size_t)run->size * sizeof(double));
    erm_run_prox(run, 1e-300, NULL, run->w, run->w); /* into the set, where there is one */
    if (memcmp(self->from, run->w, (size_t)run->size * sizeof(double)) != 0) run->workspace->known_margin = NULL;
    run->begins_with_gradient = true;
    return ERM_OK;
}

/* z, g and F at W. */
static void look(erm__many *self, erm_run *run)
{
    erm__workspace *const ws = run->workspace;
    if (!erm__run_known(run, self->z, self->g)) {
        erm__sweep_run(
            ws,
            &(erm__sweep){.rows = erm__all_rows(ws), .w = run->w, .centre = run->centre, .gradient = self->g, .margin = self->z});
        run->passes++;
    }
    self->loss = erm__margins_loss(ws, self->z, NULL, 0);
    self->penalty = erm_run_penalty(run, run->w);
}

/* The working set, the intercept last. */
static void choose(erm__many *self, int64_t moving, int64_t support)
{
    if (self->wanted < 2 * support) self->wanted = 2 * support;
    const int64_t most = self->params.no_working_set ? moving : self->wanted;
    self->count = erm__working_set(self->units, self->score, most, self->scratch, self->list);
    self->complete = self->count >= moving;
    if (self->intercept) self->list[self->count++] = (int32_t)self->units;
}

static void want_columns(erm__many *self, const erm_run *run)
{
    int64_t columns = 0;
    for (int64_t t = 0; t < self->count; t++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[t]) && self->list[t] < self->units; p++)
            self->moved[columns++] = (int32_t)erm__many_member(self, self->list[t], p);
    erm__columns_want(run->columns, columns, self->moved, run->workspace->threads, self->absent);
}

/* to = from, of the working set. */
static void copy_set(const erm__many *self, const double *from, double *to)
{
    for (int64_t t = 0; t < self->count; t++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[t]); p++) {
            const int64_t at = erm__many_at(self, erm__many_member(self, self->list[t], p));
            memcpy(to + at, from + at, (size_t)self->k * sizeof *to);
        }
}

/* W = from + t (end - from) */
static void go(erm__many *self, double t, const double *end)
{
    for (int64_t u = 0; u < self->count; u++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[u]); p++) {
            const int64_t at = erm__many_at(self, erm__many_member(self, self->list[u], p));
            for (int64_t i = at; i < at + self->k; i++)
                self->w[i] = t == 1 ? end[i] : self->from[i] + t * (end[i] - self->from[i]);
        }
}

/* G'(W - from) */
static double first_order(const erm__many *self)
{
    double sum = 0;
    for (int64_t u = 0; u < self->count; u++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[u]); p++) {
            const int64_t at = erm__many_at(self, erm__many_member(self, self->list[u], p));
            for (int64_t i = at; i < at + self->k; i++) sum += self->g[i] * (self->w[i] - self->from[i]);
        }
    return sum;
}

/* Moves W by the longest step that brings F down enough; *promised is what it brings at first order. False if none of a few does:
 * W is then as before. */
static bool line_search(erm__many *self, erm_run *run, double *promised)
{
    double *const end = self->point, *const u = self->other;
    const double value = self->loss + self->penalty, rounding = 8 * DBL_EPSILON * fabs(value);
    const double slope = first_order(self) + erm_run_penalty(run, run->w) - self->penalty;
    copy_set(self, run->w, end);
    for (int64_t i = 0; i < self->n; i++)
        memcpy(u + i * self->k, self->rows.U + i * self->rows.pitch, (size_t)self->k * sizeof *u);
    *promised = -slope;
    double t = 1;
    for (int trial = 0; trial < MOST_TRIALS && slope <= rounding; trial++, t *= SHRINK) {
        go(self, t, end);
        const double now = erm__margins_loss(run->workspace, self->z, u, t) + erm_run_penalty(run, run->w);
        if (!(now <= value + ARMIJO * t * slope + rounding)) continue;
        self->damping = t == 1 ? fmax(LEAST_DAMPING, self->damping / 10) : fmin(1, 10 * fmax(self->damping, USUAL_DAMPING));
        return true;
    }
    go(self, 1, self->from);
    return false;
}

static double round_of_newton(erm__many *self, erm_run *run)
{
    const double C = run->problem->loss.ops->curvature(&run->problem->loss, self->k);
    double promised = 0;
    copy_set(self, run->w, self->from);
    for (int attempt = 0; attempt < MOST_DAMPINGS; attempt++) {
        self->rows.damping = self->damping * (isfinite(C) ? C : 1);
        erm__many_begin(self, run);
        const bool constant = self->rows.bend == ERM_BEND_CONSTANT, by_matrix = erm__many_matrix_pays(self, isfinite(C) ? C : 1);
        if (by_matrix)
            erm__many_matrix_begin(self, run->workspace->threads);
        else
            erm__many_open(self);
        const double ratio = (constant && self->complete) || by_matrix ? LAST_RATIO : RATIO;
        const double change = erm__many_solve(self, run, 0, ratio);
        self->by_matrix = false;
        if (change == 0) return 0;
        if (constant) return -first_order(self) - erm_run_penalty(run, run->w) + self->penalty;
        if (by_matrix) erm__many_refresh(self);
        if (line_search(self, run, &promised)) return promised;
        self->damping = fmin(1, fmax(1e-3, MORE_DAMPING * self->damping));
    }
    return 0;
}

erm_status erm__many_run(void *state, erm_run *run)
{
    erm__many *const self = state;
    const double C = run->problem->loss.ops->curvature(&run->problem->loss, self->k);
    double worst;
    int64_t support;
    look(self, run);
    const int64_t moving = erm__many_scores(self, isfinite(C) ? C : 1, &worst, &support);
    choose(self, moving, support);
    want_columns(self, run);
    const double promised = round_of_newton(self, run);
    run->unfinished = LEFT * promised > run->tol * fabs(self->loss + self->penalty);
    return ERM_OK;
}
