/* What is worth work, and how far the optimum is: scores of coordinates and groups, the gap, and screening by it.
 *
 * A unit's score is the change of its own prox-gradient step times the root of its curvature: half its square is about what work
 * on it gains (compare Massias, Gramfort and Salmon 2018, "Celer"; Bertrand et al. 2022, "Beyond L1 ... skglm"). Screening:
 * the dual objective is 1 / (C S)-strongly concave for a loss of curvature C, so that at a gap G a product x_j' s a / S
 * is at most sqrt(2 C G mean_square_j) from its value at the optimum, where w_j = 0 if it is below l1 (Ndiaye, Fercoq, Gramfort
 * and Salmon 2017, "Gap safe screening rules for sparsity enforcing penalties"). */
#include <math.h>
#include <string.h>

#include "solver/descent/cd_state.h"

/* What a column's curvature is at most, relative to its mean square; where there is no bound, on average. */
static double typical_curvature(const erm__descent *self, const erm_run *run)
{
    const double bound = run->problem->loss.ops->curvature(&run->problem->loss, 1);
    if (isfinite(bound)) return bound;
    double sum = 0;
    for (int64_t i = 0; i < self->model.X->n; i++) sum += self->h[i];
    return sum / run->workspace->total_weight;
}

/* Whether w_j is where its penalty is smooth, and so may move both ways. */
static bool is_inside(const erm__cd *model, int64_t j)
{
    const double w = model->w[j];
    if (!model->entry) return w != 0;
    const erm_entry *const entry = &model->entry[j];
    return w > entry->low && w < entry->high && (w != 0 || entry->l1 == 0);
}

static double change_of(const erm__descent *self, int64_t j, double curvature)
{
    const double w = self->model.w[j], change = fabs(erm__cd_minimiser(&self->model, j, w, self->g[j], curvature) - w);
    return curvature > 0 ? change * sqrt(curvature) : change;
}

/* How much w_j's gradient is from where w_j would leave 0, in units of what it may move by. */
static double distance_of(const erm__descent *self, int64_t j)
{
    const erm_entry *const entry = &self->model.entry[j];
    const double left = entry->l1 - fabs(self->g[j] - entry->pull);
    return left > 0 && self->mean_square[j] > 0 ? left / sqrt(self->mean_square[j]) : INFINITY;
}

static double soft(double v, double threshold) { return fabs(v) <= threshold ? 0 : v - copysign(threshold, v); }

/* The same for a group: its prox-gradient step with the sum of its curvatures. */
static double group_change(const erm__descent *self, int64_t g, double curvature)
{
    const erm__groups_of *groups = &self->groups;
    double total = 0, squares = 0, moved = 0;
    for (int64_t p = groups->start[g]; p < groups->start[g + 1]; p++) total += curvature * self->mean_square[groups->member[p]];
    if (total == 0) return 0;
    for (int64_t p = groups->start[g]; p < groups->start[g + 1]; p++) {
        const int64_t j = groups->member[p];
        const double v = soft(self->model.w[j] - self->g[j] / total, groups->l1[j] / total);
        squares += v * v;
    }
    const double norm = sqrt(squares), threshold = groups->lambda[g] / total;
    const double shrink = norm > threshold ? 1 - threshold / norm : 0;
    for (int64_t p = groups->start[g]; p < groups->start[g + 1]; p++) {
        const int64_t j = groups->member[p];
        const double v = shrink * soft(self->model.w[j] - self->g[j] / total, groups->l1[j] / total);
        moved += (v - self->model.w[j]) * (v - self->model.w[j]);
    }
    return sqrt(moved * total);
}

static bool group_is_inside(const erm__descent *self, int64_t g)
{
    const erm__groups_of *groups = &self->groups;
    bool inside = false;
    for (int64_t p = groups->start[g]; p < groups->start[g + 1]; p++) inside |= self->model.w[groups->member[p]] != 0;
    return inside || (groups->lambda[g] == 0 && groups->l1[groups->member[groups->start[g]]] == 0);
}

double erm__descent_scores(erm__descent *self, const erm_run *run, int64_t *support)
{
    const double curvature = typical_curvature(self, run);
    double worst = 0;
    *support = 0;
    memset(self->score, 0, (size_t)self->units * sizeof(double));
    if (self->model.groups) {
        for (int64_t g = 0; g < self->units; g++) {
            if (self->groups.start[g] == self->groups.start[g + 1]) continue;
            self->score[g] = group_change(self, g, curvature);
            worst = fmax(worst, self->score[g]);
            if (!group_is_inside(self, g)) continue;
            self->score[g] = INFINITY;
            ++*support;
        }
        return worst;
    }
    for (int64_t t = 0; t < self->living; t++) {
        const int64_t j = self->alive[t];
        self->score[j] = change_of(self, j, curvature * self->mean_square[j]);
        worst = fmax(worst, self->score[j]);
        if (self->gram.picked && self->score[j] <= ERM_NEARLY && self->model.entry)
            self->score[j] = 0.5 * ERM_NEARLY / (1 + distance_of(self, j));
        if (!is_inside(&self->model, j)) continue;
        self->score[j] = INFINITY;
        ++*support;
    }
    return worst;
}

/* sum s (l*(t a) - t a'o), a = d / s */
static double conjugate_sum(erm__descent *self, const erm_run *run, double t)
{
    const erm_problem *problem = run->problem;
    const double *s = problem->weight;
    double shift = 0;
    for (int64_t i = 0; i < self->model.X->n; i++) {
        self->dual[i] = s ? (s[i] > 0 ? t * (self->d[i] / s[i]) : 0) : t * self->d[i];
        if (problem->offset) shift += t * self->d[i] * problem->offset[i];
    }
    return problem->loss.ops->conjugate(&problem->loss, self->model.X->n, 1, self->dual, problem->y, s) - shift;
}

/* Could w_j be other than 0 at the optimum, where its product with the dual point is within `radius` of u? */
static bool may_live(const erm_entry *entry, double u, double radius)
{
    if (entry->l1 == 0 || entry->low > 0 || entry->high < 0) return true;
    const double at = u + entry->pull;
    return (entry->high > 0 && at + radius >= entry->l1) || (entry->low < 0 && radius - at >= entry->l1);
}

static void screen(erm__descent *self, const erm_run *run, double gap)
{
    const double C = run->problem->loss.ops->curvature(&run->problem->loss, 1);
    if (!self->model.entry || self->params.no_screening || !isfinite(C)) return;
    if (run->problem->intercept && !self->squared) return; /* the intercept is not exactly at its best */
    const double reach = 2 * C * (gap + 1e-12 * fabs(self->loss + self->penalty));
    int64_t living = 0;
    for (int64_t t = 0; t < self->living; t++) {
        const int32_t j = self->alive[t];
        const bool lives =
            self->model.w[j] != 0 || may_live(&self->model.entry[j], self->pull[j], sqrt(reach * self->mean_square[j]));
        if (lives)
            self->alive[living++] = j;
        else
            self->g[j] = 0;
    }
    self->living = living;
}

double erm__descent_gap(erm__descent *self, erm_run *run, bool screening)
{
    const erm_problem *problem = run->problem;
    const erm_regularizer *R = &problem->regularizer;
    if (!problem->loss.ops->conjugate || !R->ops->conjugate) return INFINITY;
    for (int64_t j = 0; j < run->d; j++) self->pull[j] = -self->g[j];
    const double t = R->ops->dual_scale ? R->ops->dual_scale(R, run->shape, self->pull) : 1;
    for (int64_t j = 0; j < run->d; j++) self->pull[j] *= t;
    const double penalty = R->ops->conjugate(R, run->shape, self->pull);
    if (!(t > 0) || !(penalty < INFINITY)) return INFINITY;
    const double dual = -conjugate_sum(self, run, t) / run->workspace->total_weight - penalty;
    const double gap = self->loss + self->penalty - dual;
    if (!isfinite(gap)) return INFINITY;
    if (screening) screen(self, run, fmax(gap, 0));
    return fmax(gap, 0);
}
