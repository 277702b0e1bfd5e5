/* Coordinate descent for several outputs: the step along a feature (or group), and what features are worth.
 *
 * The model's Hessian in a feature is bounded by a diagonal M, for which the minimum is known:
 *     entries   v_c = prox of the entry's penalty with step 1 / M_c
 *     rows      v = prox of the row's penalty with step 1 / max M (advance)
 *     groups    v_c = -soft(c_c, l1_c) / (M_c + t),  c = slope - M v_0,  t ||v|| = lambda: t is the root of
 *               1/||v(t)|| - t/lambda, concave in t, by Newton's method from the right (compare More and Sorensen 1983);
 *               0 where ||soft(c, l1)|| <= lambda
 * Simon, Friedman and Hastie (2013), "A blockwise descent algorithm for group-penalized multiresponse and multinomial
 * regression", bound by a multiple of the identity instead. */
#include <math.h>

#include "solver/descent/cd_many.h"

enum { MOST_ROOT_STEPS = 50 };
static const double ROOT_TOL = 1e-14, STEEPER = 1.25;

static double soft(double v, double threshold) { return fabs(v) <= threshold ? 0 : v - copysign(threshold, v); }

/* What a step along a unit starts from: its values and slopes, at most widest k of each; M NULL: `curvature` for all. */
typedef struct place {
    int64_t unit, size, count; /* features, outputs */
    const int32_t *entry;      /* NULL: all outputs */
    const double *M;           /* in the places of W */
    double curvature;
    double *v; /* in: slopes; out: the minimum */
} place;

static double curvature_at(const place *at, int64_t i) { return at->M ? at->M[i] : at->curvature; }

static erm_entry entry_at(const erm__many *self, int64_t j, int64_t i)
{
    erm_entry entry = {0, 0, 0, -INFINITY, INFINITY};
    if (j < self->d) self->R->ops->entry(self->R, j, i, &entry);
    return entry;
}

static void minimise_entries(const erm__many *self, const place *at, int64_t j)
{
    for (int64_t e = 0; e < at->count; e++) {
        const int64_t i = erm__many_at(self, j) + (at->entry ? at->entry[e] : e);
        const erm_entry entry = entry_at(self, j, i);
        at->v[e] = erm__entry_minimiser(&entry, self->w[i], at->v[e], curvature_at(at, i));
    }
}

/* By `advance`, which works on W itself. */
static void minimise_row(const erm__many *self, const place *at, int64_t j)
{
    const int64_t k = self->k, begin = erm__many_at(self, j);
    const int32_t index = (int32_t)j;
    double *const w = self->w + begin, *const drift = self->drift + begin;
    double most = 0;
    for (int64_t c = 0; c < k; c++) most = fmax(most, curvature_at(at, begin + c));
    for (int64_t c = 0; c < k; c++) {
        self->lanes[c] = w[c];
        drift[c] = most > 0 ? at->v[c] : 0; /* without curvature a slope is rounding */
    }
    self->R->ops->advance(self->R, self->shape, 1, &index, NULL, most > 0 ? 1 / most : 1, 0, NULL, self->drift, self->w);
    for (int64_t c = 0; c < k; c++) {
        at->v[c] = w[c];
        w[c] = self->lanes[c];
    }
}

/* ||v|| for v = -e / (M + t), and v'(M + t)^-1 v in *bend; e in at->v. */
static double shifted_norm(const erm__many *self, const place *at, double t, double *bend)
{
    double squares = 0;
    *bend = 0;
    for (int64_t p = 0; p < at->size; p++) {
        const int64_t begin = erm__many_at(self, erm__many_member(self, at->unit, p));
        for (int64_t c = 0; c < self->k; c++) {
            const double raised = curvature_at(at, begin + c) + t, x = at->v[p * self->k + c] / raised;
            squares += x * x;
            *bend += x * x / raised;
        }
    }
    return sqrt(squares);
}

/* The root t; `pull` is ||e|| > lambda, `most` the largest of M. */
static double shift_of(const erm__many *self, const place *at, double lambda, double pull, double most)
{
    const double right = lambda * most / (pull - lambda);
    double t = right;
    for (int round = 0; lambda > 0 && round < MOST_ROOT_STEPS; round++) {
        double bend;
        const double norm = shifted_norm(self, at, t, &bend), value = 1 / norm - t / lambda;
        if (!(fabs(value) > ROOT_TOL * (t / lambda))) break;
        const double slope = bend / (norm * norm * norm) - 1 / lambda, next = t - value / slope;
        if (!(slope < 0) || !(next > 0) || next == t) break;
        t = fmin(next, right);
    }
    return t;
}

/* at->v: from slopes to e = soft(c, l1). Returns ||e||; *most: the largest of M; *penalised: is there an l1? */
static double pull_of(const erm__many *self, const place *at, double *most, bool *penalised)
{
    double squares = 0;
    *most = 0;
    *penalised = false;
    for (int64_t p = 0; p < at->size; p++) {
        const int64_t j = erm__many_member(self, at->unit, p), begin = erm__many_at(self, j);
        *penalised |= self->groups.l1[j] > 0;
        for (int64_t c = 0; c < self->k; c++) {
            const double M = curvature_at(at, begin + c);
            double *const e = &at->v[p * self->k + c];
            *e = soft(*e - M * self->w[begin + c], self->groups.l1[j]);
            squares += *e * *e;
            *most = fmax(*most, M);
        }
    }
    return sqrt(squares);
}

static void minimise_group(const erm__many *self, const place *at)
{
    const double lambda = self->groups.lambda[at->unit];
    double most;
    bool penalised;
    const double pull = pull_of(self, at, &most, &penalised);
    const bool stays = !(most > 0) && lambda == 0 && !penalised;
    const double t = pull > lambda && most > 0 ? shift_of(self, at, lambda, pull, most) : INFINITY;
    for (int64_t p = 0; p < at->size; p++) {
        const int64_t begin = erm__many_at(self, erm__many_member(self, at->unit, p));
        for (int64_t c = 0; c < self->k; c++) {
            double *const v = &at->v[p * self->k + c];
            const double raised = curvature_at(at, begin + c) + t;
            *v = stays || raised == 0 ? self->w[begin + c] : isfinite(t) ? -*v / raised : 0;
        }
    }
}

/* Softmax does not see what is added to all outputs of a feature, and the norm is least where they add up to 0. */
static void balance(const erm__many *self, const place *at)
{
    for (int64_t p = 0; p < at->size; p++) {
        double *const v = at->v + p * self->k, sum = 0;
        for (int64_t c = 0; c < self->k; c++) sum += v[c];
        for (int64_t c = 0; c < self->k && sum != 0; c++) v[c] -= sum / (double)self->k;
    }
}

static void minimise(const erm__many *self, const place *at)
{
    const int64_t j = erm__many_member(self, at->unit, 0);
    if (self->pieces == ERM_PIECES_ENTRIES || j == self->d)
        minimise_entries(self, at, j);
    else if (self->pieces == ERM_PIECES_ROWS)
        minimise_row(self, at, j);
    else
        minimise_group(self, at);
    if (self->pieces == ERM_PIECES_GROUPS && j < self->d && self->rows.bend == ERM_BEND_SOFTMAX && self->groups.l1[j] == 0)
        balance(self, at);
}

double erm__many_step(erm__many *self, int64_t unit, int64_t count, const int32_t *entry)
{
    const place at = {
        .unit = unit, .size = erm__many_size(self, unit), .count = count, .entry = entry, .M = self->M, .v = self->value};
    double moved = 0;
    for (int64_t p = 0; p < at.size; p++)
        erm__many_slope(self, erm__many_member(self, unit, p), count, entry, at.v + p * self->k);
    minimise(self, &at);
    for (int64_t p = 0; p < at.size; p++) {
        const int64_t j = erm__many_member(self, unit, p), begin = erm__many_at(self, j);
        double *const change = at.v + p * self->k, all = 0;
        for (int64_t e = 0; e < count; e++) {
            const int64_t i = begin + (entry ? entry[e] : e);
            change[e] -= self->w[i];
            moved += self->M[i] * (change[e] * change[e]);
            all += fabs(change[e]);
        }
        if (all != 0) erm__many_move(self, j, count, entry, change);
    }
    return sqrt(moved);
}

/* May w_i move both ways? */
static bool is_inside(const erm__many *self, int64_t j, int64_t i)
{
    const double w = self->w[i];
    if (self->pieces == ERM_PIECES_ROWS) return w != 0;
    if (self->pieces == ERM_PIECES_GROUPS) return w != 0;
    const erm_entry entry = entry_at(self, j, i);
    return w > entry.low && w < entry.high && (w != 0 || entry.l1 == 0);
}

int64_t erm__many_entries(const erm__many *self, int64_t unit, int32_t *entry)
{
    int64_t count = 0;
    const int64_t begin = erm__many_at(self, unit);
    for (int64_t c = 0; c < self->k; c++)
        if (is_inside(self, unit, begin + c)) entry[count++] = (int32_t)c;
    return count;
}

bool erm__many_matters(const erm__many *self, int64_t j, int64_t c, double curvature)
{
    const int64_t i = erm__many_at(self, j) + c;
    if (self->pieces != ERM_PIECES_ENTRIES || j == self->d || is_inside(self, j, i)) return true;
    const erm_entry entry = entry_at(self, j, i);
    const double slopes[] = {self->g[i], STEEPER * self->g[i], self->g[i] / STEEPER};
    for (size_t s = 0; s < sizeof slopes / sizeof *slopes; s++)
        if (erm__entry_minimiser(&entry, self->w[i], slopes[s], curvature * self->mean_square[j]) != self->w[i]) return true;
    return false;
}

static bool unit_is_inside(const erm__many *self, int64_t unit)
{
    if (self->pieces == ERM_PIECES_GROUPS && self->groups.lambda[unit] == 0 &&
        self->groups.l1[self->groups.member[self->groups.start[unit]]] == 0)
        return true;
    for (int64_t p = 0; p < erm__many_size(self, unit); p++) {
        const int64_t j = erm__many_member(self, unit, p), begin = erm__many_at(self, j);
        for (int64_t c = 0; c < self->k; c++)
            if (is_inside(self, j, begin + c)) return true;
    }
    return false;
}

/* The change of a unit's own prox-gradient step, in the metric of its curvature. */
static double change_of(const erm__many *self, int64_t unit, double curvature)
{
    const int64_t size = erm__many_size(self, unit);
    double squares = 0, total = 0;
    for (int64_t p = 0; p < size; p++) {
        const int64_t j = erm__many_member(self, unit, p);
        total += curvature * self->mean_square[j];
        for (int64_t c = 0; c < self->k; c++) self->value[p * self->k + c] = self->g[erm__many_at(self, j) + c];
    }
    const place at = {.unit = unit, .size = size, .count = self->k, .curvature = total, .v = self->value};
    minimise(self, &at);
    for (int64_t p = 0; p < size; p++) {
        const double *const w = self->w + erm__many_at(self, erm__many_member(self, unit, p));
        for (int64_t c = 0; c < self->k; c++) {
            const double change = self->value[p * self->k + c] - w[c];
            squares += change * change;
        }
    }
    return total > 0 ? sqrt(total * squares) : sqrt(squares);
}

int64_t erm__many_scores(erm__many *self, double curvature, double *worst, int64_t *support)
{
    int64_t moving = 0;
    *worst = 0;
    *support = 0;
    for (int64_t unit = 0; unit < self->units; unit++) {
        double *const score = &self->score[unit];
        const bool inside = unit_is_inside(self, unit);
        *score = erm__many_size(self, unit) > 0 ? change_of(self, unit, curvature) : 0;
        *worst = fmax(*worst, *score);
        moving += *score > 0 || inside;
        *support += inside;
        if (inside) *score = INFINITY;
    }
    return moving;
}
